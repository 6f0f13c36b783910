#pragma once

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>

#include "cloudtrail/call_filter.hpp"
#include "cloudtrail/document_reader.hpp"
#include "io/window.hpp"

namespace cloudhijack {

inline constexpr std::array<std::string_view, 2> k_wanted_calls = {"Publish", "GetAccount"};

/// What all ways of asking the filter say of a record, which must be one answer: by what the
/// processor can do and without, quotes as they are and doubled.
inline std::set<bool> filter_answers(std::string_view json) {
    std::string doubled;
    for (const char c : json) doubled += c == '"' ? "\"\"" : std::string(1, c);
    std::set<bool> answers;
    for (const Cpu cpu : {Cpu::plain, cpu_at_hand()}) {
        const cloudtrail::CallFilter filter(k_wanted_calls, cpu);
        for (const auto quotes : {cloudtrail::Quotes::single, cloudtrail::Quotes::doubled}) {
            const std::string text =
                quotes == cloudtrail::Quotes::doubled ? doubled : std::string(json);
            std::string padded = text;
            while (padded.size() < text.size() + io::k_padding) padded += "Na";  // of the key
            answers.insert(
                filter.passes_over(std::string_view(padded).substr(0, text.size()), quotes));
        }
    }
    return answers;
}

/// Whether the reader finds a wanted call in a text.
inline bool holds_wanted_call(std::string_view json) {
    const std::string padded = std::string(json) + std::string(io::k_padding, ' ');
    cloudtrail::DocumentReader reader(cloudtrail::Shape::cloudtrail());
    bool found = false;
    reader.read(std::string_view(padded).substr(0, json.size()), {},
                {.take =
                     [&found](const cloudtrail::Event& event) {
                         found |=
                             std::ranges::find(k_wanted_calls, event.name) != k_wanted_calls.end();
                     },
                 .skip = [](std::string_view) {}});
    return found;
}

}  // namespace cloudhijack
