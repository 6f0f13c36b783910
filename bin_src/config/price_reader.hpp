#pragma once

#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "rules/conf_file.hpp"
#include "rules/prices.hpp"

namespace cloudhijack::config {

inline constexpr std::string_view k_price_prefix = "price:";

/// Reads the stanzas `[price:<model>]`, a layer after the other: each key overrides those before.
class PriceReader {
  public:
    /// Takes a key of such a stanza. The error says what is wrong with it, to follow its place.
    std::expected<void, std::string> read(const rules::Setting& setting);

    /// The prices. A stanza without both `input` and `output` is none, and a mistake.
    rules::Prices finish(std::vector<rules::Mistake>& mistakes) const;

  private:
    struct PriceDraft {
        rules::Price price;
        bool is_disabled = false;
        bool has_mistake = false;  ///< one that has been reported
        rules::ConfPlace last_key;
    };

    std::map<std::string, PriceDraft> drafts_;  ///< by pattern
};

}  // namespace cloudhijack::config
