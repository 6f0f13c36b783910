#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "json/record_keys.hpp"

namespace cloudhijack::json {

/// An object that a text begins with.
struct ObjectEnd {
    std::size_t size = 0;
    /// The place of the name key in it, where that is the only one and no letter is written as
    /// `\u`.
    std::optional<std::size_t> only_name_key;
};

/// The end of the JSON object that `bytes` begin with, found 64 bytes at a time; nullopt where
/// RecordSplitter must look for itself, byte by byte:
/// - the object does not end among these bytes;
/// - before its end a line ends inside a string, or begins with a bracket: it may be cut off there;
/// - a backslash stands outside a string;
/// - under a key at its top level stands an array that holds records, or that may: where `lists` is
///   null none can.
///
/// So wherever there is an end, it is the one that looking at each byte finds. io::k_padding bytes
/// behind `bytes` must be readable. Only where best_cpu() is Cpu::avx2.
std::optional<ObjectEnd> object_end_by_blocks(std::span<const char> bytes, const NameKey& name,
                                              const text::KeyTable* lists);

}  // namespace cloudhijack::json
