// The effect of an allowlist on campaigns.

#include <doctest/doctest.h>

#include <algorithm>
#include <array>

#include "detect/hunt/campaign/campaign_story.hpp"
#include "rules/builtin.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;

namespace {

const Caller k_sms{.name = "user/sms", .address = k_office};

// eve makes mailer, which makes sms; eve enables, and mailer uses.
const Story k_chain = {k_eve.makes("mailer", 0), k_mailer.makes("sms", 10),
                       k_eve.calls("CreateFoundationModelAgreement", 20),
                       k_mailer.calls("InvokeModel", 60), k_sms.calls("Publish", 70)};

std::size_t number_of(std::string_view service) {
    const auto& services = rules::builtin_catalogue().services();
    return static_cast<std::size_t>(std::ranges::find(services, service, &rules::Service::id) -
                                    services.begin());
}

}  // namespace

TEST_CASE(
    "campaign: a principal with an exception for everything is not a member, and connects nobody") {
    CHECK(groups(k_chain) == List{"eve+mailer+sms"});
    CHECK(groups(k_chain, {}, with_lines({all_of(k_eve)})) == List{"mailer+sms"});
    CHECK(groups(k_chain, {}, with_lines({all_of(k_mailer)})) == List{"eve", "sms"});
    CHECK(groups(k_chain, {}, with_lines({all_of(k_sms)})) == List{"eve+mailer"});
    CHECK(groups(k_chain, {}, with_lines({all_of(k_eve), all_of(k_mailer)})) == List{"sms"});
}

TEST_CASE("campaign: a member appears with the calls that the allowlist leaves") {
    Story rest = k_chain;
    rest.erase(rest.begin());
    rest.erase(rest.begin() + 1);
    const auto left = hunt(k_chain, {}, with_lines({all_of(k_eve)}));
    const auto expected = hunt(rest);
    REQUIRE(left.size() == 1);
    REQUIRE(expected.size() == 1);
    CHECK(left.front().reasons == expected.front().reasons);
    CHECK(left.front().links == expected.front().links);
    CHECK(left.front().timeline == expected.front().timeline);
}

TEST_CASE("campaign: a line for one service or some days removes only what it covers") {
    auto exception = all_of(k_eve);
    exception.service = number_of("account");  // so that it makes no user
    CHECK(groups(k_chain, {}, with_lines({exception})) == List{"eve", "mailer+sms"});
    exception.service = number_of("bedrock");
    CHECK(groups(k_chain, {}, with_lines({exception})) == List{"eve+mailer+sms"});
    exception.service.reset();
    exception.expires = 1'772'445'600 - 10 * 3600;  // this morning
    CHECK(groups(k_chain, {}, with_lines({exception})) == List{"eve+mailer+sms"});
    exception.expires = *exception.expires + 86'400;
    CHECK(groups(k_chain, {}, with_lines({exception})) == List{"mailer+sms"});
}

TEST_CASE(
    "campaign: an address is not shared if an allowed call was one member's only call from it") {
    const Caller amy{.name = "user/amy", .address = k_abroad};
    const Usual known = with_habits({});
    const Story story = {k_eve.calls("GetSendQuota", 0), k_eve.from(k_office).calls("Publish", 1),
                         amy.calls("SendEmail", 2)};
    CHECK(groups(story, {}, known) == List{"amy+eve"});
    auto exception = all_of(k_eve);
    exception.service = number_of("ses");
    CHECK(groups(story, {}, with_lines({exception}, known)) == List{"amy", "eve"});
}

TEST_CASE("campaign: a line for one evidence rule leaves its principal a member") {
    const auto usual = [](const Caller& caller, std::string evidence) {
        return with_lines({evidence_of(caller, std::move(evidence))});
    };
    CHECK(score("enable_then_use", k_chain) == 45);
    for (const Caller& caller : {k_eve, k_mailer}) {
        const Usual some = usual(caller, "enable_then_use");
        CHECK(groups(k_chain, {}, some) == List{"eve+mailer+sms"});
        const auto findings = hunt(k_chain, {}, some);
        CHECK(findings.front().evidence.front() != "enable_then_use");
    }
    CHECK(hunt(k_chain, {}, usual(k_sms, "enable_then_use")).front().evidence.front() ==
          "enable_then_use");
    CHECK(hunt(k_chain, {}, usual(k_eve, "burst")).front().evidence.front() == "enable_then_use");
}

TEST_CASE("made_then_used: the exception that covers the use is the child's") {
    const Story story = {k_eve.makes("mailer", 0), k_mailer.calls("SendEmail", 60)};
    const auto has_evidence = [&](const Caller& caller) {
        const auto findings = hunt(story, {}, with_lines({evidence_of(caller, "made_then_used")}));
        REQUIRE(findings.size() == 1);
        CHECK(members_of(findings.front()) == "eve+mailer");
        return !findings.front().evidence.empty();
    };
    CHECK(has_evidence(k_eve));
    CHECK_FALSE(has_evidence(k_mailer));
}

