#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/options.hpp"
#include "config/setup.hpp"
#include "counting/hash.hpp"
#include "partial/document.hpp"
#include "partial/fields.hpp"
#include "scan/time_range.hpp"
#include "scan/totals.hpp"
#include "text/time.hpp"

namespace cloudhijack::scan {

// A state holds the counts of one scan, or of several: the partial documents of
// docs/partial-documents.md, one per line. Besides the lists of the mode it has the lists below,
// the inputs first, so that a reader notices early that two states have an input in common. The
// last document holds nothing but the end.

/// A file that was scanned.
struct StateInput {
    std::string name;
    FileContent content;
    std::uint64_t records = 0;
    TimeRange range = {};  ///< of the events that count
};

/// The last item of a state. Together with the documents before it, it shows damage.
struct StateEnd {
    std::uint64_t documents = 0;  ///< including the last one
    counting::WideHash hash;      ///< of all lines but the last, including their ends

    bool operator==(const StateEnd&) const = default;
};

inline constexpr std::string_view k_inputs_list = "inputs";
inline constexpr std::string_view k_messages_list = "messages";
inline constexpr std::string_view k_totals_list = "scan_totals";
inline constexpr std::string_view k_end_list = "state_end";

// Each function describes the fields of one item, for a partial::ItemWriter as well as a
// partial::ItemReader.

template <class Fields>
void describe(Fields& fields, counting::WideHash& hash) {
    fields.number(hash.low, UINT64_MAX);
    fields.number(hash.high, UINT64_MAX);
}

template <class Fields>
void describe(Fields& fields, std::optional<text::Time>& time) {
    // Reading writes to it, which the linter cannot see in an instantiation that only writes.
    bool is_there = time.has_value();  // NOLINT(misc-const-correctness)
    text::Time value = time.value_or(text::Time{});
    fields.flag(is_there);
    partial::time(fields, value);
    time = is_there ? std::optional(value) : std::nullopt;
}

template <class Fields>
void describe(Fields& fields, TimeRange& range) {
    describe(fields, range.from);
    describe(fields, range.to);
}

template <class Fields>
void describe(Fields& fields, StateInput& input) {
    fields.text(input.name);
    fields.number(input.content.bytes, UINT64_MAX);
    describe(fields, input.content.hash);
    fields.number(input.records, UINT64_MAX);
    describe(fields, input.range);
}

template <class Fields>
void describe(Fields& fields, StateEnd& end) {
    fields.positive(end.documents, UINT64_MAX);
    describe(fields, end.hash);
}

/// The mode in whose way a mode counts: hunt for baseline, which counts the same.
constexpr config::Mode counting_mode(config::Mode mode) {
    return mode == config::Mode::baseline ? config::Mode::hunt : mode;
}

/// The header of a state's documents.
partial::Header state_header(const config::Setup& setup, config::Config config);

}  // namespace cloudhijack::scan
