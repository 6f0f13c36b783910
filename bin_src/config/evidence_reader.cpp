#include "config/evidence_reader.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "config/invalid_value.hpp"
#include "detect/hunt/evidence/evidence.hpp"
#include "text/boolean.hpp"
#include "text/number.hpp"
#include "text/time_span.hpp"
#include "text/words.hpp"

namespace cloudhijack::config {
namespace {

constexpr std::chrono::days k_longest_time{366};

using ReadValue = std::expected<rules::ParameterValue, std::string>;

ReadValue read_number(const std::string& text, const detect::ParameterSpec& spec) {
    const auto number = text::whole_number(text, spec.most);
    if (number && *number >= spec.least) return *number;
    return std::unexpected(invalid_value(text, "a whole number from " + std::to_string(spec.least) +
                                                   " to " + std::to_string(spec.most)));
}

ReadValue read_time(const std::string& text) {
    const auto span = text::time_span(text, k_longest_time);
    if (span) return *span;
    return std::unexpected(
        invalid_value(text, "a whole number with s, m, h or d, such as 2m, up to 366d"));
}

ReadValue read_pattern(const std::string& text) {
    constexpr std::string_view accepted = "a regular expression in RE2's syntax that is not empty";
    if (text.empty()) return std::unexpected(invalid_value(text, accepted));
    re2::RE2::Options quiet;
    quiet.set_log_errors(false);
    auto pattern = std::make_shared<const re2::RE2>(text, quiet);
    if (pattern->ok()) return pattern;
    return std::unexpected(invalid_value(text, accepted, pattern->error()));
}

ReadValue read_words(const std::string& text) {
    std::vector<std::string> words;
    for (const std::string_view word : text::words(text)) words.emplace_back(word);
    return words;
}

ReadValue read_value(const detect::ParameterSpec& spec, const std::string& text) {
    switch (spec.kind) {
        case rules::ParameterKind::number:
            return read_number(text, spec);
        case rules::ParameterKind::time:
            return read_time(text);
        case rules::ParameterKind::pattern:
            return read_pattern(text);
        case rules::ParameterKind::words:
            return read_words(text);
    }
    std::unreachable();
}

constexpr detect::ParameterSpec k_score{.key = "score", .kind = rules::ParameterKind::number};

const detect::ParameterSpec* find_parameter(const detect::Evidence& evidence,
                                            std::string_view key) {
    if (key == k_score.key) return &k_score;
    const auto found = std::ranges::find(evidence.parameters, key, &detect::ParameterSpec::key);
    return found == evidence.parameters.end() ? nullptr : &*found;
}

std::string known_ids() {
    std::string ids;
    for (const detect::Evidence& evidence : detect::all_evidence()) {
        ids += (ids.empty() ? "" : ", ") + std::string(evidence.id);
    }
    return ids;
}

}  // namespace

std::expected<void, std::string> read_evidence_key(const rules::Setting& setting,
                                                   rules::EvidenceTable& table) {
    const std::string id = setting.place.stanza.substr(k_evidence_prefix.size());
    const detect::Evidence* evidence = detect::find_evidence(id);
    if (evidence == nullptr) {
        return std::unexpected("unknown evidence rule; the rules are " + known_ids());
    }
    const std::string& key = setting.place.key;
    if (key == "disabled") {
        const auto disabled = text::boolean(setting.value);
        if (!disabled) {
            return std::unexpected(invalid_value(setting.value, "true or false"));
        }
        table[id].is_disabled = *disabled;
        return {};
    }
    const detect::ParameterSpec* parameter = find_parameter(*evidence, key);
    if (parameter == nullptr) {
        std::string known = "unknown key; this rule has the keys score, disabled";
        for (const detect::ParameterSpec& spec : evidence->parameters)
            known += ", " + std::string(spec.key);
        return std::unexpected(std::move(known));
    }
    auto value = read_value(*parameter, setting.value);
    if (!value) return std::unexpected(value.error());
    table[id].set(key, std::move(*value));
    return {};
}

}  // namespace cloudhijack::config
