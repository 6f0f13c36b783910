#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

#include "json/json_parser.hpp"

namespace cloudhijack::log {

/// The memory, in bytes, that each parser and text of a reader may keep for the next document.
inline constexpr std::size_t k_kept_capacity = std::size_t{1024} * 1024;

/// Strings of a document that hold JSON, each with its own parser, so that values read from one
/// stay valid while others are read.
class OpenedTexts {
  public:
    struct Opened {
        std::string bytes;      ///< the text and io::k_padding bytes after it
        std::string_view text;  ///< a view into `bytes`
        json::OwnedJsonParser parser;
    };

    /// Copies a text and gives it a parser. Valid until restart().
    Opened& open(std::string_view text);

    /// Discards all opened texts, but keeps their memory for the next document.
    void restart() { used_ = 0; }

    /// Frees what large texts made it allocate.
    void shrink();

  private:
    std::deque<Opened> opened_;
    std::size_t used_ = 0;
};

}  // namespace cloudhijack::log
