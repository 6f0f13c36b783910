#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

#include "json/json_parser.hpp"

namespace cloudhijack::log {

/// What a reader keeps of memory for the next document, in each of its parsers and texts.
inline constexpr std::size_t k_kept_capacity = std::size_t{1024} * 1024;

/// Strings of a document that hold JSON, each with a parser, so that what is read in one stays
/// valid while others are read.
class OpenedTexts {
  public:
    struct Opened {
        std::string bytes;      ///< with io::k_padding behind the text
        std::string_view text;  ///< in bytes
        json::OwnedJsonParser parser;
    };

    /// Valid until restart().
    Opened& open(std::string_view text);

    /// Gives up all that was opened, and keeps its memory for the next document.
    void restart() { used_ = 0; }

    /// Frees what large texts made it allocate.
    void shrink();

  private:
    std::deque<Opened> opened_;
    std::size_t used_ = 0;
};

}  // namespace cloudhijack::log
