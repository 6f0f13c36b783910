#include "config/price_reader.hpp"

#include <array>
#include <cstddef>
#include <optional>

#include "config/invalid_value.hpp"
#include "text/boolean.hpp"
#include "text/decimal.hpp"

namespace cloudhijack::config {
namespace {

using Problem = std::unexpected<std::string>;

struct AmountKey {
    std::string_view key;
    std::optional<std::uint64_t> rules::Price::* amount;
};

constexpr auto k_amounts = std::to_array<AmountKey>({
    {.key = "input", .amount = &rules::Price::input},
    {.key = "output", .amount = &rules::Price::output},
    {.key = "cache_read", .amount = &rules::Price::cache_read},
    {.key = "cache_write", .amount = &rules::Price::cache_write},
});

std::expected<void, std::string> read_flag(const std::string& text, bool& flag) {
    const auto value = text::boolean(text);
    if (!value) return Problem(invalid_value(text, "true or false"));
    flag = *value;
    return {};
}

}  // namespace

std::expected<void, std::string> PriceReader::read(const rules::Setting& setting) {
    const std::string pattern = setting.place.stanza.substr(k_price_prefix.size());
    if (pattern.empty()) return Problem("the stanza names no model; write [price:<model>]");
    if (const std::string name = rules::name_for_price(pattern); name != pattern) {
        return Problem("no model matches the stanza; write [price:" + name + ']');
    }
    if (drafts_.size() == k_most_prices && !drafts_.contains(pattern)) {
        return Problem("too many prices; there are at most " + std::to_string(k_most_prices));
    }
    PriceDraft& draft = drafts_[pattern];
    draft.last_key = setting.place;
    const std::string& key = setting.place.key;
    if (key == "disabled") return read_flag(setting.value, draft.is_disabled);
    if (key == "cache_in_input") return read_flag(setting.value, draft.price.cache_in_input);
    for (const AmountKey& one : k_amounts) {
        if (key != one.key) continue;
        constexpr std::size_t places = 6;
        const auto amount = text::decimal_units(setting.value, places, rules::Price::k_most);
        if (!amount) {
            draft.has_mistake = true;
            return Problem(
                invalid_value(setting.value, "US dollars per million tokens, such as 0.25"));
        }
        draft.price.*one.amount = amount;
        return {};
    }
    return Problem(
        "unknown key; a price has the keys input, output, cache_read, cache_write, "
        "cache_in_input, disabled");
}

rules::Prices PriceReader::finish(std::vector<rules::Mistake>& mistakes) const {
    rules::Prices prices;
    for (const auto& [pattern, draft] : drafts_) {
        if (draft.is_disabled) continue;
        if (draft.price.input && draft.price.output) {
            prices.set(pattern, draft.price);
        } else if (!draft.has_mistake) {
            const std::string missing = draft.price.input ? "output" : "input";
            mistakes.push_back(
                {.place = draft.last_key,
                 .text = "the stanza has no key " + missing + "; a price needs input and output"});
        }
    }
    return prices;
}

}  // namespace cloudhijack::config
