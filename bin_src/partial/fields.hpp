#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "counting/seconds.hpp"
#include "log/call.hpp"
#include "rules/catalogue.hpp"
#include "rules/networks.hpp"
#include "rules/phase.hpp"
#include "rules/prices.hpp"
#include "text/address.hpp"
#include "text/time.hpp"

namespace cloudhijack::partial {

// Fields of items that are not plain numbers. `Fields` is an ItemWriter, which leaves the value
// unchanged, or an ItemReader, which sets it.

/// The largest distance of an event from 1970, in seconds: it covers the years 0001 to 9999, and a
/// span before them.
inline constexpr std::int64_t k_most_seconds = 300'000'000'000;

template <class Fields>
void time(Fields& fields, text::Time& value) {
    constexpr std::int64_t most = k_most_seconds * 1'000'000;
    if constexpr (Fields::k_reads) {
        std::int64_t microseconds = 0;
        fields.number(microseconds, -most, most);
        value = text::Time{std::chrono::microseconds{microseconds}};
    } else {
        fields.number(value.time_since_epoch().count(), -most, most);
    }
}

template <class Fields>
void outcome(Fields& fields, log::Outcome& value) {
    constexpr std::uint64_t most = log::k_outcome_names.size() - 1;
    if constexpr (Fields::k_reads) {
        std::uint8_t number = 0;
        fields.number(number, most);
        value = static_cast<log::Outcome>(number);
    } else {
        fields.number(static_cast<std::uint8_t>(value), most);
    }
}

template <class Fields>
void spend(Fields& fields, log::Spend& value) {
    for (std::uint32_t* tokens : {&value.input_tokens, &value.output_tokens,
                                  &value.cache_read_tokens, &value.cache_write_tokens}) {
        fields.number(*tokens, log::Spend::k_most_tokens);
    }
    fields.number(value.cost, log::Spend::k_most_cost);
}

template <class Fields>
void spend_sum(Fields& fields, rules::SpendSum& value) {
    for (std::uint64_t* one : {&value.input_tokens, &value.output_tokens, &value.cache_read_tokens,
                               &value.cache_write_tokens, &value.cost}) {
        fields.number(*one, UINT64_MAX);
    }
}

template <class Fields>
void phases(Fields& fields, rules::PhaseSet& value) {
    constexpr std::uint64_t most = (1U << rules::k_phase_names.size()) - 1;
    if constexpr (Fields::k_reads) {
        std::uint16_t bits = 0;
        fields.positive(bits, most);
        value = rules::PhaseSet::of_bits(bits);
    } else {
        fields.positive(value.bits(), most);
    }
}

template <class Fields>
void address(Fields& fields, text::Address& value) {
    if constexpr (Fields::k_reads) {
        std::string_view text;
        fields.text(text);
        value = rules::source_of_text(text);
    } else {
        fields.text(rules::source_text(value));
    }
}

/// The bits are never empty.
template <class Fields>
void minute_bits(Fields& fields, counting::MinuteBits& value) {
    fields.positive(value.bits, counting::MinuteBits::k_all);
}

/// A service, by its index in the catalogue.
template <class Fields>
void service(Fields& fields, const rules::Catalogue& catalogue, std::size_t& value) {
    fields.number(value, catalogue.services().size() - 1);
}

/// A call of a service, by Catalogue::call_name.
template <class Fields>
void call(Fields& fields, const rules::Catalogue& catalogue, std::size_t service,
          std::uint16_t& value) {
    const std::size_t calls = catalogue.call_count(service);
    if (calls == 0) return fields.refuse();
    fields.number(value, calls - 1);
}

}  // namespace cloudhijack::partial
