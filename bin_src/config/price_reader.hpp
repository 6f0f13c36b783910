#pragma once

#include <cstddef>
#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "rules/conf_file.hpp"
#include "rules/prices.hpp"

namespace cloudhijack::config {

inline constexpr std::string_view k_price_prefix = "price:";
/// Events choose the models, and each model is compared with each price.
inline constexpr std::size_t k_most_prices = 1000;

/// Reads the stanzas `[price:<model>]` layer by layer; each key overrides the same key of earlier
/// layers.
class PriceReader {
  public:
    /// Reads a key of such a stanza. The error is a phrase that follows the key's place in a
    /// message.
    std::expected<void, std::string> read(const rules::Setting& setting);

    /// The prices. A stanza without `input` or `output` is a mistake and gives no price.
    rules::Prices finish(std::vector<rules::Mistake>& mistakes) const;

  private:
    struct PriceDraft {
        rules::Price price;
        bool is_disabled = false;
        bool has_mistake = false;  ///< a mistake in it has been reported
        rules::ConfPlace last_key;
    };

    std::map<std::string, PriceDraft> drafts_;  ///< by pattern
};

}  // namespace cloudhijack::config
