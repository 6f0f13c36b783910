#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "detect/hunt/hunted_call.hpp"
#include "log/cloudtrail_outcome.hpp"
#include "rules/catalogue.hpp"
#include "text/address.hpp"
#include "text/time.hpp"

namespace cloudhijack::detect::partial {

// Fields of items that are no plain numbers. `Fields` is an ItemWriter, which leaves the value as
// it is, or an ItemReader, which sets it.

/// No event is further from 1970, in seconds: the years 0001 to 9999, and a span before them.
inline constexpr std::int64_t k_most_seconds = 300'000'000'000;

/// Of Seconds::minutes(): bits for 60 seconds.
inline constexpr std::uint64_t k_most_seconds_of_a_minute = (std::uint64_t{1} << 60U) - 1;

template <class Fields>
void time(Fields& fields, cloudtrail::Time& value) {
    constexpr std::int64_t most = k_most_seconds * 1'000'000;
    if constexpr (Fields::k_reads) {
        std::int64_t microseconds = 0;
        fields.number(microseconds, -most, most);
        value = cloudtrail::Time{std::chrono::microseconds{microseconds}};
    } else {
        fields.number(value.time_since_epoch().count(), -most, most);
    }
}

template <class Fields>
void outcome(Fields& fields, Outcome& value) {
    constexpr std::uint64_t most = k_outcome_names.size() - 1;
    if constexpr (Fields::k_reads) {
        std::uint8_t number = 0;
        fields.number(number, most);
        value = static_cast<Outcome>(number);
    } else {
        fields.number(static_cast<std::uint8_t>(value), most);
    }
}

template <class Fields>
void phases(Fields& fields, PhaseSet& value) {
    constexpr std::uint64_t most = (1U << k_phase_names.size()) - 1;
    if constexpr (Fields::k_reads) {
        std::uint8_t bits = 0;
        fields.positive(bits, most);
        value = PhaseSet::of_bits(bits);
    } else {
        fields.positive(value.bits(), most);
    }
}

template <class Fields>
void address(Fields& fields, Address& value) {
    if constexpr (Fields::k_reads) {
        std::string_view text;
        fields.text(text);
        value = parse_address(text);
    } else {
        fields.text(to_text(value));
    }
}

/// A service, by its index in the catalogue.
template <class Fields>
void service(Fields& fields, const Catalogue& catalogue, std::size_t& value) {
    fields.number(value, catalogue.services().size() - 1);
}

}  // namespace cloudhijack::detect::partial
