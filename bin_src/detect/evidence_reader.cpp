#include "detect/evidence_reader.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "detect/evidence/evidence.hpp"
#include "text/number.hpp"
#include "text/time_span.hpp"
#include "text/words.hpp"

namespace cloudhijack::detect {
namespace {

constexpr std::uint64_t k_largest_number = 1'000'000'000;
constexpr std::chrono::days k_longest_time{366};

using Read = std::expected<ParameterValue, std::string>;

Read read_number(const std::string& text) {
    const auto number = text::whole_number(text, k_largest_number);
    if (number) return *number;
    return std::unexpected("takes a whole number from 0 to " + std::to_string(k_largest_number) +
                           "; got \"" + text + '"');
}

Read read_time(const std::string& text) {
    const auto span = text::time_span(text, k_longest_time);
    if (span) return *span;
    return std::unexpected(
        "takes a whole number with s, m, h or d, such as 2m, up to 366d; got \"" + text + '"');
}

Read read_pattern(const std::string& text) {
    if (text.empty()) return std::unexpected("takes a regular expression that is not empty");
    re2::RE2::Options quiet;
    quiet.set_log_errors(false);
    auto pattern = std::make_shared<const re2::RE2>(text, quiet);
    if (pattern->ok()) return pattern;
    return std::unexpected("takes a regular expression in RE2's syntax; got \"" + text + "\" (" +
                           pattern->error() + ')');
}

Read read_words(const std::string& text) {
    std::vector<std::string> words;
    for (const std::string_view word : text::words(text)) words.emplace_back(word);
    return words;
}

Read read_value(ParameterKind kind, const std::string& text) {
    switch (kind) {
        case ParameterKind::number:
            return read_number(text);
        case ParameterKind::time:
            return read_time(text);
        case ParameterKind::pattern:
            return read_pattern(text);
        case ParameterKind::words:
            return read_words(text);
    }
    std::unreachable();
}

std::optional<ParameterKind> kind_of(const Evidence& evidence, std::string_view key) {
    if (key == "score") return ParameterKind::number;
    const auto found = std::ranges::find(evidence.parameters, key, &ParameterSpec::key);
    return found == evidence.parameters.end() ? std::nullopt : std::optional(found->kind);
}

std::string known_ids() {
    std::string ids;
    for (const Evidence& evidence : all_evidence()) {
        ids += (ids.empty() ? "" : ", ") + std::string(evidence.id);
    }
    return ids;
}

}  // namespace

std::expected<void, std::string> read_evidence_key(const conf::Setting& setting,
                                                   EvidenceTable& table) {
    const std::string id = setting.place.stanza.substr(k_evidence_prefix.size());
    const Evidence* evidence = find_evidence(id);
    if (evidence == nullptr) {
        return std::unexpected("stands in the stanza of an unknown evidence; the ids are " +
                               known_ids());
    }
    const std::string& key = setting.place.key;
    if (key == "disabled") {
        const bool on = setting.value == "1" || setting.value == "true";
        if (!on && setting.value != "0" && setting.value != "false") {
            return std::unexpected("takes true or false; got \"" + setting.value + '"');
        }
        table[id].is_disabled = on;
        return {};
    }
    const auto kind = kind_of(*evidence, key);
    if (!kind) {
        std::string known = "is no key of this evidence: score, disabled";
        for (const ParameterSpec& spec : evidence->parameters)
            known += ", " + std::string(spec.key);
        return std::unexpected(std::move(known));
    }
    auto value = read_value(*kind, setting.value);
    if (!value) return std::unexpected(value.error());
    table[id].set(key, std::move(*value));
    return {};
}

}  // namespace cloudhijack::detect
