#include "search/intake.hpp"

#include <algorithm>

#include "text/quote.hpp"

namespace cloudhijack::search {
namespace {

constexpr std::size_t k_longest_reason = 400;

}  // namespace

void IntakeStats::take(detect::Added added) {
    ++records;
    if (added == detect::Added::counted) ++counted;
    if (added == detect::Added::failed) ++failed;
    if (added == detect::Added::left_out) ++left_out;
}

void IntakeStats::skip(const log::LostPart& part) {
    if (!lost_something()) {
        first_reason =
            "row " + std::to_string(rows) + ": " + text::shown(part.why, k_longest_reason);
    }
    records += part.records;
    unreadable += part.records;
    lost_bytes += part.bytes;
}

void IntakeStats::miss(std::string_view first_keys) {
    if (++unknown > 1) return;
    first_unknown = "row " + std::to_string(rows) + ", has ";
    first_unknown += log::keys_in_words(first_keys);
}

void IntakeStats::miss_in_fields(const log::Log& log) {
    if (++unknown > 1) return;
    first_unknown = "row " + std::to_string(rows) + ", has no call in the fields " +
                    std::string(log.path_of(&log::Event::source)) + " and " +
                    std::string(log.path_of(&log::Event::name)) + ", which input=fields reads";
}

void IntakeStats::add(const IntakeStats& other, std::string_view host) {
    if (!lost_something() && other.lost_something()) {
        first_reason = "in a chunk on " + std::string(host) + ", " +
                       text::shown(other.first_reason, k_longest_reason);
    }
    if (unknown == 0 && other.unknown > 0) {
        first_unknown = "in a chunk on " + std::string(host) + ", " +
                        text::shown(other.first_unknown, k_longest_reason);
    }
    rows += other.rows;
    records += other.records;
    counted += other.counted;
    failed += other.failed;
    left_out += other.left_out;
    unreadable += other.unreadable;
    lost_bytes += other.lost_bytes;
    unknown += other.unknown;
    fields = std::max(fields, other.fields);
    saw_call_columns |= other.saw_call_columns;
}

}  // namespace cloudhijack::search
