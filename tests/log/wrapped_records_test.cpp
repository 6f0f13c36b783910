// Records in envelopes give the same events as without envelopes.

#include <doctest/doctest.h>

#include <array>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "io/window.hpp"
#include "log/cloudtrail.hpp"
#include "log/record_reader.hpp"

using namespace cloudhijack;

namespace {

/// All fields that the table feeds, and the log.
std::vector<std::string> fields_of(const log::Event& event) {
    std::vector<std::string> fields;
    for (const log::ShapePath& line : log::cloudtrail().paths) {
        fields.emplace_back(event.*line.field);
    }
    fields.emplace_back(event.log->id);
    return fields;
}

using Events = std::vector<std::vector<std::string>>;

Events events_in(const std::string& text, log::RecordReader& reader) {
    const std::string padded = text + std::string(io::k_padding, '"');
    Events events;
    reader.read(
        {.text = std::string_view(padded).substr(0, text.size())},
        {.take = [&events](const log::Event& event) { events.push_back(fields_of(event)); },
         .skip =
             [&events](const log::LostPart& part) { events.push_back({std::string(part.why)}); },
         .miss = [&events](std::string_view keys) { events.push_back({std::string(keys)}); },
         .pass_over = [&events] { events.push_back({"passed over"}); }});
    return events;
}

class RandomRecords {
  public:
    explicit RandomRecords(unsigned seed) : random_(seed) {}

    std::size_t below(std::size_t end) { return random_() % end; }

    /// A record with texts of all kinds, compact as AWS writes it or with blanks.
    std::string record() {
        nlohmann::ordered_json json;
        for (const log::ShapePath& line : log::cloudtrail().paths) {
            if (below(4) == 0) continue;
            if (line.holds != log::Holds::text) {
                json[std::string(line.path)] = {{"modelId", text()}, {"eventName", text()}};
                continue;
            }
            json[nlohmann::ordered_json::json_pointer(pointer_to(line.path))] = text();
        }
        json["eventSource"] = "sns.amazonaws.com";
        json["eventName"] = "n" + text();
        if (below(2) == 0) json["eventID"] = "6c86daf7-000c-4000-a000-9a6b6b416c86";
        return json.dump(below(3) == 0 ? 2 : -1, ' ', below(2) == 0);
    }

    /// The texts in one more envelope; only some envelopes can hold several texts.
    std::string wrapped(const std::vector<std::string>& texts) {
        std::string list;
        for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + text;
        if (texts.size() > 1 || below(3) == 0) return in_list("[" + list + "]");
        return in_one(texts.front());
    }

  private:
    std::string in_list(const std::string& list) {
        constexpr std::array<const char*, 10> keys = {"Records",  "records",  "Events",  "events",
                                                      "Messages", "messages", "results", "detail",
                                                      "data",     "body"};
        if (below(5) == 0) return list;
        return "{\"more\":[{\"a\":\"]\"}],\"" + std::string(keys.at(below(keys.size()))) +
               "\": " + list + ",\"x\":1}";
    }

    std::string in_one(const std::string& one) {
        constexpr std::array<const char*, 9> keys = {
            "detail", "event", "body", "data", "aws", "_source", "original", "cloud_trail_event",
            "Body"};
        const std::string as_string = nlohmann::json(one).dump(-1, ' ', below(2) == 0);
        switch (below(6)) {
            case 0:
                return R"({"logGroup":"g","logEvents":[{"message":)" + as_string + "}]}";
            case 1:
                return R"({"message":)" + as_string + R"(,"logGroup":"g"})";
            case 2:
                return R"({"streams":[{"values":[["1",)" + as_string + "]]}]}";
            case 3:
                return R"({"result":{"_raw":)" + as_string + "}}";
            default:
                return "{\"x\":\"{\",\"" + std::string(keys.at(below(keys.size()))) +
                       "\":" + (below(2) == 0 ? one : as_string) + "}";
        }
    }

    std::string text() {
        constexpr std::array<const char*, 12> texts = {
            "",     "a",         "\"",      "\\",   "\xC3\xA9", "\xF0\x9F\x98\x80",
            "{}\n", "eventName", "[{\"a\"", "\x01", "\\u0041",  "true"};
        std::string made;
        for (auto n = below(4); n > 0; --n) made += texts.at(below(texts.size()));
        return made;
    }

    static std::string pointer_to(std::string_view path) {
        std::string pointer = "/" + std::string(path);
        for (char& c : pointer) {
            if (c == '.') c = '/';
        }
        return pointer;
    }

    std::mt19937 random_;
};

}  // namespace

TEST_CASE("wrapped records: up to four random envelopes change no field of an event") {
    const log::CallFilter none_passes(json::NameKey(), {});
    log::RecordReader reader(log::all_logs(), none_passes);
    for (unsigned seed = 0; seed < 3'000; ++seed) {
        RandomRecords random(seed);
        std::vector<std::string> records;
        Events alone;
        for (auto n = 1 + random.below(3); n > 0; --n) {
            records.push_back(random.record());
            for (auto& fields : events_in(records.back(), reader)) alone.push_back(fields);
        }
        std::string text = random.wrapped(records);
        for (auto more = random.below(4); more > 0; --more) text = random.wrapped({text});
        CAPTURE(seed);
        CAPTURE(text);
        REQUIRE(alone.size() == records.size());
        REQUIRE(alone.front().size() > 1);
        REQUIRE(events_in(text, reader) == alone);
    }
}
