#include "scan/state_reader.hpp"

#include <utility>

#include "io/unpack.hpp"

namespace cloudhijack::scan {
namespace {

constexpr std::string_view k_again = "; write or copy the state again";

// Whether a line that cannot be read looks like a document of a state.
bool resembles_document(std::string_view line) { return line.contains(R"("cloudhijack":)"); }

}  // namespace

StateReader::StateReader(std::string name, io::ByteSource source)
    : name_(std::move(name)),
      window_(io::unpacked(std::move(source)), io::Window::k_initial_capacity) {}

std::string StateReader::state_name() const {
    return first_line_ <= 1 ? name_ : name_ + ", line " + std::to_string(first_line_);
}

std::unexpected<Error> StateReader::wrong(const std::string& text) const {
    return failure(name_ + ": " + text);
}

std::unexpected<Error> StateReader::wrong_line(const std::string& text) const {
    return failure(name_ + ", line " + std::to_string(line_) + ": " + text);
}

Result<std::optional<std::string_view>> StateReader::next_line() {
    window_.consume(std::exchange(line_size_, 0));
    std::size_t searched = 0;
    while (true) {
        const std::string_view text(window_.unread().data(), window_.unread().size());
        const auto end = text.find('\n', searched);
        if (end != std::string_view::npos) return take_line(text.substr(0, end), end + 1);
        if (text.size() > partial::k_largest_document) return take_line(text, text.size());
        searched = text.size();
        const auto filled = window_.more();
        if (!filled) {
            if (filled.error().kind == Error::Kind::stopped) return std::unexpected(filled.error());
            return failure(name_ + ": " + filled.error().text);
        }
        if (*filled == io::Window::Fill::more) continue;
        if (text.empty()) return std::nullopt;
        return take_line(text, text.size());
    }
}

std::string_view StateReader::take_line(std::string_view line, std::size_t size) {
    ++line_;
    line_size_ = size;
    return line;
}

Result<std::optional<partial::Header>> StateReader::next_header() {
    const auto line = next_line();
    if (!line) return std::unexpected(line.error());
    if (!*line) {
        if (line_ == 0) {
            return wrong("is empty; name a file that cloudhijack scan --partial has written");
        }
        return std::nullopt;
    }
    std::optional<partial::Header> header;
    const auto accept = [&header](const partial::Header& found) -> Result<> {
        header = found;
        return stopped();
    };
    const auto read = reader_.read(**line, accept, {});
    if (header && header->format == partial::k_format) {
        first_line_ = line_;
        header_ = *header;
        hash_.reset();
        has_totals_ = false;
        return header;
    }
    if (header && header->format != 0) {
        return wrong("is in format " + std::to_string(header->format) +
                     ", but this program reads format " + std::to_string(partial::k_format) +
                     "; scan and merge with one version of cloudhijack");
    }
    if (line_ > 1 || resembles_document(**line)) {
        return wrong_line(header ? "is not a document of a state"
                                 : read.error().text + std::string(k_again));
    }
    return wrong(
        "is not a state, which cloudhijack scan --partial writes; if it is a log, scan reads it");
}

Result<StateEnd> StateReader::read_state(const StateTaker& taker) {
    // next_header() has left the first line in the window.
    std::string_view line(window_.unread().data(), line_size_);
    if (line.ends_with('\n')) line.remove_suffix(1);
    while (true) {
        end_.reset();
        if (auto read = read_document(line, taker); !read) return std::unexpected(read.error());
        if (end_) {
            if (auto whole = check_end(*end_); !whole) return std::unexpected(whole.error());
            return *end_;
        }
        hash_.add(line);
        hash_.add("\n");
        const auto next = next_line();
        if (!next) return std::unexpected(next.error());
        if (!*next) {
            return wrong("ends after line " + std::to_string(line_) +
                         ", without the last document of the state; it is truncated" +
                         std::string(k_again));
        }
        line = **next;
    }
}

Result<> StateReader::read_document(std::string_view line, const StateTaker& taker) {
    if (line.size() > partial::k_largest_document) {
        return wrong_line("is longer than " + std::to_string(partial::k_largest_document) +
                          " bytes, which no document of a state is" + std::string(k_again));
    }
    const auto accept = [this](const partial::Header& header) -> Result<> {
        if (header == header_) return {};
        return failure("has another header than the first document of the state");
    };
    const auto take = [&](std::string_view list, partial::ItemReader& item) {
        return read_item(list, item, taker);
    };
    const auto read = reader_.read(line, accept, take);
    if (read) return {};
    return wrong_line(read.error().text + std::string(k_again));
}

Result<> StateReader::read_item(std::string_view list, partial::ItemReader& item,
                                const StateTaker& taker) {
    if (list == k_inputs_list) {
        StateInput input;
        describe(item, input);
        taker.input(std::move(input));
    } else if (list == k_messages_list) {
        std::string message;
        item.text(message);
        taker.message(std::move(message));
    } else if (list == k_totals_list) {
        ScanTotals totals;
        TimeRange range;
        describe(item, totals);
        describe(item, range);
        if (std::exchange(has_totals_, true)) return failure("has a second item of totals");
        taker.totals(std::move(totals), range);
    } else if (list == k_end_list) {
        StateEnd end{.documents = 1, .hash = {}};
        describe(item, end);
        end_ = end;
    } else {
        return taker.counts(list, item);
    }
    return {};
}

Result<> StateReader::check_end(const StateEnd& end) const {
    const std::uint64_t documents = line_ - first_line_ + 1;
    if (documents != end.documents) {
        return wrong_line("says that the state has " + std::to_string(end.documents) +
                          " documents, but there were " + std::to_string(documents) +
                          "; some are missing or come from elsewhere" + std::string(k_again));
    }
    if (end.hash != hash_.value() || !has_totals_) {
        return wrong_line("does not match the documents before it, so the state is damaged" +
                          std::string(k_again));
    }
    return {};
}

}  // namespace cloudhijack::scan
