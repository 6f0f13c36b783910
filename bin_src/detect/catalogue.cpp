#include "detect/catalogue.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace cloudhijack::detect {

Catalogue::Catalogue(std::vector<Service> services) : services_(std::move(services)) {
    for (std::size_t service = 0; service < services_.size(); ++service) {
        for (std::size_t phase = 0; phase < k_phase_names.size(); ++phase) {
            for (const Call& call : services_[service].calls.at(phase)) {
                by_source_[call.source][call.name].push_back({.service = service,
                                                              .phase = static_cast<Phase>(phase),
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

std::vector<std::string_view> Catalogue::call_names() const {
    std::set<std::string_view> names;
    for (const auto& [source, by_name] : by_source_) {
        for (const auto& [name, entries] : by_name) names.insert(name);
    }
    return {names.begin(), names.end()};
}

}  // namespace cloudhijack::detect
