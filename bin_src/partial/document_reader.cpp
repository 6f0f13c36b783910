#include "partial/document_reader.hpp"

#include <algorithm>
#include <set>

#include "json/json.hpp"
#include "text/quote.hpp"

namespace cloudhijack::partial {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::size_t k_longest_host = 255;

bool fits_host(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
}

std::unexpected<Error> json_failure(simdjson::error_code code) {
    return failure(code == simdjson::INCORRECT_TYPE ? "has a value of the wrong type"
                                                    : "is not complete JSON");
}

simdjson::error_code read_text(ondemand::value value, std::string& into) {
    std::string_view text;
    if (const auto error = value.get_string().get(text)) return error;
    into = text;
    return simdjson::SUCCESS;
}

// Reads a value of the header; false if the key is not one of the header's.
bool read_header(std::string_view key, ondemand::value value, Header& header,
                 simdjson::error_code& error) {
    if (key == "cloudhijack") {
        error = value.get_uint64().get(header.format);
    } else if (key == "catalogue") {
        error = read_text(value, header.catalogue);
    } else if (key == "host") {
        error = read_text(value, header.host);
        header.host = as_host(header.host);
    } else if (key == "mode") {
        error = read_text(value, header.mode);
    } else if (key == "program") {
        error = read_text(value, header.program);
    } else {
        return false;
    }
    return true;
}

/// Reads the lists that follow the header.
class ListReader {
  public:
    ListReader(std::vector<std::string_view>& texts, std::vector<ItemField>& fields,
               const DocumentReader::Take& take)
        : texts_(&texts), fields_(&fields), take_(&take) {}

    Result<> read(std::string_view name, ondemand::value value) {
        ondemand::array list;
        if (const auto error = value.get_array().get(list)) return json_failure(error);
        if (name != "texts") return read_items(name, list);
        const auto error = read_texts(list);
        return error == simdjson::SUCCESS ? Result<>{} : json_failure(error);
    }

  private:
    simdjson::error_code read_texts(ondemand::array list) {
        for (auto element : list) {
            ondemand::value value;
            if (const auto error = std::move(element).get(value)) return error;
            if (const auto error = value.get_string().get(texts_->emplace_back())) return error;
        }
        return simdjson::SUCCESS;
    }

    Result<> read_items(std::string_view name, ondemand::array list) {
        for (auto element : list) {
            ondemand::array item;
            if (const auto error = std::move(element).get_array().get(item))
                return json_failure(error);
            if (const auto error = read_fields(item)) return json_failure(error);
            ItemReader reader(*fields_, *texts_);
            if (auto taken = (*take_)(name, reader); !taken) return taken;
            if (auto finished = reader.finish(); !finished) {
                return failure(finished.error().text + ", in its " + text::quoted(name));
            }
        }
        return {};
    }

    simdjson::error_code read_fields(ondemand::array item) {
        fields_->clear();
        for (auto element : item) {
            ondemand::value value;
            if (const auto error = std::move(element).get(value)) return error;
            ItemField field;
            if (value.get_uint64().get(field.bits) != simdjson::SUCCESS) {
                std::int64_t negative = 0;
                if (const auto error = value.get_int64().get(negative)) return error;
                field = {.bits = static_cast<std::uint64_t>(negative), .is_negative = negative < 0};
            }
            fields_->push_back(field);
        }
        return simdjson::SUCCESS;
    }

    std::vector<std::string_view>* texts_;
    std::vector<ItemField>* fields_;
    const DocumentReader::Take* take_;
};

}  // namespace

Result<> ItemReader::finish() const {
    if (mistake_ != 0) {
        return failure("has an item whose field " + std::to_string(mistake_) +
                       " is missing or out of bounds");
    }
    if (!is_at_end()) return failure("has an item with too many fields");
    return {};
}

Result<> DocumentReader::read(std::string_view document, const Accept& accept, const Take& take) {
    texts_.clear();
    ondemand::document json;
    ondemand::object object;
    if (const auto error = json::parse_object(*parser_, document, json, object)) {
        return json_failure(error);
    }
    Header header{.format = 0, .catalogue = {}, .host = {}, .mode = {}};
    std::set<std::string, std::less<>> seen;
    // A document of another format is refused as such, whatever else it lacks.
    const auto accept_header = [&]() -> Result<> {
        auto accepted = accept(header);
        if (accepted && header.host.empty()) return failure("has no host");
        return accepted;
    };
    bool is_accepted = false;
    ListReader lists(texts_, fields_, take);
    const auto read_member = [&](std::string_view key, ondemand::value value) -> Result<> {
        if (!is_accepted) {
            auto error = simdjson::SUCCESS;
            if (read_header(key, value, header, error)) {
                if (error != simdjson::SUCCESS) return json_failure(error);
                const bool is_new = seen.emplace(key).second;
                return is_new ? Result<>{} : failure("has " + text::quoted(key) + " twice");
            }
            if (auto accepted = accept_header(); !accepted) return accepted;
            is_accepted = true;
        }
        return lists.read(key, value);
    };
    Result<> read;
    const auto error =
        json::for_each_member(object, [&](std::string_view key, ondemand::value value) {
            read = read_member(key, value);
            return read.has_value();
        });
    if (error != simdjson::SUCCESS) return json_failure(error);
    if (!read) return read;
    if (!json.at_end()) return failure("has text after its JSON object");
    return is_accepted ? Result<>{} : accept_header();
}

std::string host_of(std::string_view document) {
    constexpr std::string_view key = R"("host":")";
    const auto found = document.find(key);
    if (found == std::string_view::npos) return {};
    document = document.substr(found + key.size(), k_longest_host);
    const auto end = std::ranges::find_if_not(document, fits_host);
    return {document.begin(), end};
}

std::string as_host(std::string_view name) {
    std::string host(name.substr(0, k_longest_host));
    std::ranges::replace_if(host, [](char c) { return !fits_host(c); }, '_');
    return host;
}

}  // namespace cloudhijack::partial
