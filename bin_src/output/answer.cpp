#include "output/answer.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "config/lookup_file.hpp"
#include "detect/baseline/baseline_range.hpp"
#include "detect/hunt/evidence/words.hpp"
#include "detect/hunt/hunt_rows.hpp"
#include "partial/document_reader.hpp"
#include "text/number.hpp"

namespace cloudhijack::output {
namespace {

using detect::counted;

template <class Range>
std::vector<detect::Row> to_rows(const Range& findings) {
    std::vector<detect::Row> rows;
    rows.reserve(findings.size());
    for (const auto& finding : findings) rows.push_back(detect::to_row(finding));
    return rows;
}

struct ToAnswer {
    Answer operator()(const detect::VolumeFindings& findings) const {
        return {.columns = detect::volume_columns(), .rows = to_rows(findings.rows)};
    }
    Answer operator()(const detect::HuntFindings& findings) const {
        return {.columns = detect::hunt_columns(), .rows = to_rows(findings.rows)};
    }
    Answer operator()(const detect::BaselineUpdate& update) const {
        return {.columns = detect::baseline_columns(), .rows = to_rows(update.baseline.rows())};
    }
    Answer operator()(const std::vector<detect::CoverageFinding>& findings) const {
        return {.columns = detect::coverage_columns(), .rows = to_rows(findings)};
    }
};

// A baseline that could not be read again would be useless.
Result<> check_readable_again(const rules::Baseline& baseline) {
    const auto too_much = [](const std::string& what) {
        return failure(
            "the baseline would have " + what +
            ", the most that can be read again; exclude principals without a useful history, "
            "such as sessions with a new name each time, or test accounts");
    };
    if (baseline.rows().size() > config::k_most_lookup_rows) {
        return too_much("more than " + std::to_string(config::k_most_lookup_rows) + " rows");
    }
    std::size_t bytes = 0;
    for (const auto& entry : baseline.rows()) bytes += detect::bytes_of(entry);
    if (bytes > config::k_largest_lookup) return too_much("about 50 MiB or more");
    return {};
}

std::string allowed_in_words(std::uint64_t rows, std::uint64_t lessened) {
    if (rows == 0 && lessened == 0) return {};
    std::string text = "the allowlist hid " + counted(rows, "row");
    if (lessened > 0) text += " and removed evidence from " + counted(lessened, "other");
    return text;
}

std::string without_id_in_words(std::uint64_t records) {
    if (records == 0) return {};
    return counted(records, "record") +
           (records == 1 ? " has no usable id, so each delivery of it was counted"
                         : " have no usable id, so each delivery of them was counted");
}

std::string without_parameters_in_words(std::uint64_t records) {
    if (records == 0) return {};
    return "CloudTrail omitted the request parameters of " + counted(records, "record") +
           ", so the models, recipients and subjects of these calls are unknown";
}

// Successful use by operations that mode=volume does not count, as the search that it replaces does
// not.
std::string other_use_in_words(const detect::OtherUse& use) {
    const std::set<std::string_view> names(use.names.begin(), use.names.end());
    return counted(use.calls, "successful call") + " used " + use.service->label +
           " through operations that mode=volume does not count (" + detect::listed(names) +
           "); mode=hunt counts them";
}

std::string without_price_in_words(const std::set<std::string>& models) {
    if (models.empty()) return {};
    const std::set<std::string_view> names(models.begin(), models.end());
    return counted(models.size(), "model") +
           (models.size() == 1
                ? " has no price, so EstimatedCost does not include its tokens: "
                : " have no price, so EstimatedCost does not include their tokens: ") +
           detect::listed(names) + "; add a stanza [price:<model>] to cloudhijack.conf";
}

bool may_show(const log::LogSet& logs, const log::Log& log, const rules::Service& service) {
    return std::ranges::any_of(service.calls, [&](const auto& calls) {
        return std::ranges::any_of(calls, [&](const rules::CatalogueCall& call) {
            return logs.may_show(log, call.source);
        });
    });
}

// For each service, the indices of the services that share a log with it.
std::vector<std::set<std::size_t>> services_beside(const config::Setup& setup) {
    const auto services = setup.catalogue.services();
    std::vector<std::set<std::size_t>> beside(services.size());
    for (const log::LogSet::ShapedLog& member : setup.logs->members()) {
        std::set<std::size_t> shown;
        for (std::size_t i = 0; i < services.size(); ++i) {
            if (may_show(*setup.logs, *member.log, services[i])) shown.insert(i);
        }
        for (const std::size_t i : shown) beside[i].insert(shown.begin(), shown.end());
    }
    return beside;
}

// Without data events most use is invisible, so the lack of a row proves nothing. Data events are
// missed only in accounts with events of a log that can contain them.
std::string unseen_in_words(const detect::HuntActivity& hunt, const config::Setup& setup) {
    std::string text;
    const auto accounts = hunt.services_by_account();
    const auto beside = services_beside(setup);
    const auto services = setup.catalogue.services();
    for (std::size_t i = 0; i < services.size(); ++i) {
        if (services[i].data_events.empty()) continue;
        const auto all =
            static_cast<std::size_t>(std::ranges::count_if(accounts, [&](const auto& account) {
                return std::ranges::any_of(account.second, [&](const std::size_t called) {
                    return beside[i].contains(called);
                });
            }));
        const auto found = hunt.with_data_events().find(i);
        const std::size_t with = found == hunt.with_data_events().end() ? 0 : found->second.size();
        if (with >= all) continue;
        text += (text.empty() ? "" : ", ") + services[i].label;
        if (with > 0) {
            text += " (in " + std::to_string(all - with) + " of " + counted(all, "account") + ')';
        }
    }
    if (text.empty()) return text;
    return "there were no data events for " + text +
           "; mode=coverage lists the use that this hides";
}

// The warnings about a new baseline.
std::vector<std::string> warnings_of(const detect::BaselineUpdate& update) {
    std::vector<std::string> warnings;
    if (update.ahead > 0) {
        warnings.push_back(counted(update.ahead, "event") + (update.ahead == 1 ? " is" : " are") +
                           " more than a day ahead of this machine's clock (" +
                           detect::at(update.now) + ") and " +
                           (update.ahead == 1 ? "was" : "were") + " ignored");
    }
    if (update.shortened > 0) {
        warnings.push_back("the baseline would be larger than " +
                           text::in_mebibytes(detect::k_largest_baseline) + ", so " +
                           counted(update.shortened, "list") +
                           (update.shortened == 1 ? " was" : " were") +
                           " replaced by *, from which no evidence comes, beginning with the "
                           "principals not seen for the longest time");
    }
    return warnings;
}

// The rows usually meet the same damage, so the first problem stands for all.
std::vector<std::string> warnings_of(const detect::HuntFindings& findings) {
    const auto row = std::ranges::find_if(
        findings.rows, [](const auto& finding) { return !finding.geo_problem.empty(); });
    if (row == findings.rows.end()) return {};
    return {row->geo_problem + ". Some countries or networks of addresses are missing"};
}

std::string in_words(const detect::BaselineUpdate& update) {
    const std::string pairs = counted(update.baseline.rows().size(), "row");
    if (!update.newest) return "no event counts; the baseline keeps its " + pairs;
    return "the baseline has " + pairs + ", " + std::to_string(update.added) + " of them new; " +
           std::to_string(update.dropped) +
           " were dropped because they had not been seen for 90 days. Events after " +
           detect::at(*update.newest - detect::k_left_for_next) + " are left for the next run";
}

struct ToFindings {
    const config::Config& config;

