#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace cloudhijack::counting {

/// Numbers for regions, given as they come: two activities number them differently.
class RegionNames {
  public:
    std::uint32_t number_of(std::string_view name) {
        const auto found = numbers_.find(name);
        if (found != numbers_.end()) return found->second;
        const auto number = static_cast<std::uint32_t>(names_.size());
        names_.emplace_back(name);
        numbers_.emplace(name, number);
        return number;
    }

    /// Valid until the next number is given.
    [[nodiscard]] std::string_view name_of(std::uint32_t number) const { return names_[number]; }

    /// For each region its own number.
    [[nodiscard]] std::vector<std::uint32_t> own_numbers() const {
        std::vector<std::uint32_t> numbers;
        while (numbers.size() < names_.size()) {
            numbers.push_back(static_cast<std::uint32_t>(numbers.size()));
        }
        return numbers;
    }

    /// For each region of another, its number here.
    std::vector<std::uint32_t> numbers_of(const RegionNames& other) {
        std::vector<std::uint32_t> numbers;
        numbers.reserve(other.names_.size());
        for (const std::string& name : other.names_) numbers.push_back(number_of(name));
        return numbers;
    }

  private:
    std::vector<std::string> names_;
    std::map<std::string, std::uint32_t, std::less<>> numbers_;
};

}  // namespace cloudhijack::counting
