#include "json/record_splitter.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "json/check.hpp"
#include "json/object_end.hpp"
#include "text/characters.hpp"
#include "text/number.hpp"
#include "text/utf8.hpp"

namespace cloudhijack::json {
namespace {

using Fill = io::Window::Fill;

// Concatenated files can have a byte order mark between two documents.
bool is_of_mark(char c) { return text::k_byte_order_mark.contains(c); }

// A key with its ASCII characters unescaped, which is enough to recognise a list key: those are
// ASCII.
std::string unescaped(std::string_view key) {
    std::string text;
    while (!key.empty()) {
        unsigned code = 0;
        const bool escape =
            key.starts_with("\\u") && key.size() >= 6 &&
            std::from_chars(key.data() + 2, key.data() + 6, code, 16).ptr == key.data() + 6;
        text += escape && code < 0x80 ? static_cast<char>(code) : key.front();
        key.remove_prefix(escape ? 6 : 1);
    }
    return text;
}

// The position after the last newline between a `}` and a `{`. The search goes no further back than
// most records are long: if there is no such newline, every byte must be examined anyway.
std::optional<std::size_t> last_line_end(std::span<const char> bytes) {
    constexpr std::size_t far_enough = std::size_t{16} * 1024;
    const std::size_t begin = bytes.size() - std::min(bytes.size(), far_enough);
    const std::string_view text(bytes.data() + begin, bytes.size() - begin);
    const auto found = text.rfind("}\n{");
    if (found == std::string_view::npos) return std::nullopt;
    return begin + found + 2;
}

}  // namespace

Result<std::optional<RecordSplitter::Document>> RecordSplitter::next() {
    while (true) {
        if (scan(window_->unread())) return document();
        drop(unneeded());
        const auto fill = window_->more();
        if (!fill) return std::unexpected(fill.error());
        switch (*fill) {
            case Fill::more:
                break;
            case Fill::limit:
            case Fill::end:
                return finish();
            case Fill::full:
                if (give_up_document()) return document();
                return failure("has a record larger than " +
                               text::in_mebibytes(window_->unread().size()) +
                               ", which is the limit");
        }
    }
}

// True if a document ends within these bytes; at_ is then the position after it.
bool RecordSplitter::scan(std::span<const char> bytes) {
    while (at_ < bytes.size()) {
        const char c = bytes[at_++];
        bool closed = false;
        switch (state_) {
            case ParseState::between:
                closed = scan_between(bytes, c);
                break;
            case ParseState::inside:
                closed = scan_inside(c);
                break;
            case ParseState::string:
                closed = scan_string(bytes, c);
                break;
            case ParseState::escape:
                state_ = ParseState::string;
                // No escape has a line break: the string is damaged, and the line ends it.
                closed = c == '\n' && close_document(at_ - 1);
                break;
            case ParseState::bare:
                closed = scan_bare(c);
                break;
            case ParseState::rest:
                closed = scan_rest(c);
                break;
        }
        if (closed) return true;
    }
    return false;
}

bool RecordSplitter::scan_between(std::span<const char> bytes, char c) {
    const bool after_line = std::exchange(context_.after_line, context_.after_brace && c == '\n');
    if (c == '\n') note_line_end();
    context_.after_brace = false;
    if (after_line && c == '{' && context_.in_list) {
        context_.in_list = false;
        saw_cut_list_ = true;
    }
    if (text::is_blank(c) || c == ',' || is_of_mark(c)) return false;
    if (c == ']' && context_.in_list) {
        leave_list();
        return false;
    }
    if (c == '[' && !context_.in_list) {
        enter_list(/*in_object=*/false);
        return false;
    }
    begin_ = at_ - 1;
    follows_object_ = context_.has_object && !is_whole_json_;
    is_element_ = context_.in_list;
    context_.has_object |= c == '{';
    if (c == '{' && cpu_ == simd::Cpu::avx2) {
        const auto object = object_end_by_blocks(bytes.subspan(begin_), keys_->name,
                                                 context_.in_list ? nullptr : &keys_->lists);
        if (object) {
            only_name_key_ = object->only_name_key;
            return close_document(begin_ + object->size, /*is_closed=*/true);
        }
    }
    only_name_key_.reset();
    key_ = 0;
    key_names_list_ = false;
    last_ = c;
    line_begins_ = false;
    closes_nothing_ = c == '}' || c == ']';
    if (follows_object_ && c != '{' && !closes_nothing_) {
        brace_ = 0;
        state_ = ParseState::rest;
        return false;
    }
    const bool brackets = c == '{' || c == '[';
    depth_ = brackets ? 1 : 0;
    key_comes_ = c == '{' && !context_.in_list;
    state_ = ParseState::bare;
    if (brackets) state_ = ParseState::inside;
    if (c == '"') state_ = ParseState::string;
    return false;
}

// The rest of a truncated object can be on the next line, and the elements of a list can be spread
// over lines.
void RecordSplitter::note_line_end() {
    const bool is_after_cut = std::exchange(context_.is_after_cut, false);
    context_.has_object = is_after_cut || (context_.has_object && context_.in_list);
}

bool RecordSplitter::scan_inside(char c) {
    switch (c) {
        case '"':
            key_ = depth_ == 1 && key_comes_ ? at_ : 0;
            state_ = ParseState::string;
            break;
        case '[':
            if (depth_ == 1 && key_names_list_) {
                enter_list(/*in_object=*/true);
                return false;
            }
            ++depth_;
            break;
        case '{': {
            const bool is_allowed_here = last_ == ':' || last_ == ',' || last_ == '[';
            if (line_begins_ && !is_allowed_here) return close_document(at_ - 1);
            // The list continues: a stray closing bracket looked like its end.
            if (is_skipped_ && depth_ == 1 && (last_ == ',' || last_ == ']')) {
                --at_;
                enter_list(/*in_object=*/true);
                return false;
            }
            ++depth_;
            break;
        }
        case ']':
        case '}':
            if (--depth_ == 0) return close_document(at_, /*is_closed=*/true);
            break;
        case ',':
            key_comes_ = depth_ == 1 && !context_.in_list;
            key_names_list_ = false;
            break;
        default:
            break;
    }
    line_begins_ = c == '\n';
    if (!text::is_blank(c)) last_ = c;
    return false;
}

bool RecordSplitter::scan_string(std::span<const char> bytes, char c) {
    if (c == '\\') state_ = ParseState::escape;
    if (c == '\n') return close_document(at_ - 1);
    if (c != '"') return false;
    if (key_ != 0) {
        const auto key = bytes.subspan(key_, at_ - 1 - key_);
        key_names_list_ = keys_->lists.contains(unescaped({key.data(), key.size()}));
        key_ = 0;
        key_comes_ = false;
    }
    state_ = ParseState::inside;
    return depth_ == 0 && close_document(at_);
}

// In an array, a bare word cannot contain a brace: the brace begins the next element, and the text
// before it is damage. A run of closing brackets that close nothing is damage, too.
bool RecordSplitter::scan_bare(char c) {
    const bool is_bracket = c == ']' || c == '}';
    const bool ends = c == '\n' || (context_.in_list && (c == ',' || c == ']' || c == '{')) ||
                      (closes_nothing_ && !is_bracket);
    return ends && close_document(at_ - 1);
}

bool RecordSplitter::scan_rest(char c) {
    if (c == '\n' && brace_ == 0) return close_document(at_ - 1);
    if (text::is_blank(c)) return false;
    if (c == '"' && brace_ != 0) return close_document(brace_);
    const bool may_begin = c == '{' && (last_ == ',' || last_ == '}');
    brace_ = may_begin ? at_ - 1 : 0;
    last_ = c;
    return false;
}

// True if the document is one that next() returns.
bool RecordSplitter::close_document(std::size_t end, bool is_closed) {
    end_ = at_ = end;
    is_closed_ = is_closed;
    const std::string_view text = document().text;
    context_.after_brace = text.ends_with('}');
    context_.after_line = text.ends_with("}\n");
    context_.is_after_cut = !is_closed && !is_skipped_ && text.starts_with('{');
    state_ = ParseState::between;
    return !std::exchange(is_skipped_, false);
}

// Ends a document that fills the window, if it is damaged. False if it is merely too large.
bool RecordSplitter::give_up_document() {
    const auto bytes = window_->unread().subspan(begin_);
    const std::string_view text(bytes.data(), bytes.size());
    const bool has_brackets = text.starts_with('{') || text.starts_with('[');
    if (is_skipped_ || (has_brackets && check(text).end == Check::End::cut_off)) return false;
    std::size_t size = 0;
    for (const std::string_view start : {"},{\"", "}\n{\"", "}{\""}) {
        const auto found = text.rfind(start);
        if (found != std::string_view::npos) size = std::max(size, found + 1);
    }
    close_document(begin_ + (size > 0 ? size : text.size()));
    return true;
}

void RecordSplitter::enter_list(bool in_object) {
    context_.in_list = true;
    context_.list_is_in_object = in_object;
    is_skipped_ = false;
    state_ = ParseState::between;
}

void RecordSplitter::leave_list() {
    context_.in_list = false;
    if (!context_.list_is_in_object) return;
    is_skipped_ = true;
    state_ = ParseState::inside;
    depth_ = 1;
    key_comes_ = key_names_list_ = line_begins_ = false;
    last_ = ']';
}

// The number of bytes in the window that nothing refers to. Nothing refers to a skipped object but
// the key that is being read, as the value of that key can be another list of records.
std::size_t RecordSplitter::unneeded() {
    constexpr std::size_t longest_key = 128;  // no list key is longer, even if it is all escapes
    if (state_ == ParseState::between) return at_;
    if (!is_skipped_) return begin_;
    if (key_ == 0) return at_;
    if (at_ - key_ <= longest_key) return key_ - 1;
    key_ = 0;
    key_comes_ = key_names_list_ = false;
    return at_;
}

void RecordSplitter::drop(std::size_t count) {
    window_->consume(count);
    dropped_ += count;
    at_ -= count;
    begin_ -= std::min(begin_, count);
    key_ -= std::min(key_, count);
    brace_ -= std::min(brace_, count);
}

Result<std::optional<RecordSplitter::Document>> RecordSplitter::finish() {
    const bool open_list = std::exchange(context_.in_list, false);
    const bool open_document = state_ != ParseState::between;
    saw_cut_list_ |= open_list && part_ == Part::lines;
    if (open_document && close_document(at_)) return document();
    const bool is_cut_off = (open_list || open_document) && part_ == Part::whole;
    const bool has_cut_list = std::exchange(saw_cut_list_, false) && part_ != Part::examined;
    if (is_cut_off || has_cut_list) return failure("ends inside its list of records");
    return std::nullopt;
}

RecordSplitter::DocumentRun RecordSplitter::take_run(std::size_t enough) {
    const auto bytes = window_->unread();
    const std::size_t begin = at_;
    const auto near = bytes.subspan(begin, std::min(enough, bytes.size() - begin));
    DocumentRun run{.text = {}, .position = dropped_ + begin, .context = context_};
    std::size_t end = begin;
    if (const auto line_end = context_.in_list ? std::nullopt : last_line_end(near)) {
        end = at_ = begin + *line_end;
        context_.after_brace = false;
        context_.after_line = true;
        context_.has_object = false;
    } else {
        run.is_examined = true;
        while (at_ - begin < enough && scan(bytes)) end = at_;
    }
    run.text = {bytes.data() + begin, end - begin};
    return run;
}

RecordSplitter::Document RecordSplitter::document() const {
    return {.text = {window_->unread().data() + begin_, end_ - begin_},
            .position = dropped_ + begin_,
            .is_closed = is_closed_,
            .only_name_key = only_name_key_,
            .follows_object = follows_object_,
            .is_element = is_element_};
}

}  // namespace cloudhijack::json
