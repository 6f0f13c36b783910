#include "config/lookups.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <expected>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

#include "config/geo_files.hpp"
#include "config/lookup_file.hpp"
#include "counting/seconds.hpp"
#include "detect/hunt/evidence/evidence.hpp"
#include "log/principal.hpp"
#include "rules/allowlist.hpp"
#include "rules/baseline.hpp"
#include "rules/baseline_text.hpp"
#include "rules/history.hpp"
#include "rules/networks.hpp"
#include "text/bounded_text.hpp"
#include "text/decimal.hpp"
#include "text/number.hpp"
#include "text/quote.hpp"
#include "text/time.hpp"
#include "text/trim.hpp"
#include "text/words.hpp"

namespace cloudhijack::config {
namespace {

constexpr std::size_t k_longest_pattern = 1000;

/// The value of a row, or a description of what is wrong with it.
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
enum : std::size_t {
    account,
    principal,
    service,
    first_seen,
    last_seen,
    peak_hour,
    peak_day,
    peaks,
    phases,
    models,
    regions,
    networks,
    clients,
    parents,
    made,
    peak_cost
};
}

// Files written by older versions end with peak_hour.
constexpr std::array k_baseline_columns = {LookupColumn{.name = "account", .is_required = true},
                                           LookupColumn{.name = "principal", .is_required = true},
                                           LookupColumn{.name = "service", .is_required = true},
                                           LookupColumn{.name = "first_seen", .is_required = true},
                                           LookupColumn{.name = "last_seen", .is_required = true},
                                           LookupColumn{.name = "peak_hour", .is_required = true},
                                           LookupColumn{.name = "peak_day"},
                                           LookupColumn{.name = "peaks"},
                                           LookupColumn{.name = "phases"},
                                           LookupColumn{.name = "models"},
                                           LookupColumn{.name = "regions"},
                                           LookupColumn{.name = "networks"},
                                           LookupColumn{.name = "clients"},
                                           LookupColumn{.name = "parents"},
                                           LookupColumn{.name = "made"},
                                           LookupColumn{.name = "peak_cost"}};

/// A column that holds a list, and the member for its values.
struct ListColumn {
    std::size_t column = 0;
    rules::ValueKind kind{};
    rules::SeenValues rules::Baseline::Row::* list = nullptr;
};

constexpr std::array k_list_columns = {ListColumn{.column = baseline_column::phases,
                                                  .kind = rules::ValueKind::phase,
                                                  .list = &rules::Baseline::Row::phases},
                                       ListColumn{.column = baseline_column::models,
                                                  .kind = rules::ValueKind::model,
                                                  .list = &rules::Baseline::Row::models},
                                       ListColumn{.column = baseline_column::regions,
                                                  .kind = rules::ValueKind::region,
                                                  .list = &rules::Baseline::Row::regions},
                                       ListColumn{.column = baseline_column::networks,
                                                  .kind = rules::ValueKind::network,
                                                  .list = &rules::Baseline::Row::networks},
                                       ListColumn{.column = baseline_column::clients,
                                                  .kind = rules::ValueKind::client,
                                                  .list = &rules::Baseline::Row::clients},
                                       ListColumn{.column = baseline_column::parents,
                                                  .kind = rules::ValueKind::parent,
                                                  .list = &rules::Baseline::Row::parents}};

Read<rules::Baseline::Row> read_row(const LookupFile& file) {
    const auto first = read_second(file.cell(baseline_column::first_seen));
    const auto last = read_second(file.cell(baseline_column::last_seen));
    const auto peak =
        text::whole_number(file.cell(baseline_column::peak_hour), rules::k_largest_peak);
    if (!first || !last) {
        return bad("first_seen is " + text::quoted(file.cell(baseline_column::first_seen)) +
                   " and last_seen is " + text::quoted(file.cell(baseline_column::last_seen)) +
                   "; write times such as 2026-03-02T00:00:00Z");
    }
    if (*last < *first) return bad("last_seen is before first_seen");
    if (!peak) {
        return bad("peak_hour is " + text::quoted(file.cell(baseline_column::peak_hour)) +
                   "; write a whole number");
    }
    return rules::Baseline::Row{.first_seen = *first, .last_seen = *last, .peak_hour = *peak};
}

// A value that cannot be read is ignored; the rest of the row counts.
void read_values_of_row(LookupFile& file, std::int64_t now, rules::Baseline::Row& row) {
    const auto note = [&file](std::size_t column, const std::string& problem) {
        file.note_bad_value(std::string(k_baseline_columns.at(column).name) + ": " + problem +
                            "; the value is ignored");
    };
    const auto take = [&](std::size_t column, auto read, auto& into) {
        for (const std::string& problem : read.problems) note(column, problem);
        into = std::move(read.value);
    };
    const std::string_view day_peak = text::trimmed(file.cell(baseline_column::peak_day));
    if (!day_peak.empty()) {
        row.peak_day = text::whole_number(day_peak, rules::k_largest_peak);
        if (!row.peak_day) {
            note(baseline_column::peak_day, text::quoted(day_peak) + "; write a whole number");
        }
    }
    const std::string_view cost = text::trimmed(file.cell(baseline_column::peak_cost));
    if (!cost.empty()) {
        row.peak_cost = text::decimal_units(cost, rules::k_dollar_places, rules::k_largest_cost);
        if (!row.peak_cost) {
            note(baseline_column::peak_cost, text::quoted(cost) + "; write a number of US dollars");
        }
    }
    take(baseline_column::peaks, rules::read_peaks(file.cell(baseline_column::peaks), now),
         row.peaks);
    for (const ListColumn& list : k_list_columns) {
        take(list.column, rules::read_values(file.cell(list.column), list.kind, now),
             row.*list.list);
    }
    take(baseline_column::made, rules::read_makings(file.cell(baseline_column::made), now),
         row.made);
}

// AWS accounts have 12 digits. Accounts of other providers contain letters, or their principal is
// the account itself.
bool is_damaged_account(const rules::Baseline::Pair& pair) {
    return !log::is_account_id(pair.account) && !log::is_account_principal(pair.principal) &&
           pair.account.find_first_not_of("0123456789.,eE+'=\" ") == std::string::npos;
}

Result<> read_pair(LookupFile& file, std::int64_t now, rules::Baseline& baseline) {
    const rules::Baseline::Pair pair{.account = file.cell(baseline_column::account),
                                     .principal = file.cell(baseline_column::principal),
                                     .service = file.cell(baseline_column::service)};
    if (pair.account.empty() || pair.principal.empty() || pair.service.empty()) {
        return failure("account, principal or service is empty; write all three");
    }
    auto row = read_row(file);
    if (!row) return failure(row.error());
    // Spreadsheets reformat long numbers. No event belongs to such an account, but a new baseline
    // keeps the line so that someone can repair it.
    if (is_damaged_account(pair)) {
        file.note_bad_value("account is " + text::quoted(pair.account) +
                            ", which no event belongs to; write 12 digits");
    }
    read_values_of_row(file, now, *row);
    baseline.add(pair, *row);
    return {};
}

// --- the networks ---

namespace network_column {
enum : std::size_t { cidr, label };
}

constexpr std::array k_network_columns = {LookupColumn{.name = "cidr", .is_required = true},
                                          LookupColumn{.name = "label"}};

// The right way to write a text that is not a network.
std::string way_to_write_network(std::string_view text) {
    constexpr std::uint64_t most_bits = 128;
    const auto slash = text.find('/');
    const text::Address address = text::parse_address(text.substr(0, slash));
    const auto prefix = slash == std::string_view::npos
                            ? std::nullopt
                            : text::whole_number(text.substr(slash + 1), most_bits);
    if (!address.is_whole() || !prefix) {
        return "write it like 203.0.113.0/24 or 2001:db8::/32";
    }
    const auto right = to_text(rules::network_around(address, static_cast<unsigned>(*prefix)));
    if (rules::parse_cidr(right)) return "with this prefix it is " + right;
    return "its prefix is longer than an address; write it like 203.0.113.0/24";
}

Result<> read_network(const LookupFile& file, rules::Networks& networks) {
    const std::string_view text = text::trimmed(file.cell(network_column::cidr));
    const auto cidr = rules::parse_cidr(text);
    if (!cidr) {
        return failure("cidr is " + text::quoted(text) + ", not a network; " +
                       way_to_write_network(text));
    }
    if (cidr->prefix == 0) {
        return failure("cidr is " + text::quoted(text) +
                       ", which is every address; list smaller networks");
    }
    networks.add(*cidr);
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
        return failure("service is " + text::quoted(text) + "; write one of " +
                       service_ids(catalogue));
    }
    exception.service = static_cast<std::size_t>(found - services.begin());
    return {};
}

