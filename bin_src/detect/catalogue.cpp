#include "detect/catalogue.hpp"

#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstdio>
#include <set>
#include <utility>

#include "detect/hash.hpp"

namespace cloudhijack::detect {

Catalogue::Catalogue(std::vector<Service> services)
    : services_(std::move(services)), names_(services_.size()) {
    for (std::size_t service = 0; service < services_.size(); ++service) {
        for (std::size_t phase = 0; phase < k_phase_names.size(); ++phase) {
            for (const Call& call : services_[service].calls.at(phase)) {
                std::vector<Entry>& entries = by_source_[call.source][call.name];
                const auto same = std::ranges::find(entries, service, &Entry::service);
                std::vector<std::string>& names = names_[service];
                const auto number = same != entries.end() ? same->call : names.size();
                if (number == names.size()) names.push_back(call.name);
                entries.push_back({.service = service,
                                   .phase = static_cast<Phase>(phase),
                                   .call = static_cast<std::uint16_t>(number),
                                   .conditions = call.conditions});
            }
        }
    }
}

std::span<const Catalogue::Entry> Catalogue::find(std::string_view source,
                                                  std::string_view name) const {
    const auto names = by_source_.find(source);
    if (names == by_source_.end()) return {};
    const auto entries = names->second.find(name);
    if (entries == names->second.end()) return {};
    return entries->second;
}

std::string Catalogue::fingerprint() const {
    std::string rules;
    const auto add = [&rules](std::string_view text) {  // with its length: no two read alike
        rules += std::to_string(text.size()) + ':';
        rules += text;
    };
    for (const Service& service : services_) {
        add(service.id);
        for (const std::vector<Call>& calls : service.calls) {
            add(std::to_string(calls.size()));
            for (const Call& call : calls) {
                add(call.source);
                add(call.name);
                add(std::to_string(call.conditions.size()));
                for (const cloudtrail::Condition& condition : call.conditions) {
                    add(std::to_string(condition.path.size()));
                    for (const std::string& key : condition.path) add(key);
                    add(condition.value);
                }
            }
        }
    }
    std::array<char, 17> digits{};
    std::snprintf(digits.data(), digits.size(), "%016" PRIx64, hash_of(rules));
    return digits.data();
}

std::vector<std::string_view> Catalogue::call_names() const {
    std::set<std::string_view> names;
    for (const auto& [source, by_name] : by_source_) {
        for (const auto& [name, entries] : by_name) names.insert(name);
    }
    return {names.begin(), names.end()};
}

std::vector<std::uint64_t> thresholds_of(const Catalogue& catalogue) {
    std::vector<std::uint64_t> thresholds;
    for (const Service& service : catalogue.services()) thresholds.push_back(service.threshold);
    return thresholds;
}

std::shared_ptr<const re2::RE2> default_suspicious_names() {
    return std::make_shared<const re2::RE2>("(temp|tmp|test|anon|random)");
}

}  // namespace cloudhijack::detect