    Result<Findings> operator()(const detect::VolumeActivity& volume) const {
        return volume.findings(config.volume);
    }
    Result<Findings> operator()(const detect::HuntActivity& hunt) const {
        if (config.mode == config::Mode::hunt) return hunt.findings(config.hunt);
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        auto update = detect::update_baseline(
            hunt, config.hunt, std::chrono::floor<std::chrono::seconds>(now).count());
        if (auto fits = check_readable_again(update.baseline); !fits) {
            return std::unexpected(fits.error());
        }
        return update;
    }
    Result<Findings> operator()(const detect::CoverageActivity& coverage) const {
        return coverage.findings();
    }
};

}  // namespace

detect::Activity new_activity(const config::Setup& setup, const config::Config& config) {
    switch (config.mode) {
        case config::Mode::volume:
            return detect::VolumeActivity(setup.catalogue, config.volume.span);
        case config::Mode::hunt:
        case config::Mode::baseline:
            return detect::HuntActivity(setup.catalogue);
        case config::Mode::coverage:
            return detect::CoverageActivity(setup.catalogue, *setup.logs);
    }
    std::unreachable();
}

partial::Header header_of(const config::Setup& setup, const config::Config& config) {
    std::string mode(name_of(config.mode));
    if (config.mode == config::Mode::volume)
        mode += ' ' + std::to_string(config.volume.span.count()) + 's';
    return {.catalogue = setup.catalogue.fingerprint(),
            .host = partial::as_host(setup.host),
            .mode = std::move(mode)};
}

Result<Findings> findings_of(const detect::Activity& activity, const config::Config& config) {
    return std::visit(ToFindings{config}, activity);
}

Answer answer_of(const Findings& findings) { return std::visit(ToAnswer{}, findings); }

std::vector<std::string> notes_of(const Findings& findings, const detect::Activity& activity,
                                  const config::Setup& setup) {
    std::vector<std::string> notes;
    const auto add = [&notes](std::string text) {
        if (!text.empty()) notes.push_back(std::move(text));
    };
    const auto add_models = [&](const auto& counted) {
        add(without_price_in_words(counted.models_without_price(*setup.prices)));
    };
    const auto add_irregular = [&](const detect::IrregularRecords& records) {
        add(without_id_in_words(records.without_id));
        add(without_parameters_in_words(records.without_parameters));
    };
    if (const auto* volume = std::get_if<detect::VolumeActivity>(&activity)) {
        add_models(*volume);
        add_irregular(volume->irregular());
    }
    if (const auto* hunt = std::get_if<detect::HuntActivity>(&activity)) {
        add_models(*hunt);
        add_irregular(hunt->irregular());
    }
    if (const auto* volume = std::get_if<detect::VolumeFindings>(&findings)) {
        for (const detect::OtherUse& use : volume->other_use) add(other_use_in_words(use));
        add(allowed_in_words(volume->allowed_rows, 0));
    } else if (const auto* hunt = std::get_if<detect::HuntFindings>(&findings)) {
        add(allowed_in_words(hunt->allowed_rows, hunt->lessened_rows));
        add(unseen_in_words(std::get<detect::HuntActivity>(activity), setup));
    } else if (const auto* update = std::get_if<detect::BaselineUpdate>(&findings)) {
        add(in_words(*update));
    }
    return notes;
}

std::vector<std::string> warnings_of(const Findings& findings) {
    if (const auto* hunt = std::get_if<detect::HuntFindings>(&findings)) return warnings_of(*hunt);
    const auto* update = std::get_if<detect::BaselineUpdate>(&findings);
    return update != nullptr ? warnings_of(*update) : std::vector<std::string>();
}

std::string_view way_to_fewer_rows(config::Mode mode) {
    switch (mode) {
        case config::Mode::volume:
            return "A higher threshold or min_score gives fewer rows";
        case config::Mode::hunt:
            return "A higher min_risk gives fewer rows";
        case config::Mode::baseline:  // a baseline with too many rows is an error
        case config::Mode::coverage:
            return "A search for fewer accounts gives fewer rows";
    }
    std::unreachable();
}

std::string unreadable_in_words(std::uint64_t unreadable, std::uint64_t records,
                                std::uint64_t bytes) {
    if (unreadable == 0) return counted(bytes, "byte") + " between records could not be read";
    const std::string text =
        std::to_string(unreadable) + " of " + counted(records, "record") + " could not be read";
    return bytes > 0 ? text + " (" + counted(bytes, "byte") + ')' : text;
}

std::string unknown_in_words(std::uint64_t count, std::string_view first) {
    return counted(count, "record") +
           (count == 1 ? " does not belong to any log" : " do not belong to any log") +
           " that cloudhijack knows; the first, " + std::string(first);
}

std::string nothing_relevant_in_words(const RecordCounts& records, const Findings& findings,
                                      config::Mode mode) {
    const bool is_volume = mode == config::Mode::volume;  // it does not count failed calls
    const std::uint64_t without = is_volume ? records.failed : 0;
    if (records.read == 0 || records.relevant > without) return {};
    const auto* volume = std::get_if<detect::VolumeFindings>(&findings);
    if (volume != nullptr && !volume->other_use.empty()) return {};  // its note says more
    const std::string subject = records.read == 1 ? "the 1 record that was read is not a "
                                                  : "none of the " + std::to_string(records.read) +
                                                        " records that were read is a ";
    const std::string text = subject + (is_volume ? "successful call" : "call") +
                             (records.outside > 0 ? " in the time range" : "") +
                             " that mode=" + std::string(name_of(mode)) + " counts";
    return without == 0 ? text : text + "; " + counted(without, "call") + " failed";
}

std::string uncounted_in_words(std::uint64_t left_out, std::uint64_t repeats) {
    std::string text;
    if (left_out > 0) {
        text = "ignored " + counted(left_out, "call") +
               (left_out == 1 ? " that an AWS service made or that only repeats another record"
                              : " that AWS services made or that only repeat other records");
    }
    if (repeats > 0) {
        text += (text.empty() ? "" : "; ") + counted(repeats, "event") +
                (repeats == 1 ? " was delivered again and counts only once"
                              : " were delivered again and count only once");
    }
    return text;
}

}  // namespace cloudhijack::output