constexpr std::string_view k_rule_ids =
    "; write ids separated by spaces, * for all rules, or nothing for burst";

Result<> read_evidence(const std::string& text, rules::Exception& exception) {
    for (const std::string_view id : text::words(text, ", \t")) {
        if (id == "*") {
            exception.is_for_all_evidence = true;
        } else if (detect::find_evidence(id) == nullptr) {
            return failure("unknown evidence rule " + text::quoted(id) + std::string(k_rule_ids));
        } else {
            exception.evidence.emplace(id);
        }
    }
    if (text.empty()) exception.evidence.emplace(rules::k_volume_evidence);
    if (!exception.is_for_all_evidence && exception.evidence.empty()) {
        return failure("evidence is " + text::quoted(text) + ", which names no rule" +
                       std::string(k_rule_ids));
    }
    return {};
}

Result<> read_threshold(const std::string& text, rules::Exception& exception) {
    if (text.empty()) return {};
    exception.threshold = text::whole_number(text, rules::k_largest_threshold);
    if (!exception.threshold) {
        return failure("threshold is " + text::quoted(text) +
                       "; write a whole number, or nothing for no limit");
    }
    if (!exception.is_for(rules::k_volume_evidence)) {
        return failure(
            "threshold applies only to the rule burst, which this line does not cover; remove the "
            "threshold, or add burst");
    }
    return {};
}

