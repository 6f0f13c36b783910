#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "io/window.hpp"
#include "log/log_set.hpp"
#include "log/record_reader.hpp"

namespace cloudhijack {

/// A reader of records of all logs that passes over none.
struct WholeRecordReader {
    log::CallFilter filter = log::CallFilter(json::NameKey(), {});
    log::RecordReader reader = log::RecordReader(log::all_logs(), filter);

    /// Reads a text as a row of a search has it. `take` is called for each event, `lose` for each
    /// text that is not a record.
    void read(
        std::string_view text, const std::function<void(const log::Event&)>& take,
        const std::function<void()>& lose = [] {}) {
        std::string padded(text);
        padded.append(io::k_padding, '"');
        reader.read({.text = std::string_view(padded).substr(0, text.size())},
                    {.take = take,
                     .skip = [&lose](const log::LostPart&) { lose(); },
                     .miss = [&lose](std::string_view) { lose(); },
                     .pass_over = lose});
    }
};

/// All texts of an event, in the order of the paths of all logs, and its log.
inline std::vector<std::string> texts_of(const log::Event& event) {
    std::vector<std::string> texts = {std::string(event.log->id)};
    for (const auto& member : log::all_logs().members()) {
        for (const log::ShapePath& line : member.log->paths) {
            if (line.field != nullptr) texts.emplace_back(event.*line.field);
        }
    }
    return texts;
}

/// The lines of a text, without their ends.
inline std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return lines;
}

}  // namespace cloudhijack
