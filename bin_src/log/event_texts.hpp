#pragma once

#include <cstddef>
#include <deque>
#include <string>

#include "json/json_parser.hpp"

namespace cloudhijack::log {

/// What a log makes of a record's texts, for the views of its event, and a parser to do it with.
/// Kept from record to record; valid until restart().
class EventTexts {
  public:
    /// An empty text.
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
