#pragma once

#include <cstddef>
#include <deque>
#include <string>

#include "json/json_parser.hpp"

namespace cloudhijack::log {

/// Storage for texts that a log derives from a record and to which the views of its event point,
/// and a parser to derive them. The memory is reused from record to record; the texts are valid
/// until restart().
class EventTexts {
  public:
    /// A new, empty text.
    std::string& next() {
        if (used_ == texts_.size()) texts_.emplace_back();
        std::string& text = texts_[used_++];
        text.clear();
        return text;
    }

    void restart() { used_ = 0; }

    [[nodiscard]] json::JsonParser& parser() { return *parser_; }

  private:
    std::deque<std::string> texts_;
    std::size_t used_ = 0;
    json::OwnedJsonParser parser_ = json::make_json_parser();
};

}  // namespace cloudhijack::log
