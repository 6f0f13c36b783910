#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "io/window.hpp"
#include "log/record_reader.hpp"

namespace cloudhijack::log {

/// What a reader of records tells of a text, in its order: the names of the events, `@` behind
/// those that keep the row's time, why others are none, and the keys of what is a record of no log.
inline std::vector<std::string> told_of(std::string_view document,
                                        const LogSet& logs = all_logs()) {
    const std::string padded = std::string(document) + std::string(io::k_padding, ' ');
    const CallFilter none_passes(json::NameKey(), {});
    RecordReader reader(logs, none_passes);
    std::vector<std::string> told;
    reader.read(
        {.text = std::string_view(padded).substr(0, document.size()), .row_time = text::Time{}},
        {.take =
             [&told](const Event& event) {
                 told.push_back(std::string(event.name) + (event.row_time ? "@" : ""));
             },
         .skip = [&told](const LostPart& part) { told.emplace_back(part.why); },
         .miss = [&told](std::string_view keys) { told.push_back("has " + keys_in_words(keys)); },
         .pass_over = [&told] { told.emplace_back("passed over"); }});
    return told;
}

/// A record of CloudTrail.
inline std::string record_of_call(const std::string& name) {
    return R"({"eventSource":"s","eventName":")" + name + "\"}";
}

}  // namespace cloudhijack::log
