// Any lines as patterns of an allowlist and of prices, and the last one as a name: what applies is
// what a plain comparison of each pattern gives.

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz_records.hpp"
#include "must.hpp"
#include "rules/allowlist.hpp"
#include "rules/prices.hpp"

namespace {

using namespace cloudhijack;

// By a table of which beginnings of the pattern match which beginnings of the text.
bool plainly_matches(std::string_view pattern, std::string_view text) {
    std::vector<bool> matches(text.size() + 1, false);
    matches[0] = true;
    for (const char c : pattern) {
        if (c == '*') {
            for (std::size_t i = 1; i <= text.size(); ++i)
                matches[i] = matches[i] || matches[i - 1];
            continue;
        }
        for (std::size_t i = text.size(); i > 0; --i)
            matches[i] = matches[i - 1] && text[i - 1] == c;
        matches[0] = false;
    }
    return matches[text.size()];
}

rules::Exception exception_for(const std::string& pattern) {
    return {.principal = pattern, .service = {}, .evidence = {}, .threshold = {}, .expires = {}};
}

void check_allowlist(const std::vector<std::string>& patterns, const std::string& name) {
    rules::Allowlist allowlist;
    for (const std::string& pattern : patterns) allowlist.add(exception_for(pattern));
    std::multiset<std::string> found;
    for (const rules::Exception* exception : allowlist.of(name)) found.insert(exception->principal);
    std::multiset<std::string> expected;
    for (const std::string& pattern : patterns) {
        const bool matches = plainly_matches(pattern, name);
        must(rules::matches_wildcards(pattern, name) == matches, "a pattern matches another text");
        if (matches) expected.insert(pattern);
    }
    must(std::set(found.begin(), found.end()) == std::set(expected.begin(), expected.end()),
         "other exceptions apply");
}

void check_prices(const std::vector<std::string>& patterns, const std::string& name) {
    const std::string model = rules::name_for_price(name);
    rules::Prices prices;
    std::uint64_t number = 0;
    std::string_view longest;
    std::uint64_t expected = 0;
    for (const std::string& pattern : patterns) {
        prices.set(pattern, {.input = ++number, .output = number});
        if (!plainly_matches(pattern, model)) continue;
        const bool is_first = expected == 0 || pattern.size() > longest.size();
        const bool comes_first = pattern.size() == longest.size() && pattern <= longest;
        if (!is_first && !comes_first) continue;
        longest = pattern;
        expected = number;
    }
    const rules::Price* price = prices.find(name);
    must((price == nullptr) == (expected == 0), "a price applies to another model");
    must(price == nullptr || price->input == expected, "the price of another pattern applies");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto patterns = lines_of({reinterpret_cast<const char*>(data), size});
    if (patterns.empty()) return 0;
    const std::string name = patterns.back();
    patterns.pop_back();
    check_allowlist(patterns, name);
    check_prices(patterns, name);
    return 0;
}
