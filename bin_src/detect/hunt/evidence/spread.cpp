// Evidence of somebody who tries everything everywhere.

#include <algorithm>
#include <array>
#include <map>
#include <ranges>
#include <set>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "detect/hunt/evidence/evidence.hpp"
#include "detect/hunt/evidence/search.hpp"

namespace cloudhijack::detect {
namespace {

std::string in_regions(const ValueSpread& spread) {
    return " in " + counted(spread.values.size(), "region") + " within " +
           duration(spread.last - spread.first) + " from " + at(spread.first) + ": " +
           listed(spread.values);
}

Match match_of(std::uint64_t score, std::string reason, const ValueSpread& spread) {
    return {.score = score,
            .reason = std::move(reason),
            .first = spread.first,
            .behind = spread.behind};
}

// --- region_spread: use, or the forms that precede it, in many regions at once ---

constexpr std::array k_region_spread = {
    ParameterSpec{.key = "regions", .kind = rules::ParameterKind::number, .least = 1},
    ParameterSpec{.key = "within", .kind = rules::ParameterKind::time},
    ParameterSpec{.key = "form_calls", .kind = rules::ParameterKind::words},
    ParameterSpec{.key = "form_within", .kind = rules::ParameterKind::time},
    ParameterSpec{.key = "form_score", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "known_form_score", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "slow_form_regions", .kind = rules::ParameterKind::number, .least = 1},
    ParameterSpec{.key = "slow_form_within", .kind = rules::ParameterKind::time},
    ParameterSpec{.key = "slow_form_score", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "routine_score", .kind = rules::ParameterKind::number}};

/// A form in a region, at a second.
struct Form {
    std::int64_t second = 0;
    const Calls* calls = nullptr;
};

std::vector<Form> forms_of(const Behaviour& behaviour, const rules::EvidenceSettings& settings) {
    const auto& names = settings.words("form_calls");
    std::vector<Form> forms;
    for (const Calls& calls : behaviour.calls()) {
        const bool is_form = std::ranges::find(names, behaviour.name_of(calls)) != names.end();
        if (!is_form || calls.region.empty()) continue;
        for (auto second = calls.first_from(calls.first()); second;
             second = calls.first_from(*second + 1)) {
            forms.push_back({.second = *second, .calls = &calls});
        }
    }
    std::ranges::sort(forms, {}, [](const Form& form) {
        return std::tuple(form.second, form.calls->region, key_of(*form.calls));
    });
    return forms;
}

// Whether somebody who only has a key could have filled in a form: from a network that is new for
// the account, or with credentials that work anywhere.
bool is_by_outsider(const Form& form) {
    return form.calls->by->any_hour(form.second, form.second, [](const HourOrigins& hour) {
        return hour.has_stranger || hour.works_anywhere;
    });
}

/// How many regions within which time make forms a sign, and the score.
struct FormRule {
    std::uint64_t regions = 0;
    std::int64_t within = 0;
    std::uint64_t outsider_score = 0;
    std::uint64_t score = 0;                   ///< if nobody is an outsider; 0: not a sign
    bool is_outsider_without_history = false;  ///< without a baseline, everybody is one
};

/// The forms that were filled in within a time after one of them.
struct FormWindow {
    std::span<const Form> forms;
    std::uint64_t score = 0;
    bool is_outsider = false;
    bool is_routine = false;
};

Match match_of(const Behaviour& behaviour, const FormWindow& window) {
    ValueSpread spread{.first = window.forms.front().second,
                       .last = window.forms.back().second,
                       .values = {},
                       .behind = {}};
    std::set<std::string_view> names;
    for (const Form& form : window.forms) {
        spread.values.insert(form.calls->region);
        spread.behind.insert(key_of(*form.calls));
        names.insert(behaviour.name_of(*form.calls));
    }
    return match_of(window.score,
                    listed(names) + " called" + in_regions(spread) +
                        (window.is_outsider ? "" : "; from a known source") +
                        std::string(routine_words(window.is_routine)),
                    spread);
}

/// The common properties of a window's forms, updated as forms enter and leave it.
class FormCounts {
  public:
    void add(const Form& form) {
        ++regions_[form.calls->region];
        not_routine_ += is_routine(form) ? 0 : 1;
        by_outsider_ += is_by_outsider(form) ? 1 : 0;
    }
    void remove(const Form& form) {
        const auto region = regions_.find(form.calls->region);
        if (--region->second == 0) regions_.erase(region);
        not_routine_ -= is_routine(form) ? 0 : 1;
        by_outsider_ -= is_by_outsider(form) ? 1 : 0;
    }

    [[nodiscard]] std::size_t regions() const { return regions_.size(); }
    [[nodiscard]] bool has_outsider() const { return by_outsider_ > 0; }
    [[nodiscard]] bool are_routine() const { return not_routine_ == 0; }

  private:
    static bool is_routine(const Form& form) {
        return form.calls->are_routine(rules::Phase::enable);
    }

