#include "rules/history.hpp"

#include <doctest/doctest.h>

#include "rules/baseline_text.hpp"

using namespace cloudhijack;
using namespace cloudhijack::rules;

namespace {

constexpr std::int64_t days(std::int64_t count) { return count * 86'400; }

Baseline::Row row_seen(std::int64_t first, std::int64_t last, std::uint64_t peak = 0) {
    Baseline::Row row{.first_seen = first, .last_seen = last, .peak_hour = peak};
    row.phases.add("recon", {.first = 1, .last = 1});
    return row;
}

History history_of(const Baseline& baseline) {
    return History(std::make_shared<const Baseline>(baseline));
}

Baseline::Pair pair_of(std::string principal, std::string service = "ses") {
    return {.account = "111122223333",
            .principal = std::move(principal),
            .service = std::move(service)};
}

}  // namespace

TEST_CASE("history: an account is known two weeks after its first activity") {
    Baseline baseline;
    CHECK(history_of(baseline).account("111122223333") == nullptr);
    baseline.add(pair_of("eve"), row_seen(days(20), days(20), 1));
    CHECK(history_of(baseline).account("111122223333")->known_from == days(34));
    baseline.add(pair_of("bob", "sns"), row_seen(days(10), days(10)));
    const History history = history_of(baseline);
    CHECK(history.account("111122223333")->known_from == days(24));
    CHECK(history.account("111122223333")->used_services.contains("ses"));
    CHECK_FALSE(history.account("111122223333")->used_services.contains("sns"));
    CHECK(history.is_own_account("111122223333"));
    CHECK_FALSE(history.is_own_account("210987654321"));
}

TEST_CASE("history: a principal that was only made has no rows") {
    Baseline baseline;
    Baseline::Row row{.first_seen = days(20), .last_seen = days(20)};
    row.made = {{.second = days(20), .maker = "ann", .is_from_known_source = true}};
    baseline.add(pair_of("arn:aws:iam::111122223333:user/team/eve", "account"), row);
    const History history = history_of(baseline);
    const auto* account = history.account("111122223333");
    REQUIRE(account != nullptr);
    CHECK(account->principals.empty());
    CHECK(account->makings.size() == 1);
}

TEST_CASE("history: the usual values of a principal, from its own row") {
    Baseline baseline;
    Baseline::Row row = row_seen(days(20), days(40));
    row.networks.add("203.0.0.0/16", {.first = 20, .last = 27});
    row.networks.add("198.51.0.0/16", {.first = 20, .last = 26});
    row.clients.add(client_text(0x0f4a9c21), {.first = 20, .last = 30});
    baseline.add(pair_of("eve", "account"), row);
    Baseline::Row capped = row_seen(days(20), days(40));
    capped.networks.add_too_many({.first = 20, .last = 40});
    baseline.add(pair_of("bob", "account"), capped);
    Networks listed;
    listed.add(*parse_cidr("192.0.2.0/24"));
    const History history =
        History(std::make_shared<const Baseline>(baseline), listed, {"210987654321"});
    const auto* account = history.account("111122223333");
    const auto network = [](std::string_view text) { return text::parse_address(text).network(); };
    CHECK(account->usual_networks.contains(network("203.0.113.1")));
    CHECK_FALSE(account->usual_networks.contains(network("198.51.100.1")));
    CHECK(account->usual_clients.contains(0x0f4a9c21));
    CHECK(account->principal("eve")->networks_are_informative);
    CHECK_FALSE(account->principal("bob")->networks_are_informative);
    CHECK(account->principal("eve")->is_young_at(days(27) - 1));
    CHECK_FALSE(account->principal("eve")->is_young_at(days(27)));
    CHECK(history.is_listed_or_private(text::parse_address("192.0.2.9")));
    CHECK(history.is_own_account("210987654321"));
    const History other = history.with(std::make_shared<const Baseline>());
    CHECK(other.account("111122223333") == nullptr);
    CHECK(other.is_listed_or_private(text::parse_address("192.0.2.9")));
    CHECK(other.is_own_account("210987654321"));
}

TEST_CASE(
    "history: the parents of a role come from all of its rows, and say nothing about anything "
    "else") {
    Baseline baseline;
    const auto assumed = [](std::string parent, std::int32_t first, std::int32_t last) {
        Baseline::Row row{.first_seen = days(last), .last_seen = days(last)};
        row.parents.add(parent, {.first = first, .last = last});
        return row;
    };
    const auto role = [](std::string account, const std::string& path) {
        std::string name = "arn:aws:iam::" + account + ":role/" + path;
        return Baseline::Pair{
            .account = std::move(account), .principal = std::move(name), .service = "account"};
    };
    // A partner's account, which is only known from this row.
    baseline.add(role("210987654321", "app"), assumed("ann", 10, 20));
    // An account that is known for other reasons, and since a different day.
    baseline.add(role("111122223333", "app"), assumed("ann", 10, 12));
    baseline.add(role("111122223333", "team/app"), assumed("ann", 14, 18));
    Baseline::Row acting = row_seen(days(30), days(40), 1);
    acting.parents.add("bob", {.first = 30, .last = 31});
    baseline.add(role("111122223333", "old/app"), acting);
    const History history = history_of(baseline);

    CHECK(history.account("210987654321") == nullptr);
    CHECK_FALSE(history.is_own_account("210987654321"));
    CHECK(history.parents_of("210987654321", "role/app").is_usual("ann"));
    const auto* account = history.account("111122223333");
    REQUIRE(account != nullptr);
    CHECK(account->known_from == days(44));
    CHECK(account->principals.size() == 1);
    CHECK(history.parents_of("111122223333", "role/app").is_usual("ann"));  // over both rows
    CHECK(history.parents_of("111122223333", "role/app").values().size() == 2);
    CHECK(history.parents_of("111122223333", "user/app").is_empty());
    CHECK(history.parents_of("999999999999", "role/app").is_empty());
}
