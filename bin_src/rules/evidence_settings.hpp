#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace re2 {
class RE2;
}

namespace cloudhijack::rules {

/// A regular expression from the configuration. Code that matches with it includes re2/re2.h, which
/// is a large header.
using Pattern = std::shared_ptr<const re2::RE2>;

/// The type of an evidence rule's parameter.
enum class ParameterKind : std::uint8_t { number, time, pattern, words };

/// A parameter's value: a whole number, a length of time, a regular expression or words.
using ParameterValue =
    std::variant<std::uint64_t, std::chrono::seconds, Pattern, std::vector<std::string>>;

/// The stanza of one evidence rule: `score`, its other parameters, and whether it is switched off.
/// The built-in catalogue sets every parameter that the rule declares, so each lookup here
/// succeeds.
class EvidenceSettings {
  public:
    void set(std::string_view key, ParameterValue value) {
        values_.insert_or_assign(std::string(key), std::move(value));
    }

    [[nodiscard]] std::uint64_t number(std::string_view key) const {
        return std::get<std::uint64_t>(values_.find(key)->second);
    }
    [[nodiscard]] std::int64_t seconds(std::string_view key) const {
        return std::get<std::chrono::seconds>(values_.find(key)->second).count();
    }
    [[nodiscard]] const re2::RE2& pattern(std::string_view key) const {
        return *std::get<Pattern>(values_.find(key)->second);
    }
    [[nodiscard]] const std::vector<std::string>& words(std::string_view key) const {
        return std::get<std::vector<std::string>>(values_.find(key)->second);
    }

    bool is_disabled = false;

  private:
    std::map<std::string, ParameterValue, std::less<>> values_;
};

/// The settings of every evidence rule, by id.
using EvidenceTable = std::map<std::string, EvidenceSettings, std::less<>>;

}  // namespace cloudhijack::rules
