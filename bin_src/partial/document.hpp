#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cloudhijack::partial {

// A partial document is what one search peer has counted of one chunk of events, or a part of it,
// as one JSON object:
//
//   {"cloudhijack":4,"catalogue":"9c1f...","host":"idx1","mode":"hunt","texts":["..."],
//    "calls":[[0,1,...],...],"tally":[[...]]}
//
// Behind the header and the texts come lists of items, each an array of whole numbers; where an
// item means a text, the number is its index in "texts". Every item stands for itself and adds up
// with all others in any order, so what does not fit into one document goes into the next.
//
// Documents come over Splunk's own connections from machines that run this search too. They are
// read as data that may be damaged or forged, which must neither crash nor hang the search head;
// that a peer counts truly is taken on trust, as its events would be.

/// Grows by one with each change of what documents hold or of what their numbers mean: how
/// principals are named, calls identified, texts hashed and clients cut.
inline constexpr std::uint64_t k_format = 6;

/// A larger document is refused, in bytes.
inline constexpr std::size_t k_largest_document = std::size_t{32} * 1024;

/// No document is written larger: what passes it on may have a little to add, such as a longer
/// name.
inline constexpr std::size_t k_full_document = k_largest_document - 512;

/// An item's list of texts or numbers ends here, in bytes, and another item goes on with it.
inline constexpr std::size_t k_enough_for_an_item = std::size_t{4} * 1024;

/// The largest count of one item: more than a chunk can hold. Sums of them saturate; see add_to().
inline constexpr std::uint64_t k_largest_count = std::uint64_t{1} << 40U;

/// Who counted, and by which rules.
struct Header {
    std::uint64_t format = k_format;
    std::string catalogue;  ///< Catalogue::fingerprint()
    std::string host;       ///< letters, digits, dots, dashes and underscores
    std::string mode;       ///< `hunt`, `volume 3600s`

    bool operator==(const Header&) const = default;
};

}  // namespace cloudhijack::partial