    std::map<std::string_view, std::size_t> regions_;
    std::size_t not_routine_ = 0;
    std::size_t by_outsider_ = 0;
};

std::optional<Match> form_spread(const Behaviour& behaviour,
                                 const rules::EvidenceSettings& settings,
                                 const std::vector<Form>& forms, const FormRule& rule) {
    FormCounts counts;
    std::optional<FormWindow> best;
    std::size_t end = 0;
    for (std::size_t begin = 0; begin < forms.size(); ++begin) {
        const std::int64_t first = forms[begin].second;
        for (; end < forms.size() && forms[end].second <= first + rule.within; ++end) {
            counts.add(forms[end]);
        }
        if (counts.regions() >= rule.regions) {
            FormWindow window{.forms = std::span(forms).subspan(begin, end - begin)};
            window.is_outsider = counts.has_outsider() || (rule.is_outsider_without_history &&
                                                           !behaviour.is_known_account(first));
            window.is_routine = counts.are_routine();
            window.score = routine_or(window.is_outsider ? rule.outsider_score : rule.score,
                                      window.is_routine, settings);
            const bool is_better = window.score > (best ? best->score : 0);
            if (is_better) best = window;
        }
        counts.remove(forms[begin]);
    }
    return best ? std::optional(match_of(behaviour, *best)) : std::nullopt;
}

std::optional<Match> region_spread(const Behaviour& behaviour,
                                   const rules::EvidenceSettings& settings) {
    if (!behaviour.is_one_actor()) return std::nullopt;
    const auto forms = forms_of(behaviour, settings);
    const std::uint64_t least = settings.number("regions");
    auto best = form_spread(behaviour, settings, forms,
                            {.regions = least,
                             .within = settings.seconds("form_within"),
                             .outsider_score = settings.number("form_score"),
                             .score = settings.number("known_form_score"),
                             .is_outsider_without_history = true});
    keep_better(best, form_spread(behaviour, settings, forms,
                                  {.regions = settings.number("slow_form_regions"),
                                   .within = settings.seconds("slow_form_within"),
                                   .outsider_score = settings.number("slow_form_score")}));
    // If the principal has used the service before, a new region is ordinary. A baseline that does
    // not know of any use by the principal must not weaken this evidence.
    const auto new_region = [&behaviour](const Calls& calls) {
        const bool counts = (calls.is(rules::Phase::use) || calls.is(rules::Phase::enable)) &&
                            behaviour.usual_peak(calls.service, calls.first()).value_or(0) == 0;
        return counts ? calls.region : std::string_view{};
    };
    if (const auto spread =
            first_spread(behaviour.calls(), least, settings.seconds("within"), new_region)) {
        keep_better(
            best, match_of(settings.number("score"),
                           "Use or enable calls to services without history" + in_regions(*spread),
                           *spread));
    }
    return best;
}

// --- recon_spread: the same recon call in many regions ---

constexpr std::array k_recon_spread = {
    ParameterSpec{.key = "regions", .kind = rules::ParameterKind::number, .least = 1},
    ParameterSpec{.key = "within", .kind = rules::ParameterKind::time},
    ParameterSpec{.key = "long_term_key_score", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "routine_score", .kind = rules::ParameterKind::number}};

std::optional<Match> recon_spread(const Behaviour& behaviour,
                                  const rules::EvidenceSettings& settings) {
    if (!behaviour.is_one_actor()) return std::nullopt;
    std::map<std::pair<std::size_t, std::string_view>, std::vector<std::size_t>> asked;
    for (std::size_t at = 0; at < behaviour.calls().size(); ++at) {
        const Calls& calls = behaviour.calls()[at];
        if (!calls.is(rules::Phase::recon)) continue;
        asked[{calls.service, behaviour.name_of(calls)}].push_back(at);
    }
    const bool long_term_key = behaviour.has_long_term_key();
    const std::uint64_t score = settings.number(long_term_key ? "long_term_key_score" : "score");
    std::optional<Match> best;
    for (const auto& [question, places] : asked) {
        const std::string_view name = question.second;
        const auto calls =
            places | std::views::transform([&behaviour](std::size_t at) -> const Calls& {
                return behaviour.calls()[at];
            });
        const auto spread = first_spread(calls, settings.number("regions"),
                                         settings.seconds("within"), &Calls::region);
        if (!spread) continue;
        const bool is_routine = std::ranges::all_of(
            calls, [](const Calls& each) { return each.are_routine(rules::Phase::recon); });
        keep_better(best, match_of(routine_or(score, is_routine, settings),
                                   std::string(name) + " called" + in_regions(*spread) +
                                       std::string(routine_words(is_routine)),
                                   *spread));
    }
    return best;
}

// --- service_sweep: one service after another ---

constexpr std::array k_service_sweep = {
    ParameterSpec{.key = "services", .kind = rules::ParameterKind::number, .least = 1},
    ParameterSpec{.key = "within", .kind = rules::ParameterKind::time}};

std::optional<Match> service_sweep(const Behaviour& behaviour,
                                   const rules::EvidenceSettings& settings) {
    if (!behaviour.is_one_actor()) return std::nullopt;
    const auto service = [&behaviour](const Calls& calls) {
        return calls.is(rules::Phase::recon) || calls.is(rules::Phase::use)
                   ? behaviour.label_of(calls.service)
                   : std::string_view{};
    };
    const auto spread = first_spread(behaviour.calls(), settings.number("services"),
                                     settings.seconds("within"), service);
    if (!spread) return std::nullopt;
    return match_of(settings.number("score"),
                    "Looked at or used " + counted(spread->values.size(), "service") + " within " +
                        duration(spread->last - spread->first) + " from " + at(spread->first) +
                        ": " + listed(spread->values),
                    *spread);
}

constexpr auto k_spread_evidence = std::to_array<Evidence>({
    {"region_spread", EvidenceGroup::spread, region_spread, k_region_spread},
    {"recon_spread", EvidenceGroup::spread, recon_spread, k_recon_spread},
    {"service_sweep", EvidenceGroup::spread, service_sweep, k_service_sweep},
});

}  // namespace

std::span<const Evidence> spread_evidence() { return k_spread_evidence; }

}  // namespace cloudhijack::detect
