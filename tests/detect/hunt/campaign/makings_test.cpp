#include "detect/hunt/campaign/makings.hpp"

#include <doctest/doctest.h>

#include <array>

#include "detect/hunt/campaign/campaign_story.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;

namespace {

constexpr std::int64_t k_days = 86'400;

constexpr std::array k_making_calls = {"CreateUser",
                                       "CreateAccessKey",
                                       "CreateLoginProfile",
                                       "UpdateLoginProfile",
                                       "CreateServiceSpecificCredential",
                                       "ResetServiceSpecificCredential",
                                       "UpdateAccessKey"};

const Caller k_helper{.name = "role/helper", .address = k_afar};

const StoryEvent k_first_mail = k_mailer.calls("SendEmail", 60);

Usual with_routine(std::string principal, std::string phase, std::int32_t days = 60) {
    return with_habits(
        {{.principal = std::move(principal), .phases = {std::move(phase)}, .days = days}});
}

}  // namespace

TEST_CASE(
    "campaign: a principal that makes a user, or a credential of one, acts together with it") {
    for (const char* call : k_making_calls) {
        CAPTURE(call);
        const Story story = {k_eve.makes("mailer", 0, call), k_first_mail};
        CHECK(groups(story) == List{"eve+mailer"});
        CHECK(groups(story, {}, with_habits({})) == List{"eve+mailer"});
    }
}

TEST_CASE("campaign: other calls about a user do not link") {
    for (const char* call :
         {"AttachUserPolicy", "PutUserPolicy", "AddUserToGroup", "DeleteUser", "GetUser"}) {
        CAPTURE(call);
        const Story story = {k_eve.makes("mailer", 0, call), k_eve.calls("GetSendQuota", 1),
                             k_first_mail};
        CHECK(groups(story) == List{"eve", "mailer"});
    }
    StoryEvent denied = k_eve.makes("mailer", 0);
    denied.error = "AccessDenied";
    CHECK(groups({denied, k_first_mail}) == List{"eve", "mailer"});
    StoryEvent inactive =
        k_eve.calls("UpdateAccessKey", 0, R"({"userName":"mailer","status":"Inactive"})");
    CHECK(groups({inactive, k_eve.calls("GetSendQuota", 1), k_first_mail}) ==
          List{"eve", "mailer"});
}

TEST_CASE("campaign: a user that was made but did nothing is not a member") {
    CHECK(groups({k_eve.makes("mailer", 0)}) == List{"eve"});
    CHECK(groups({k_eve.makes("mailer", 0), k_eve.makes("other", 1), k_first_mail}) ==
          List{"eve+mailer"});
    // A user that only made others is a member.
    CHECK(groups({k_eve.makes("mailer", 0), k_mailer.makes("other", 60)}) == List{"eve+mailer"});
}

TEST_CASE("campaign: a principal that gives itself a credential makes nobody") {
    CHECK(groups({k_eve.makes("eve", 0, "CreateAccessKey"), k_first_mail}) ==
          List{"eve", "mailer"});
    CHECK(groups({k_eve.calls("CreateAccessKey", 0), k_first_mail}) == List{"eve", "mailer"});
    // Nor does one that gives it to itself under another path.
    const Caller with_path{.name = "user/ops/eve", .address = k_afar};
    CHECK(groups({k_eve.makes("eve", 0, "CreateAccessKey"), with_path.calls("SendEmail", 60)}) ==
          List{"eve", "eve"});
    // A role and a user of one name are two principals.
    const Caller role{.name = "role/mailer", .address = k_abroad};
    CHECK(groups({role.makes("mailer", 0), k_first_mail}) == List{"mailer+mailer"});
}

TEST_CASE("campaign: a user of the same name in another account is not the one that was made") {
    Caller elsewhere = k_mailer;
    elsewhere.account = "444455556666";
    CHECK(groups({k_eve.makes("mailer", 0), elsewhere.calls("SendEmail", 60)}) ==
          List{"eve", "mailer"});
}

TEST_CASE("campaign: a principal that makes users regularly is not linked to them") {
    for (const char* call : {"CreateUser", "CreateAccessKey"}) {
        const Story story = {k_eve.makes("mailer", 0, call), k_first_mail};
        const auto groups_with = [&](const Usual& usual) { return groups(story, {}, usual); };
        CHECK(groups_with(with_routine(k_eve.arn(), "credential")) == List{"eve", "mailer"});
        CHECK(groups_with(with_routine(k_eve.arn(), "credential", 8)) == List{"eve", "mailer"});
        // A week is not enough, nor is another principal's habit, or another phase.
        CHECK(groups_with(with_routine(k_eve.arn(), "credential", 7)) == List{"eve+mailer"});
        CHECK(groups_with(with_routine(k_mailer.arn(), "credential")) == List{"eve+mailer"});
        CHECK(groups_with(with_routine(k_eve.arn(), "grant")) == List{"eve+mailer"});
        CHECK(groups_with(with_habits({{.service = "ses", .phases = {"credential"}}})) ==
              List{"eve+mailer"});
    }
}

TEST_CASE("campaign: routine is ignored while the account is being learned") {
    // The baseline's rows begin 60 days before, and the account is known 14 days later.
    const Usual usual = with_routine(k_eve.arn(), "credential");
    const auto groups_at = [&](std::int64_t second) {
        return groups({k_eve.makes("mailer", second), k_mailer.calls("SendEmail", second + 60)}, {},
                      usual);
    };
    CHECK(groups_at(-46 * k_days - 1) == List{"eve+mailer"});
    CHECK(groups_at(-46 * k_days) == List{"eve", "mailer"});
}

