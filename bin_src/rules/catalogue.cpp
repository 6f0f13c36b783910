#include "rules/catalogue.hpp"

#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstdio>
#include <map>
#include <utility>

#include "counting/hash.hpp"

namespace cloudhijack::rules {

Catalogue::Catalogue(std::vector<Service> services)
    : services_(std::move(services)), topics_(services_.size()), names_(services_.size()) {
    std::map<std::string, std::vector<SourceEntries>> by_name;
    for (std::size_t service = 0; service < services_.size(); ++service) {
        for (std::size_t phase = 0; phase < k_phase_names.size(); ++phase) {
            for (const CatalogueCall& call : services_[service].calls.at(phase)) {
                std::vector<SourceEntries>& sources = by_name[call.name];
                auto source = std::ranges::find(sources, call.source, &SourceEntries::source);
                if (source == sources.end()) {
                    source = sources.insert(source, {.source = call.source, .entries = {}});
                }
                std::vector<Entry>& entries = source->entries;
                const auto same = std::ranges::find(entries, service, &Entry::service);
                std::vector<std::string>& names = names_[service];
                const auto number = same != entries.end() ? same->call : names.size();
                if (number == names.size()) {
                    names.push_back(call.name);
                    topics_[service].push_back(log::topic_of(call.name));
                }
                entries.push_back({.service = service,
                                   .phase = static_cast<Phase>(phase),
                                   .call = static_cast<std::uint16_t>(number),
                                   .topic = topics_[service][number],
                                   .weight = call.weight,
                                   .conditions = call.conditions});
            }
        }
    }
    for (auto& [name, sources] : by_name) {
        call_names_.push_back(name);
        by_name_.push_back(std::move(sources));
    }
    places_ = text::KeyTable(call_names());
}

std::span<const Catalogue::Entry> Catalogue::find(std::string_view source,
                                                  std::string_view name) const {
    const auto place = places_.find(name);
    if (!place) return {};
    const auto& sources = by_name_[*place];
    const auto found = std::ranges::find(sources, source, &SourceEntries::source);
    return found != sources.end() ? std::span(found->entries) : std::span<const Entry>{};
}

std::string Catalogue::fingerprint() const {
    std::string rules;
    const auto add = [&rules](std::string_view text) {  // with its length: no two read alike
        rules += std::to_string(text.size()) + ':';
        rules += text;
    };
    for (const Service& service : services_) {
        add(service.id);
        for (const std::vector<CatalogueCall>& calls : service.calls) {
            add(std::to_string(calls.size()));
            for (const CatalogueCall& call : calls) {
                add(call.source);
                add(call.name);
                add(std::to_string(call.weight));
                add(std::to_string(call.conditions.size()));
                for (const log::Condition& condition : call.conditions) {
                    add(std::to_string(condition.path.size()));
                    for (const std::string& key : condition.path) add(key);
                    add(condition.value);
                }
            }
        }
    }
    std::array<char, 17> digits{};
    std::snprintf(digits.data(), digits.size(), "%016" PRIx64, counting::hash_of(rules));
    return digits.data();
}

std::vector<std::uint64_t> thresholds_of(const Catalogue& catalogue) {
    std::vector<std::uint64_t> thresholds;
    for (const Service& service : catalogue.services()) thresholds.push_back(service.threshold);
    return thresholds;
}

}  // namespace cloudhijack::rules
