#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cloudhijack::partial {

// A partial document is one JSON object with the counts that one search peer has made of a chunk of
// events, or a part of these counts:
//
//   {"cloudhijack":4,"catalogue":"9c1f...","host":"idx1","mode":"hunt","texts":["..."],
//    "calls":[[0,1,...],...],"tally":[[...]]}
//
// Lists of items follow the header and the texts. Each item is an array of whole numbers; if a
// field is a text, the number is its index in "texts". Each item is complete in itself and adds to
// all others in any order, so items that do not fit into one document go into the next.
//
// Documents come over Splunk's own connections from other machines that run this search. They are
// read as data that may be damaged or forged, which must neither crash nor hang the search head.
// That a peer counts truthfully is taken on trust, as its events would be.

/// Increases by one with each change of the content of documents or of the meaning of their
/// numbers: how principals are named, calls identified, texts hashed and clients cut.
inline constexpr std::uint64_t k_format = 6;

/// The largest document that is accepted, in bytes.
inline constexpr std::size_t k_largest_document = std::size_t{32} * 1024;

/// The largest document that is written, in bytes: a component that passes it on may have to add a
/// little, such as a longer name.
inline constexpr std::size_t k_full_document = k_largest_document - 512;

/// Once an item's list of texts or numbers reaches this size, in bytes, it continues in another
/// item.
inline constexpr std::size_t k_enough_for_an_item = std::size_t{4} * 1024;

/// The largest count of one item: more than a chunk can contain. Sums of counts saturate; see
/// add_to().
inline constexpr std::uint64_t k_largest_count = std::uint64_t{1} << 40U;

/// Which host counted, and by which rules.
struct Header {
    std::uint64_t format = k_format;
    std::string catalogue;  ///< Catalogue::fingerprint()
    std::string host;       ///< letters, digits, dots, dashes and underscores
    std::string mode;       ///< `hunt`, `volume 3600s`
    /// The version of the program, in documents of a state only: search peers may run versions that
    /// count alike.
    std::string program = {};

    bool operator==(const Header&) const = default;
};

}  // namespace cloudhijack::partial
