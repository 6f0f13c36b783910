// Any bytes as damage between two records: the record before it is always found, the record after
// it unless the damage may have opened something around it, and text in a string of a record never
// becomes a record, whatever is damaged around it.

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "byte_pieces.hpp"
#include "fuzz_records.hpp"
#include "json/check.hpp"
#include "json/record_splitter.hpp"
#include "json/whole_objects.hpp"
#include "must.hpp"

namespace {

using namespace cloudhijack;

std::string record(const std::string& id, const std::string& agent = "aws-cli") {
    return R"({"eventVersion":"1.11","eventSource":"ses.amazonaws.com","eventName":"SendEmail",)"
           R"("userAgent":")" +
           agent + R"(","eventID":")" + id + R"("})";
}

const std::string k_forged = R"({\"eventVersion\":\"1.11\",\"eventSource\":\"ses.amazonaws.com\",)"
                             R"(\"eventName\":\"SendEmail\",\"eventID\":\"forged\"})";

using Ids = std::set<std::string, std::less<>>;

// The ids of the events in a stream, as `scan` reads it.
Ids ids_in_stream(const std::string& bytes) {
    static WholeRecordReader reader;
    io::Window window(in_pieces(bytes, bytes.size() + 1), std::size_t{1024} * 1024);
    json::RecordSplitter splitter(window, log::all_logs().record_keys());
    Ids ids;
    while (true) {
        const auto document = splitter.next();
        if (!document || !*document) return ids;
        reader.reader.read({.text = (*document)->text,
                            .may_be_rest = (*document)->follows_object,
                            .is_element = (*document)->is_element},
                           {.take = [&ids](const log::Event& event) { ids.emplace(event.id); },
                            .skip = [](const log::LostPart&) {},
                            .miss = [](std::string_view) {},
                            .pass_over = [] {}});
    }
}

// The same of a text that is a row of a search.
Ids ids_in_row(const std::string& bytes) {
    static WholeRecordReader reader;
    Ids ids;
    reader.read(bytes, [&ids](const log::Event& event) { ids.emplace(event.id); });
    return ids;
}

// Whether the damage can leave a list open, or ends where JSON expects a value: then the next
// record can be that element or value.
bool may_take_next(std::string_view damage) {
    const auto last = damage.find_last_not_of(" \t\r\n");
    return damage.contains('[') || (last != std::string_view::npos && damage[last] == ':') ||
           (last != std::string_view::npos && damage[last] == ',');
}

void check_whole_objects(const std::string& text) {
    json::WholeObjects objects(text, {});
    std::size_t end = 0;
    while (const auto object = objects.next()) {
        must(object->begin >= end && object->end > object->begin && object->end <= text.size(),
             "objects overlap");
        end = object->end;
        const auto checked =
            json::check(std::string_view(text).substr(object->begin, end - object->begin));
        must(checked.end == json::Check::End::closed && checked.size == end - object->begin,
             "an object is not whole");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string damage(reinterpret_cast<const char*>(data), size);
    check_whole_objects(damage);
    // Damage that spells the ids that the records below have says nothing.
    if (damage.contains("forged") || damage.contains("before") || damage.contains("\\u")) return 0;

    const Ids ids = ids_in_stream(record("before") + '\n' + damage + '\n' + record("after") + '\n');
    must(ids.contains("before"), "the record before the damage is lost");
    must(ids.contains("after") || may_take_next(damage), "the record after the damage is lost");

    for (const std::string separator : {"", "\n", ","}) {
        const std::string text = record("before") + separator + damage + separator +
                                 record("host", k_forged) + separator + damage;
        must(!ids_in_stream(text).contains("forged"), "text in a string becomes a record");
        must(!ids_in_row(text).contains("forged"), "text in a string becomes a record of a row");
    }
    return 0;
}
