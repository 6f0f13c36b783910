#include "counting/hours_of_texts.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace cloudhijack::counting;

namespace {

std::vector<std::int64_t> hours_of(const HoursOfTexts& texts, const std::string& wanted) {
    std::vector<std::int64_t> hours;
    for (const auto& [hash, text] : texts.all()) {
        if (text.text != wanted) continue;
        text.for_each_hour([&hours](std::int64_t hour) { hours.push_back(hour); });
    }
    return hours;
}

}  // namespace

TEST_CASE("hours of texts: each hour once, in order, before 1970 as well") {
    HoursOfTexts texts;
    for (const std::int64_t hour : {47, 24, 23, 0, -1, -24, -25, 24}) texts.add("a", hour);
    texts.add("b", 5);
    texts.add("", 5);
    CHECK(hours_of(texts, "a") == std::vector<std::int64_t>{-25, -24, -1, 0, 23, 24, 47});
    CHECK(hours_of(texts, "b") == std::vector<std::int64_t>{5});
    CHECK(texts.all().size() == 2);
    CHECK_FALSE(texts.is_cut());
}

TEST_CASE("hours of texts: the selection of too many texts does not depend on their order") {
    HoursOfTexts forwards;
    HoursOfTexts first;
    HoursOfTexts second;
    for (int i = 0; i < 3000; ++i) forwards.add(std::to_string(i), i);
    for (int i = 2999; i >= 0; --i) (i % 3 == 0 ? first : second).add(std::to_string(i), i);
    second.merge(first);
    second.merge(first);
    CHECK(forwards.is_cut());
    CHECK(second.is_cut());
    REQUIRE(forwards.all().size() == HoursOfTexts::k_most);
    REQUIRE(second.all().size() == HoursOfTexts::k_most);
    for (const auto& [hash, text] : forwards.all()) {
        CHECK(hours_of(second, text.text) == hours_of(forwards, text.text));
    }
}