TEST_CASE("campaign: without a baseline a new credential of an old user is not a link") {
    for (const char* call : k_making_calls) {
        CAPTURE(call);
        const auto groups_from = [&](const StoryEvent& first, const Usual& usual = {}) {
            return groups({first, k_eve.makes("mailer", 0, call), k_first_mail}, {}, usual);
        };
        const List linked = {"eve+mailer"};
        const List unless_user =
            call == std::string_view("CreateUser") ? linked : List{"eve", "mailer"};
        CHECK(groups_from(k_mailer.calls("SendEmail", -1)) == unless_user);
        CHECK(groups_from(k_mailer.calls("SendEmail", 0)) == linked);
        StoryEvent denied = k_mailer.calls("GetSendQuota", -1);
        denied.error = "AccessDenied";
        CHECK(groups_from(denied) == unless_user);
        CHECK(groups_from(k_mailer.calls("SendEmail", -1), with_habits({})) == linked);
    }
}

TEST_CASE("campaign: earlier activity of a user under another path counts as well") {
    const Caller before{.name = "user/ops/mailer", .address = k_office};
    const Story story = {before.calls("SendEmail", -1), k_eve.makes("mailer", 0, "CreateAccessKey"),
                         k_first_mail};
    CHECK(groups(story) == List{"eve", "mailer", "mailer"});
    CHECK(groups({story[1], story[2], before.calls("SendEmail", 1)}) == List{"eve+mailer+mailer"});
}

TEST_CASE("campaign: a role is linked to its maker if its trust lets others in") {
    const auto groups_of = [](std::string_view trust, const char* call, const Usual& usual = {}) {
        return groups({k_eve.makes_role("helper", trust, 0, call), k_helper.calls("SendEmail", 60)},
                      {}, usual);
    };
    for (const char* call : {"CreateRole", "UpdateAssumeRolePolicy"}) {
        CAPTURE(call);
        for (const auto trust :
             {k_open_trust, std::string_view(R"("Principal":{"AWS":"111122223333"})"),
              std::string_view(R"("Principal":"*")"),
              std::string_view(R"("Principal":{"AWS":["arn:aws:iam::999999999999:role/x"]})")}) {
            CAPTURE(trust);
            CHECK(groups_of(trust, call) == List{"eve+helper"});
            CHECK(groups_of(trust, call, with_habits({})) == List{"eve+helper"});
        }
        for (const auto trust :
             {k_partner_trust, k_closed_trust,
              std::string_view(R"("Principal":{"Federated":"accounts.example.com"})")}) {
            CAPTURE(trust);
            CHECK(groups_of(trust, call) == List{"eve", "helper"});
            CHECK(groups_of(trust, call, with_habits({})) ==
                  List{"eve+helper"});  // from a stranger's source
        }
        CHECK(groups_of(k_open_trust, call, with_routine(k_eve.arn(), "credential")) ==
              List{"eve", "helper"});
    }
}

TEST_CASE("campaign: from a known source only an open trust links, and only if nobody vouches") {
    const Caller admin = k_eve.from(k_office);
    Usual usual = with_habits({});
    const auto groups_of = [&](std::string_view trust) {
        return groups({admin.makes_role("helper", trust, 0), k_helper.calls("SendEmail", 60)}, {},
                      usual);
    };
    for (const auto trust : {k_open_trust, k_partner_trust, k_closed_trust}) {
        CHECK(groups_of(trust) == List{"eve", "helper"});
    }
    add_making(usual, k_helper.arn(), 3, false);
    CHECK(groups_of(k_open_trust) == List{"eve+helper"});
    CHECK(groups_of(k_partner_trust) == List{"eve", "helper"});
    CHECK(groups_of(k_closed_trust) == List{"eve", "helper"});
}

TEST_CASE("campaign: a role is the same with a path and without") {
    const Caller with_path{.name = "role/service/helper", .address = k_afar};
    CHECK(groups({k_eve.makes_role("helper", k_open_trust, 0), with_path.calls("SendEmail", 60)}) ==
          List{"eve+helper"});
    CHECK(groups({k_eve.makes_role("helper", k_open_trust, 0), with_path.calls("SendEmail", 60),
                  k_helper.calls("SendEmail", 61)}) == List{"eve+helper"});
}

TEST_CASE("campaign: a user is the same with a path and without") {
    const Caller with_path{.name = "user/division/team/mailer", .address = k_afar};
    const Caller other_path{.name = "user/x/mailer", .address = k_office};
    CHECK(groups({k_eve.makes("mailer", 0), with_path.calls("SendEmail", 60)}) ==
          List{"eve+mailer"});
    CHECK(groups({k_eve.makes("mailer", 0), with_path.calls("SendEmail", 60),
                  other_path.calls("SendEmail", 60)}) == List{"eve+mailer+mailer"});
    const Caller similar{.name = "user/mailer2", .address = k_afar};
    CHECK(groups({k_eve.makes("mailer", 0), similar.calls("SendEmail", 60)}) ==
          List{"eve", "mailer2"});
}

TEST_CASE(
    "campaign: a principal that represents a whole account makes users, but is linked to nobody") {
    StoryEvent nobody = k_eve.makes("mailer", 0);
    nobody.arn = nobody.account;
    nobody.key = "";
    const auto findings = hunt({nobody, k_first_mail});
    REQUIRE(findings.size() == 2);
    CHECK(members_of(row_with(findings, k_mailer)) == "mailer");
    CHECK(row_with(findings, k_mailer).evidence == List{"made_then_used"});
}