TEST_CASE("campaign: an allowed maker still vouches, or stops others from vouching") {
    const Caller admin{.name = "user/admin", .address = k_office};
    const Usual known = with_habits({});
    Story story = {admin.makes("mailer", 0), k_eve.makes("mailer", -60, "CreateAccessKey"),
                   k_mailer.calls("SendEmail", 60)};
    CHECK(groups(story, {}, with_lines({all_of(k_eve)}, known)) == List{"admin+mailer"});
    // admin does not vouch for it, as eve also made it, from a stranger's source.
    CHECK(groups(story, {}, with_lines({all_of(admin)}, known)) == List{"eve+mailer"});
    const Caller also{.name = "user/also", .address = k_office};
    story[1] = also.makes("mailer", -60);
    CHECK(groups(story, {}, with_lines({all_of(admin)}, known)) == List{"also", "mailer"});
}

TEST_CASE("campaign: allowed calls of a child do not show that it acted before") {
    const Story story = {k_mailer.calls("GetSendQuota", -60),
                         k_eve.makes("mailer", 0, "CreateAccessKey"),
                         k_mailer.calls("Publish", 60)};
    CHECK(groups(story) == List{"eve", "mailer"});
    auto exception = all_of(k_mailer);
    exception.service = number_of("ses");
    CHECK(groups(story, {}, with_lines({exception})) == List{"eve+mailer"});
    exception.service = number_of("sns");
    CHECK(groups(story, {}, with_lines({exception})) == List{"eve", "mailer"});
}

TEST_CASE("campaign: rows that the allowlist removes are counted as they would have been") {
    const auto counts = [](const Story& story, const Usual& usual) {
        const HuntFindings found = findings_with(story, usual, 21);
        return std::array{static_cast<std::uint64_t>(found.rows.size()), found.allowed_rows,
                          found.lessened_rows};
    };
    using Counts = std::array<std::uint64_t, 3>;
    CHECK(counts(k_chain, {}) == Counts{1, 0, 0});
    CHECK(counts(k_chain, with_lines({all_of(k_eve), all_of(k_mailer), all_of(k_sms)})) ==
          Counts{0, 1, 0});
    // Of mailer and sms only made_then_used is left.
    CHECK(counts(k_chain, with_lines({all_of(k_eve)})) == Counts{1, 0, 1});
    // eve enables and sms uses, but separately: neither makes a row.
    CHECK(counts(k_chain, with_lines({all_of(k_mailer)})) == Counts{0, 1, 0});
    // Without sms the same evidence is left, with the same score.
    CHECK(counts(k_chain, with_lines({all_of(k_sms)})) == Counts{1, 0, 0});
    CHECK(counts(k_chain, with_lines({evidence_of(k_mailer, "enable_then_use")})) ==
          Counts{1, 0, 1});
    CHECK(counts(k_chain, with_lines({evidence_of(k_mailer, "burst")})) == Counts{1, 0, 0});
    // Another principal's row is not counted.
    const Caller zed{.name = "user/zed", .address = k_afar};
    const Story more = k_chain + Story{zed.calls("DeleteModelInvocationLoggingConfiguration", 90)};
    CHECK(counts(more, with_lines({all_of(k_mailer)})) == Counts{1, 1, 0});
    CHECK(counts(more, with_lines({all_of(zed)})) == Counts{1, 1, 0});
}

TEST_CASE("campaign: a divided campaign is not counted as lowered if one part keeps the score") {
    // eve made two, each of which also makes a row by itself.
    const StoryEvent evades = k_mailer.calls("DeleteModelInvocationLoggingConfiguration", 60);
    const Story story = {k_eve.calls("GetSendQuota", 0), evades,
                         k_eve.makes("mailer", 1, "CreateAccessKey")};
    const Usual usual = with_lines({all_of(k_eve)});
    const HuntFindings found = findings_with(story, usual, 21);
    REQUIRE(found.rows.size() == 1);
    CHECK(found.rows.front().evidence == List{"evade"});
    CHECK(found.allowed_rows == 0);
    CHECK(found.lessened_rows == 0);
}

TEST_CASE("campaign: an allowed principal is not counted towards a campaign that is too large") {
    Story story;
    for (int i = 0; i < 64; ++i) {
        const std::string name = "m" + std::to_string(100 + i);
        story.push_back(k_eve.makes(name, i));
        story.push_back(Caller{.name = "user/" + name, .address = k_office}.calls("Publish", 90));
    }
    CHECK(findings_with(story, {}, 0).rows.size() == 65);
    const Caller one{.name = "user/m117", .address = k_office};
    const HuntFindings found = findings_with(story, with_lines({all_of(one)}), 0);
    REQUIRE(found.rows.size() == 1);
    CHECK(found.rows.front().members.size() == 64);
}
