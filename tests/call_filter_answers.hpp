#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "changed_texts.hpp"
#include "io/window.hpp"
#include "json/object_end.hpp"
#include "log/call_filter.hpp"
#include "log/record_reader.hpp"

namespace cloudhijack {

/// CloudTrail's name key, the default for the functions below.
inline const json::NameKey& cloudtrail_name_key() { return log::all_logs().record_keys().name; }

inline constexpr std::array<std::string_view, 2> k_wanted_calls = {"Publish", "GetAccount"};

/// The filter's answer for an object, given the name key that the search for the object's end
/// found; nullopt if the text is not a single object or the processor has no fast search. k_padding
/// bytes after the text must be readable.
inline std::optional<bool> answer_with_its_end(std::string_view json, const json::NameKey& key) {
    if (simd::best_cpu() == simd::Cpu::plain || !json.starts_with('{')) return std::nullopt;
    const auto end = json::object_end_by_blocks(json, key, nullptr);
    if (!end || end->size != json.size()) return std::nullopt;
    const log::CallFilter filter(key, k_wanted_calls);
    return end->only_name_key && filter.passes_over_object(json, *end->only_name_key);
}

/// The answers of all the ways to ask the filter about a record, which must agree: with the best
/// processor level and the plain one, with single and doubled quotes, and from the search for the
/// record's end.
inline std::set<bool> filter_answers(std::string_view json,
                                     const json::NameKey& key = cloudtrail_name_key()) {
    const std::string doubled = with_doubled_quotes(json);
    std::set<bool> answers;
    for (const simd::Cpu cpu : {simd::Cpu::plain, simd::best_cpu()}) {
        const log::CallFilter filter(key, k_wanted_calls, cpu);
        for (const auto quotes : {json::Quotes::single, json::Quotes::doubled}) {
            const std::string text = quotes == json::Quotes::doubled ? doubled : std::string(json);
            std::string padded = text;
            const std::string following(key.text().empty() ? "x" : key.text());
            while (padded.size() < text.size() + io::k_padding) padded += following;
            answers.insert(
                filter.passes_over(std::string_view(padded).substr(0, text.size()), quotes));
        }
    }
    const std::string padded = std::string(json) + std::string(io::k_padding, key.first());
    const auto answer = answer_with_its_end(std::string_view(padded).substr(0, json.size()), key);
    if (answer) answers.insert(*answer);
    return answers;
}

/// Whether the reader finds one of the wanted calls in a text.
inline bool holds_wanted_call(std::string_view json, const log::LogSet& logs = log::all_logs()) {
    const std::string padded = std::string(json) + std::string(io::k_padding, ' ');
    const log::CallFilter none_passes(json::NameKey(), {});
    log::RecordReader reader(logs, none_passes);
    bool found = false;
    reader.read({.text = std::string_view(padded).substr(0, json.size())},
                {.take =
                     [&found](const log::Event& event) {
                         found |=
                             std::ranges::find(k_wanted_calls, event.name) != k_wanted_calls.end();
                     },
                 .skip = [](const log::LostPart&) {},
                 .miss = [](std::string_view) {},
                 .pass_over = [] {}});
    return found;
}

}  // namespace cloudhijack
