#include "config/lookups.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "config/lookup_file.hpp"
#include "counting/seconds.hpp"
#include "detect/hunt/evidence/evidence.hpp"
#include "partial/document.hpp"
#include "rules/allowlist.hpp"
#include "rules/baseline.hpp"
#include "text/number.hpp"
#include "text/quote.hpp"
#include "text/time.hpp"
#include "text/trim.hpp"
#include "text/words.hpp"

namespace cloudhijack::config {
namespace {

constexpr std::size_t k_longest_pattern = 1000;

/// What a row is, or what is wrong with it.
template <class T>
using Read = std::expected<T, std::string>;

std::unexpected<std::string> bad(std::string why) { return std::unexpected(std::move(why)); }

std::optional<std::int64_t> read_second(const std::string& text) {
    const auto time = text::parse_time(text);
    if (!time) return std::nullopt;
    return std::chrono::floor<std::chrono::seconds>(time->time_since_epoch()).count();
}

// --- the baseline ---

namespace baseline_column {
enum : std::size_t { account, principal, service, first_seen, last_seen, peak_hour };
}

constexpr std::array k_baseline_columns = {LookupColumn{.name = "account", .is_required = true},
                                           LookupColumn{.name = "principal", .is_required = true},
                                           LookupColumn{.name = "service", .is_required = true},
                                           LookupColumn{.name = "first_seen", .is_required = true},
                                           LookupColumn{.name = "last_seen", .is_required = true},
                                           LookupColumn{.name = "peak_hour", .is_required = true}};

Read<rules::Baseline::Use> read_use(const LookupFile& file) {
    const auto first = read_second(file.cell(baseline_column::first_seen));
    const auto last = read_second(file.cell(baseline_column::last_seen));
    const auto peak =
        text::whole_number(file.cell(baseline_column::peak_hour), partial::k_largest_count);
    if (!first || !last) {
        return bad("first_seen and last_seen are times such as 2026-03-02T00:00:00Z; got " +
                   text::quoted(file.cell(baseline_column::first_seen)) + " and " +
                   text::quoted(file.cell(baseline_column::last_seen)));
    }
    if (*last < *first) return bad("last_seen is before first_seen");
    if (!peak) {
        return bad("peak_hour is a whole number; got " +
                   text::quoted(file.cell(baseline_column::peak_hour)));
    }
    return rules::Baseline::Use{.first_seen = *first, .last_seen = *last, .peak_hour = *peak};
}

Result<> read_pair(const LookupFile& file, rules::Baseline& baseline) {
    const rules::Baseline::Pair pair{.account = file.cell(baseline_column::account),
                                     .principal = file.cell(baseline_column::principal),
                                     .service = file.cell(baseline_column::service)};
    if (pair.account.empty() || pair.principal.empty() || pair.service.empty()) {
        return failure("account, principal and service are not all there");
    }
    const auto use = read_use(file);
    if (!use) return failure(use.error());
    baseline.add(pair, *use);
    return {};
}

// --- the allowlist ---

namespace allowlist_column {
enum : std::size_t { principal, service, evidence, threshold, expires, note };
}

constexpr std::array k_allowlist_columns = {LookupColumn{.name = "principal", .is_required = true},
                                            LookupColumn{.name = "service", .is_required = true},
                                            LookupColumn{.name = "evidence"},
                                            LookupColumn{.name = "threshold"},
                                            LookupColumn{.name = "expires"},
                                            LookupColumn{.name = "note"}};

std::string service_ids(const rules::Catalogue& catalogue) {
    std::string ids;
    for (const rules::Service& service : catalogue.services()) ids += service.id + ", ";
    return ids + "or * for all";
}

Result<> read_service(const std::string& text, const rules::Catalogue& catalogue,
                      rules::Exception& exception) {
    if (text == "*") return {};
    const auto services = catalogue.services();
    const auto found = std::ranges::find(services, text, &rules::Service::id);
    if (found == services.end()) {
        return failure("service is one of " + service_ids(catalogue) + "; got " +
                       text::quoted(text));
    }
    exception.service = static_cast<std::size_t>(found - services.begin());
    return {};
}

Result<> read_evidence(const std::string& text, rules::Exception& exception) {
    for (const std::string_view id : text::words(text, ", \t")) {
        if (id == "*") {
            exception.is_for_all_evidence = true;
        } else if (detect::find_evidence(id) == nullptr) {
            return failure("there is no evidence " + text::quoted(id) +
                           "; write ids parted by blanks, * for all, or nothing for burst");
        } else {
            exception.evidence.emplace(id);
        }
    }
    if (text.empty()) exception.evidence.emplace(rules::k_volume_evidence);
    if (!exception.is_for_all_evidence && exception.evidence.empty()) {
        return failure("evidence names none; got " + text::quoted(text));
    }
    return {};
}

Result<> read_threshold(const std::string& text, rules::Exception& exception) {
    if (text.empty()) return {};
    exception.threshold = text::whole_number(text, rules::k_largest_threshold);
    if (!exception.threshold) {
        return failure("threshold is a whole number, or nothing for any; got " +
                       text::quoted(text));
    }
    if (!exception.is_for(rules::k_volume_evidence)) {
        return failure("threshold limits the evidence burst, which the line is not for");
    }
    return {};
}

// The day is the last one on which the exception holds.
Result<> read_expiry(const std::string& text, rules::Exception& exception) {
    if (text.empty()) return {};
    constexpr std::size_t date_size = 10;
    const bool is_date = text.size() == date_size && text[4] == '-' && text[7] == '-';
    const auto begin = is_date ? read_second(text + "T00:00:00Z") : std::nullopt;
    if (!begin) {
        return failure("expires is the last day, such as 2026-03-31, or nothing; got " +
                       text::quoted(text));
    }
    exception.expires = *begin + counting::k_seconds_a_day;
    return {};
}

Result<> read_exception(const LookupFile& file, const rules::Catalogue& catalogue,
                        rules::Allowlist& allowlist) {
    const auto cell = [&file](std::size_t column) {
        return std::string(text::trimmed(file.cell(column)));
    };
    rules::Exception exception{.principal = cell(allowlist_column::principal),
                               .service = {},
                               .evidence = {},
                               .threshold = {},
                               .expires = {}};
    if (exception.principal.empty()) return failure("principal is empty; * stands for all");
    if (exception.principal.size() > k_longest_pattern) {
        return failure("principal is longer than " + std::to_string(k_longest_pattern) + " bytes");
    }
    auto read = read_service(cell(allowlist_column::service), catalogue, exception);
    if (read) read = read_evidence(cell(allowlist_column::evidence), exception);
    if (read) read = read_threshold(cell(allowlist_column::threshold), exception);
    if (read) read = read_expiry(cell(allowlist_column::expires), exception);
    if (!read) return read;
    allowlist.add(std::move(exception));
    return {};
}

/// Reads the rows of a file, and tells of those that do not count.
template <class T>
Result<T> read_rows(LookupFile& file, std::vector<std::string>& bad_lines,
                    const std::function<Result<>(T&)>& read_one) {
    T all;
    if (auto opened = file.open(); !opened) return std::unexpected(opened.error());
    while (true) {
        const auto found = file.next();
        if (!found) return std::unexpected(found.error());
        if (!*found) break;
        if (const auto read = read_one(all); !read) file.note_bad(read.error().text);
    }
    const auto problems = file.problems();
    bad_lines.insert(bad_lines.end(), problems.begin(), problems.end());
    return all;
}

// Where a file is; empty where there is none to read. Whatever else is wrong with it, reading
// tells.
std::string path_of(const std::string& given, const std::string& folder, std::string_view name) {
    if (!given.empty() || folder.empty()) return given;
    const auto path = std::filesystem::path(folder) / name;
    std::error_code error;
    const auto type = std::filesystem::symlink_status(path, error).type();
    return type == std::filesystem::file_type::not_found ? std::string() : path.string();
}

}  // namespace

LookupProblems read_lookups(const rules::Catalogue& catalogue, const std::string& folder,
                            Config& config) {
    LookupProblems problems;
    const auto keep = [&problems](auto read, auto&... places) {
        if (!read) {
            problems.unread.push_back(read.error().text);
            return;
        }
        const auto shared = std::make_shared<const std::decay_t<decltype(*read)>>(std::move(*read));
        ((places = shared), ...);
    };
    const bool with_baseline = config.mode == Mode::hunt || config.mode == Mode::baseline;
    const auto baseline = path_of(config.baseline_file, folder, "cloudhijack_baseline.csv");
    if (with_baseline && !baseline.empty()) {
        LookupFile file(baseline, k_baseline_columns);
        keep(read_rows<rules::Baseline>(
                 file, problems.bad_lines,
                 [&file](rules::Baseline& into) { return read_pair(file, into); }),
             config.hunt.baseline);
    }
    const auto allowlist = path_of(config.allowlist_file, folder, "cloudhijack_allowlist.csv");
    if (has_findings(config.mode) && !allowlist.empty()) {
        LookupFile file(allowlist, k_allowlist_columns);
        keep(read_rows<rules::Allowlist>(
                 file, problems.bad_lines,
                 [&](rules::Allowlist& into) { return read_exception(file, catalogue, into); }),
             config.hunt.allowlist, config.volume.allowlist);
        for (const std::string& name : file.other_columns()) {
            problems.bad_lines.push_back(allowlist + ": the column " + text::quoted(name) +
                                         " is not read; the columns are principal, service, "
                                         "evidence, threshold, expires, note");
        }
    }
    return problems;
}

Result<> check_whole(const LookupProblems& problems) {
    for (const auto* texts : {&problems.unread, &problems.bad_lines}) {
        if (texts->empty()) continue;
        return failure(texts->front() +
                       ". A new baseline without it would lose what it holds; mend it, or remove "
                       "what is wrong");
    }
    return {};
}

}  // namespace cloudhijack::config
