// Any bytes as a stream of records: the documents do not depend on how the stream is cut, divided
// between threads, or on whether the fast code is used, none is out of order or overlaps another,
// and every record that a simple reader finds in valid JSON is among them.

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "byte_pieces.hpp"
#include "json/record_splitter.hpp"
#include "log/log_set.hpp"
#include "must.hpp"

namespace {

using namespace cloudhijack;
using namespace cloudhijack::simd;
using Json = nlohmann::json;

struct Split {
    std::vector<std::string> texts;
    std::vector<bool> are_closed;
    std::vector<bool> are_behind_objects;
    std::vector<bool> are_elements;
    bool failed = false;

    bool operator==(const Split&) const = default;
};

bool is_only_name_key(std::string_view text, std::size_t place) {
    const std::string_view key = log::all_logs().record_keys().name.text();
    return text.find(key) == place && text.rfind(key) == place && !text.contains("\\u");
}

Split split(const std::string& bytes, std::size_t piece, Cpu cpu = best_cpu(),
            bool is_whole_json = false) {
    io::Window window(in_pieces(bytes, piece), std::size_t{1024} * 1024);
    json::RecordSplitter splitter(window, log::all_logs().record_keys(), cpu);
    if (is_whole_json) splitter.expect_no_damage();
    Split made;
    std::uint64_t end = 0;
    while (true) {
        const auto document = splitter.next();
        made.failed = !document;
        if (!document || !*document) return made;
        const auto& [text, position, is_closed, only_name_key, follows_object, is_element] =
            **document;
        must(!only_name_key || is_only_name_key(text, *only_name_key), "another key, or a letter");
        must(position >= end && bytes.compare(position, text.size(), text) == 0, "wrong place");
        end = position + text.size();
        made.texts.emplace_back(text);
        made.are_closed.push_back(is_closed);
        made.are_behind_objects.push_back(follows_object);
        made.are_elements.push_back(is_element);
    }
}

// The documents if each complete run in the window is split separately, as the threads of a scan
// do.
std::vector<std::string> split_in_runs(const std::string& bytes, std::size_t enough) {
    std::vector<std::string> made;
    bool has_failed = false;
    const auto take = [&](json::RecordSplitter& splitter) {
        const auto document = splitter.next();
        has_failed |= !document;
        if (!document || !*document) return false;
        // For an object it makes no difference, and a run may not know of a cut on the line before.
        const bool is_rest = (*document)->follows_object && !(*document)->text.starts_with('{');
        made.push_back(std::to_string((*document)->position) + ' ' + std::to_string(is_rest) +
                       std::to_string((*document)->is_element) + std::string((*document)->text));
        return true;
    };
    io::Window window(in_pieces(bytes, bytes.size() + 1), std::size_t{1024} * 1024);
    json::RecordSplitter splitter(window, log::all_logs().record_keys());
    while (take(splitter)) {
        if (enough == 0) continue;
        const auto run = splitter.take_run(enough);
        const std::string kept(run.text);
        io::Window part(in_pieces(kept, 7), std::size_t{1024} * 1024);
        json::RecordSplitter other(part, log::all_logs().record_keys(), run);
        while (take(other)) {
        }
    }
    if (has_failed) made.emplace_back("the stream ends in a list");
    return made;
}

// Compares the elements of arrays; the event reader's tests cover other documents.
void compare_with_plain_reader(const std::string& bytes, const Split& made) {
    const Json whole = Json::parse(bytes, nullptr, /*allow_exceptions=*/false);
    if (bytes.contains('\0') || !whole.is_array()) return;
    must(!made.failed && made.texts.size() == whole.size(), "an array came apart wrongly");
    for (std::size_t i = 0; i < whole.size(); ++i) {
        must(Json::parse(made.texts[i], nullptr, false) == whole[i], "an element is another");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    const Split whole = split(bytes, size + 1);
    for (const std::size_t piece : {1U, 4U, 60U}) {
        must(split(bytes, piece) == whole, "pieces change what is read");
    }
    must(split(bytes, size + 1, Cpu::plain) == whole, "the fast way changes what is read");
    const auto documents = split_in_runs(bytes, 0);
    for (const std::size_t enough : {1U, 30U, 1'000U}) {
        must(split_in_runs(bytes, enough) == documents, "runs change what is read");
    }
    compare_with_plain_reader(bytes, split(bytes, size + 1, best_cpu(), /*is_whole_json=*/true));
    return 0;
}
