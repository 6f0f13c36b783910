#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "json/record_keys.hpp"

namespace cloudhijack::json {

/// The object at the start of a text.
struct ObjectEnd {
    std::size_t size = 0;
    /// The position of the name key in the object, if it occurs exactly once and no character is
    /// written as `\u`.
    std::optional<std::size_t> only_name_key;
};

/// Finds the end of the JSON object at the start of `bytes`, 64 bytes at a time. nullopt if
/// RecordSplitter must look for it byte by byte, which is the case if
/// - the object does not end within these bytes;
/// - a line before its end ends inside a string or begins with a bracket: the object may be
///   truncated there;
/// - there is a backslash outside a string;
/// - an array under a key at its top level holds records, or may hold them. If `lists` is null,
///   none can.
///
/// A result is therefore always the end that the bytewise search finds. io::k_padding bytes after
/// `bytes` must be readable. Call it only if best_cpu() is Cpu::avx2.
std::optional<ObjectEnd> object_end_by_blocks(std::span<const char> bytes, const NameKey& name,
                                              const text::KeyTable* lists);

}  // namespace cloudhijack::json