// The date is the last day on which the exception holds.
Result<> read_expiry(const std::string& text, rules::Exception& exception) {
    if (text.empty()) return {};
    constexpr std::size_t date_size = 10;
    const bool is_date = text.size() == date_size && text[4] == '-' && text[7] == '-';
    const auto begin = is_date ? read_second(text + "T00:00:00Z") : std::nullopt;
    if (!begin) {
        return failure("expires is " + text::quoted(text) +
                       "; write the last day, such as 2026-03-31, or nothing");
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
    if (exception.principal.empty()) return failure("principal is empty; write * for all");
    if (exception.principal.size() > k_longest_pattern) {
        return failure("principal is too long; write at most " + std::to_string(k_longest_pattern) +
                       " bytes");
    }
    auto read = read_service(cell(allowlist_column::service), catalogue, exception);
    if (read) read = read_evidence(cell(allowlist_column::evidence), exception);
    if (read) read = read_threshold(cell(allowlist_column::threshold), exception);
    if (read) read = read_expiry(cell(allowlist_column::expires), exception);
    if (!read) return read;
    const bool has_wildcard = exception.principal.contains('*');
    if (allowlist.add(std::move(exception))) return {};
    if (has_wildcard) {
        return failure("no text of principal sets this line apart from " +
                       std::to_string(rules::Allowlist::k_most_of_window) +
                       " others; write fewer lines, with a longer text between the wildcards");
    }
    return failure("principal has " + std::to_string(rules::Allowlist::k_most_of_name) +
                   " lines already; write fewer");
}

/// Calls `read_one` for each row of a file, and reports the rows that do not count.
Result<> read_rows(LookupFile& file, LookupProblems& problems,
                   const std::function<Result<>()>& read_one) {
    if (auto opened = file.open(); !opened) return std::unexpected(opened.error());
    while (true) {
        const auto found = file.next();
        if (!found) return std::unexpected(found.error());
        if (!*found) break;
        if (const auto read = read_one(); !read) file.note_bad(read.error().text);
    }
    const auto add_all = [](std::vector<std::string>& to, const std::vector<std::string>& texts) {
        to.insert(to.end(), texts.begin(), texts.end());
    };
    add_all(problems.bad_lines, file.problems());
    add_all(problems.bad_values, file.value_problems());
    return {};
}

// The path of a file that the user has given, or else of the app's.
std::string path_of(const std::string& given, const std::string& folder, std::string_view name) {
    return given.empty() && !folder.empty() ? lookup_path(folder, name) : given;
}

/// Reads the files that a mode uses.
class LookupReader {
  public:
    LookupReader(const std::string& folder, Config& config, std::int64_t now)
        : folder_(folder), config_(config), now_(now) {}

    void read_history() {
        rules::Baseline baseline;
        rules::Networks networks;
        const auto baseline_path =
            path_of(config_.baseline_file, folder_, "cloudhijack_baseline.csv");
        if (!baseline_path.empty()) {
            LookupFile file(baseline_path, k_baseline_columns);
            rules::Baseline rows;
            if (keep(read_rows(file, problems_, [&] { return read_pair(file, now_, rows); }))) {
                baseline = std::move(rows);
            }
        }
        const auto networks_path =
            path_of(config_.networks_file, folder_, "cloudhijack_networks.csv");
        if (!networks_path.empty()) {
            LookupFile file(networks_path, k_network_columns);
            // Bad lines of this file are reported as bad values: a new baseline does not lose them.
            LookupProblems own;
            rules::Networks listed;
            const auto read = read_rows(file, own, [&] { return read_network(file, listed); });
            std::ranges::copy(file.other_column_problems(), std::back_inserter(own.bad_lines));
            problems_.bad_values.insert(problems_.bad_values.end(), own.bad_lines.begin(),
                                        own.bad_lines.end());
            if (keep(read)) networks = std::move(listed);
        }
        config_.hunt.history = std::make_shared<const rules::History>(
            std::make_shared<const rules::Baseline>(std::move(baseline)), std::move(networks),
            config_.own_accounts);
    }

    void read_allowlist(const rules::Catalogue& catalogue) {
        const auto path = path_of(config_.allowlist_file, folder_, "cloudhijack_allowlist.csv");
        if (path.empty()) return;
        LookupFile file(path, k_allowlist_columns);
        rules::Allowlist allowlist;
        const auto read =
            read_rows(file, problems_, [&] { return read_exception(file, catalogue, allowlist); });
        std::ranges::copy(file.other_column_problems(), std::back_inserter(problems_.bad_lines));
        if (!keep(read)) return;
        config_.hunt.allowlist = std::make_shared<const rules::Allowlist>(std::move(allowlist));
        config_.volume.allowlist = config_.hunt.allowlist;
    }

    [[nodiscard]] LookupProblems problems() { return std::move(problems_); }

  private:
    /// Whether a file was read completely; records the error otherwise.
    bool keep(const Result<>& read) {
        if (!read) problems_.unread.push_back(read.error().text);
        return read.has_value();
    }

    const std::string& folder_;
    Config& config_;
    std::int64_t now_;
    LookupProblems problems_;
};

}  // namespace

std::int64_t seconds_now() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::floor<std::chrono::seconds>(now).count();
}

LookupProblems read_lookups(const rules::Catalogue& catalogue, const std::string& folder,
                            Config& config, std::int64_t now) {
    LookupReader reader(folder, config, now);
    if (config.mode == Mode::hunt || config.mode == Mode::baseline) reader.read_history();
    if (has_findings(config.mode)) reader.read_allowlist(catalogue);
    LookupProblems problems = reader.problems();
    if (config.mode == Mode::hunt) open_geo_files(folder, config, problems);
    return problems;
}

Result<> check_whole(const LookupProblems& problems) {
    for (const auto* texts : {&problems.unread, &problems.bad_lines}) {
        if (texts->empty()) continue;
        return failure(texts->front() +
                       ". A new baseline would lose this history: repair the file, or delete the "
                       "lines that are wrong");
    }
    return {};
}

}  // namespace cloudhijack::config
