#include "rules/catalogue.hpp"

#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstdio>
#include <map>
#include <utility>

#include "counting/hash.hpp"
#include "log/log.hpp"
#include "text/lower_case.hpp"

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
    index_names_in_any_case();
}

void Catalogue::index_names_in_any_case() {
    std::map<std::string, std::vector<std::size_t>> by_lower_case;
    for (std::size_t place = 0; place < call_names_.size(); ++place) {
        by_lower_case[text::in_lower_case(call_names_[place])].push_back(place);
    }
    std::vector<std::string_view> names;
    names.reserve(by_lower_case.size());
    places_in_any_case_.reserve(by_lower_case.size());
    for (auto& [name, places] : by_lower_case) {
        names.push_back(name);
        places_in_any_case_.push_back(std::move(places));
    }
    lower_case_names_ = text::KeyTable(names);
}

std::span<const Catalogue::Entry> Catalogue::find(const log::Event& event) const {
    const auto exact = find(event.source, event.name);
    if (!exact.empty() || !event.log->ignores_case) return exact;
    return find_in_any_case(event.source, event.name);
}

std::span<const Catalogue::Entry> Catalogue::find(std::string_view source,
                                                  std::string_view name) const {
    const auto place = places_.find(name);
    return place ? entries_at(*place, source) : std::span<const Entry>{};
}

std::span<const Catalogue::Entry> Catalogue::find_in_any_case(std::string_view source,
                                                              std::string_view name) const {
    const auto lower = lower_case_names_.find(text::in_lower_case(name));
    if (!lower) return {};
    for (const std::size_t place : places_in_any_case_[*lower]) {
        const auto entries = entries_at(place, source);
        if (!entries.empty()) return entries;
    }
    return {};
}

std::span<const Catalogue::Entry> Catalogue::entries_at(std::size_t place,
                                                        std::string_view source) const {
    const auto& sources = by_name_[place];
    const auto found = std::ranges::find(sources, source, &SourceEntries::source);
    return found != sources.end() ? std::span(found->entries) : std::span<const Entry>{};
}

std::string Catalogue::fingerprint() const {
    std::string rules;
    const auto add =
        [&rules](
            std::string_view text) {  // with its length, so that different rules never read alike
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
