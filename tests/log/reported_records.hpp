#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "io/window.hpp"
#include "log/record_reader.hpp"

namespace cloudhijack::log {

/// The results of a record reader for a text, in order: the names of the events, followed by `@` if
/// they keep the row's time, the reasons why others are not records, and the keys of objects that
/// no log knows.
inline std::vector<std::string> results_of(std::string_view document,
                                           const LogSet& logs = all_logs()) {
    const std::string padded = std::string(document) + std::string(io::k_padding, ' ');
    const CallFilter none_passes(json::NameKey(), {});
    RecordReader reader(logs, none_passes);
    std::vector<std::string> results;
    reader.read(
        {.text = std::string_view(padded).substr(0, document.size()), .row_time = text::Time{}},
        {.take =
             [&results](const Event& event) {
                 results.push_back(std::string(event.name) + (event.row_time ? "@" : ""));
             },
         .skip = [&results](const LostPart& part) { results.emplace_back(part.why); },
         .miss =
             [&results](std::string_view keys) { results.push_back("has " + keys_in_words(keys)); },
         .pass_over = [&results] { results.emplace_back("passed over"); }});
    return results;
}

/// A CloudTrail record.
inline std::string record_of_call(const std::string& name) {
    return R"({"eventSource":"s","eventName":")" + name + "\"}";
}

}  // namespace cloudhijack::log
