#include "detect/hunt/response.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>

#include "detect/mode_activity.hpp"
#include "log/log_set.hpp"
#include "text/bounded_text.hpp"
#include "text/shell_word.hpp"

namespace cloudhijack::detect {
namespace {

/// Adds steps up to the most that a row shows, and each only once.
class StepList {
  public:
    [[nodiscard]] bool is_full() const { return steps_.size() == k_most_response_steps; }

    void add(std::string step) {
        if (is_full() || std::ranges::find(steps_, step) != steps_.end()) return;
        steps_.push_back(std::move(step));
    }

    [[nodiscard]] std::vector<std::string> take() && { return std::move(steps_); }

  private:
    std::vector<std::string> steps_;
};

// An account, unless the log did not name it.
std::string_view known_account(std::string_view account) {
    return account == text::k_unknown ? std::string_view{} : account;
}

// The source of a service's call; of sources that share the name, the first one.
std::string_view source_of(const rules::Service& service, std::string_view call_name) {
    for (const auto& calls : service.calls) {
        const auto found = std::ranges::find(calls, call_name, &rules::CatalogueCall::name);
        if (found != calls.end()) return found->source;
    }
    return {};
}

// The log that knows how to stop the caller of a source's calls; null if none does.
const log::Log* log_of_source(std::string_view source) {
    for (const log::LogSet::ShapedLog& member : log::all_logs().members()) {
        if (member.log->stop != nullptr && member.log->can_show(source)) return member.log;
    }
    return nullptr;
}

std::vector<std::string> steps_against(const Behaviour& behaviour, const Member& member) {
    const log::Log* log = nullptr;
    std::vector<std::string_view> used_sources;
    for (const auto& [key, events] : member.activity().shown) {
        const rules::Service& service = behaviour.catalogue().services()[key.service];
        const std::string_view name = behaviour.catalogue().call_name(key.service, key.call);
        const std::string_view source = source_of(service, name);
        if (log == nullptr) log = log_of_source(source);
        for (const rules::CatalogueCall& use : service.calls_of(rules::Phase::use)) {
            // The activity keeps only names, so each source of the name may have been used.
            if (use.name == name) used_sources.emplace_back(use.source);
        }
    }
    if (log == nullptr) return {};
    const auto& traits = member.activity().traits;
    const auto caller_types = traits[Trait::caller_type].shown();
    const auto keys = traits[Trait::access_key].shown();
    const std::vector<std::string_view> access_keys(keys.begin(), keys.end());
    return log->stop({.account = known_account(member.principal().account),
                      .name = member.principal().name,
                      .caller_type = caller_types.empty() ? std::string_view{}
                                                          : std::string_view(caller_types.front()),
                      .access_keys = access_keys,
                      .used_sources = used_sources});
}

/// A service that was used in an account and a region.
using UsedPlace = std::tuple<std::size_t, std::string_view, std::string_view>;

// The places of use: those with the most messages that were sent first.
std::vector<UsedPlace> used_places(const Behaviour& behaviour) {
    std::map<UsedPlace, std::uint64_t> messages;
    for (const auto* list : {&behaviour.calls(), &behaviour.calls_by_provider()}) {
        for (const Calls& calls : *list) {
            if (!calls.is(rules::Phase::use)) continue;
            std::uint64_t& sent =
                messages[{calls.service, calls.by->principal().account, calls.region}];
            if (calls.is_ok()) add_to(sent, calls.messages);
        }
    }
    std::vector<std::pair<UsedPlace, std::uint64_t>> places(messages.begin(), messages.end());
    std::ranges::sort(places, [](const auto& one, const auto& other) {
        return one.second != other.second ? one.second > other.second : one.first < other.first;
    });
    std::vector<UsedPlace> sorted;
    sorted.reserve(places.size());
    for (const auto& [place, count] : places) sorted.push_back(place);
    return sorted;
}

// Replaces a placeholder of the catalogue by a value that means the same in any quotes, or by
// `unknown`.
void fill_in(std::string& step, std::string_view wanted, std::string_view value,
             std::string_view unknown) {
    const std::string word = text::plain_word(value, unknown);
    for (auto at = step.find(wanted); at != std::string::npos; at = step.find(wanted, at)) {
        step.replace(at, wanted.size(), word);
        at += word.size();
    }
}

}  // namespace

std::vector<std::string> response_steps(const Behaviour& behaviour) {
    StepList steps;
    // In a campaign, a step against each of several principals is worth more than two against one.
    const std::size_t most_of_each = behaviour.is_campaign() ? 1 : 2;
    const auto add_member = [&](const Member& member) {
        std::vector<std::string> own = steps_against(behaviour, member);
        if (own.size() > most_of_each) own.resize(most_of_each);
        for (std::string& step : own) steps.add(std::move(step));
    };
    add_member(behaviour.head());
    for (const Member& member : behaviour.members()) {
        if (steps.is_full()) break;
        if (&member != &behaviour.head()) add_member(member);
    }
    if (steps.is_full()) return std::move(steps).take();
    for (const auto& [service, account, region] : used_places(behaviour)) {
        std::string step = behaviour.catalogue().services()[service].response;
        if (step.empty()) continue;
        fill_in(step, "{account}", known_account(account), "ACCOUNT");
        fill_in(step, "{region}", region, "REGION");
        steps.add(std::move(step));
    }
    return std::move(steps).take();
}

}  // namespace cloudhijack::detect
