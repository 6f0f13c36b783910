#include "detect/hunt/hunt_activity.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "config/setup_for_tests.hpp"
#include "detect/hunt/behaviour.hpp"
#include "detect/hunt/hunt_rows.hpp"
#include "detect/hunt/story.hpp"
#include "output/csv_and_ndjson.hpp"
#include "partial/through_documents.hpp"
#include "rules/builtin.hpp"

using namespace cloudhijack;
using namespace cloudhijack::config;
using namespace cloudhijack::detect;
using namespace cloudhijack::partial;
using namespace cloudhijack::rules;
using detect::Added;
using detect::HuntActivity;
using log::Event;

namespace {

using Random = std::mt19937;

const std::string k_user = "arn:aws:iam::111122223333:user/u";

constexpr std::string_view k_with_links = "[service:links]\ndisabled = false\n";

const config::Setup& setup() {
    static const config::Setup with_links = setup_with(k_with_links);
    return with_links;
}

// The baseline of two of the random principals, and of some of their family and account.
const std::shared_ptr<const rules::History>& some_history() {
    static const auto history = [] {
        const std::string role = "arn:aws:iam::111122223333:role/";
        Usual usual = with_habits(
            {{.principal = k_user + "0",
              .phases = {"credential", "tamper"},
              .networks = {"10.1.0.0/16", "40.1.0.0/16", "appstream.amazonaws.com"},
              .clients = {"aws-cli", "Boto3"}},
             {.principal = k_user + "0",
              .service = "bedrock",
              .peak_hour = 2,
              .phases = {"use", "recon", "evade"},
              .models = {"m1"},
              .regions = {"us-east-1"}},
             {.principal = k_user + "0", .service = "ses", .peak_hour = 9, .phases = {"enable"}},
             {.principal = role + "app-7", .networks = {"41.1.0.0/16"}, .clients = {"pacu"}},
             {.principal = role + "app-7", .service = "bedrock", .peak_hour = 3}});
        add_making(usual, k_user + "1", 3, true);
        return std::make_shared<const rules::History>(
            std::make_shared<const rules::Baseline>(usual.baseline));
    }();
    return history;
}

// What is kept of whom calls are about, which not every row shows.
std::string subjects_of(const HuntActivity& activity) {
    std::string all;
    activity.for_each_behaviour(setup().default_config().hunt, [&all](const Behaviour& who) {
        for (const auto& [key, subject] : who.head().activity().subjects.all()) {
            for (const auto& [kind, seconds] : subject.calls) {
                all += who.head().principal().name + ' ' + std::to_string(kind.call) + ' ' +
                       subject.text + ' ' + std::to_string(static_cast<int>(kind.trust));
                seconds.for_each([&all](std::int64_t at) { all += ' ' + std::to_string(at); });
                all += '\n';
            }
        }
    });
    return all;
}

// Without a baseline, and with one.
std::string rows_of(const HuntActivity& activity) {
    std::vector<detect::Row> rows;
    for (const auto& history : {std::make_shared<const rules::History>(), some_history()}) {
        auto rules = setup().default_config().hunt;
        rules.min_risk = 0;
        rules.history = history;
        for (const auto& finding : activity.findings(rules).rows) {
            rows.push_back(detect::to_row(finding));
        }
    }
    return output::to_ndjson(detect::hunt_columns(), rows) + subjects_of(activity);
}

HuntActivity activity_of(const std::vector<Event>& events) {
    HuntActivity activity(setup().catalogue);
    for (const Event& event : events) activity.add(event);
    return activity;
}

HuntActivity through_documents(const HuntActivity& activity) {
    HuntActivity read(setup().catalogue);
    merge_documents(read, activity, [] { return HuntActivity(setup().catalogue); });
    return read;
}

template <std::size_t n>
std::string one_of(const std::array<const char*, n>& texts, Random& random) {
    return texts.at(random() % n);
}

// Any call of the catalogue by one of a few principals, in a few clustered hours.
Told random_event(Random& random) {
    static const auto calls = builtin_catalogue().call_names();
    const std::string subject = std::to_string(random() % 4);
    Told told{
        .time = clock(static_cast<std::int64_t>(random() % 4) * 9 * 3600 +
                      static_cast<std::int64_t>(random() % 700)),
        .call = std::string(calls[random() % calls.size()]),
        .error = one_of<5>({"", "", "", "AccessDenied", "ValidationException"}, random),
        .message = "max_tokens: range: 1",
        .region = one_of<6>({"us-east-1", "us-west-2", "eu-west-1", "sa-east-1", "", "x"}, random),
        .address = "10." + std::to_string(random() % 40) + ".0.1",
        .agent = one_of<4>({"aws-cli/1.2", "aws-cli/1.3", "Boto3/1", "pacu/1"}, random),
        .key = one_of<2>({"ASIA1", "AKIA1"}, random)};
    told.parameters = R"({"modelId":"m)" + subject + R"(","emailIdentity":"i)" + subject +
                      R"(","userName":"u)" + subject +
                      R"(","policyArn":"arn:aws:iam::aws:policy/AmazonSESFullAccess",)" +
                      R"("enabled":true,"sendingEnabled":true,"subject":"SES",)" +
                      R"("destination":{"toAddresses":["a","b","c"]}})";
    told.parameters.back() = ',';
    told.parameters += one_of<5>(
        {R"("roleName":"app-7","assumeRolePolicyDocument":"{\"Statement\":{\"Effect\":)"
         R"(\"Allow\",\"Principal\":{\"AWS\":[\"999999999999\",\"*\"]}}}"})",
         R"("roleName":"app-7","assumeRolePolicyDocument":"{\"Statement\":{\"Effect\":)"
         R"(\"Allow\",\"Principal\":{\"AWS\":\"999999999999\"},\"Condition\":)"
         R"({\"StringEquals\":{\"sts:ExternalId\":\"x\"}}}}"})",
         R"("policy":"{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":)"
         R"({\"AWS\":\"888888888888\"}}}","name":"t1","protocol":"sms"})",
         R"("groupName":"g1","policyName":"p1","policyDocument":"{\"Statement\":{\"Effect\":)"
         R"(\"Allow\",\"Action\":\"ses:*\"}}","trailName":"t2"})",
         R"("groupName":"AWSSESSendingGroupDoNotRename","logGroupName":"/aws/bedrock",)"
         R"("loggingConfig":{"textDataDeliveryEnabled":true}})"},
        random);
    told.arn = k_user + std::to_string(random() % 3);
    if (random() % 4 == 0) {
        told.type = "AssumedRole";
        told.issuer = "arn:aws:iam::111122223333:role/app-" + std::to_string(7 + random() % 2);
        if (random() % 4 == 0) told.invoked_by = "bedrock.amazonaws.com";
    }
    if (random() % 3 == 0) {
        told.address =
            one_of<4>({"40.1.2.3", "41.1.2.3", "42.1.2.3", "appstream.amazonaws.com"}, random);
    }
    if (random() % 10 == 0) told.bearer = "true";
    if (random() % 10 == 0) told.id = "no UUID " + std::to_string(random() % 3);
    if (random() % 30 == 0) {
        told.call = "AttachUserPolicy";
        told.parameters =
            R"({"userName":"u)" + subject + R"(","policyArn":"x/AWSCompromisedKeyQuarantineV3"})";
    }
    if (random() % 10 == 0) {
        told.call = "AssumeRole";
        told.parameters = R"({"roleArn":"arn:aws:iam::111122223333:role/app-)" + subject + R"("})";
    }
    if (random() % 20 == 0) told.type = "AWSService";
    if (random() % 10 == 0) told.workload = "arn:aws:lambda:::f";
    return told;
}

Story random_story(Random& random, std::size_t count) {
    Story story;
    for (std::size_t i = 0; i < count; ++i) story.push_back(random_event(random));
    return story;
}

// Gives events to up to six activities, which meanwhile move and take each other's, and merges
// those in any grouping, as they are or sent as partial documents.
HuntActivity delivered(std::vector<Event> events, Random& random) {
    std::ranges::shuffle(events, random);
    std::vector<HuntActivity> parts;
    const std::size_t count = 1 + random() % 6;
    for (std::size_t i = 0; i < count; ++i) parts.emplace_back(setup().catalogue);
    for (const Event& event : events) {
        parts[random() % count].add(event);
        if (random() % 16 != 0) continue;
        HuntActivity& from = parts[random() % count];
        HuntActivity moved = std::move(from);
        from = HuntActivity(setup().catalogue);
        HuntActivity& into = parts[random() % count];
        std::swap(into, moved);  // so that what was moved goes on taking events
        into.merge(moved);
    }
    while (parts.size() > 1) {
        const std::size_t into = random() % (parts.size() - 1);
        if (random() % 2 == 0) {
            parts[into].merge(parts.back());
        } else {
            merge_documents(parts[into], parts.back(),
                            [] { return HuntActivity(setup().catalogue); });
        }
        parts.pop_back();
    }
    return std::move(parts.front());
}

}  // namespace

TEST_CASE("hunt: the law of merge, any split, order, grouping and repetition gives the same") {
    for (unsigned seed = 0; seed < 300; ++seed) {
        CAPTURE(seed);
        Random random(seed);
        const ToldEvents told(random_story(random, 20 + random() % 80));
        const std::string expected = rows_of(activity_of(told.events()));
        CHECK(expected.size() > 1000);
        std::vector<Event> more = told.events();
        for (const Event& event : told.events()) {
            // A record without an id is not a repeat of another one, even if both are equal.
            const bool can_repeat = !event.log->usable_id(event).empty();
            if (can_repeat && random() % 3 == 0) more.push_back(event);
        }
        CHECK(rows_of(delivered(std::move(more), random)) == expected);
    }
}

TEST_CASE("hunt: the law of merge beyond what is kept exactly") {
    for (unsigned seed = 0; seed < 12; ++seed) {
        CAPTURE(seed);
        Random random(seed);
        Story story = random_story(random, 60);
        // One service in one hour, with more calls, addresses and agents than are kept.
        for (int i = 0; i < 1500; ++i) {
            Told told{.time = clock(i), .call = "SendEmail"};
            told.address = "10." + std::to_string(i % 200) + "." + std::to_string(i / 200) + ".1";
            told.agent = "agent-" + std::string(static_cast<std::size_t>(i), 'x').substr(0, 200) +
                         std::to_string(i);
            told.arn = "arn:aws:iam::111122223333:user/u0";
            told.region = i % 3 == 0 ? "us-east-1" : "eu-west-1";
            story.push_back(told);
        }
        const ToldEvents told(story);
        const std::string expected = rows_of(activity_of(told.events()));
        CHECK(expected.contains("\"Truncated\":[\"Evidence\",\"UseCount\""));
        CHECK(rows_of(delivered(told.events(), random)) == expected);
    }
}

TEST_CASE("hunt: the law of irrelevance, what the catalogue does not name changes nothing") {
    for (unsigned seed = 0; seed < 300; ++seed) {
        CAPTURE(seed);
        Random random(seed);
        Story story = random_story(random, 30);
        const ToldEvents named(story);
        for (int i = 0; i < 60; ++i) {
            Told told = random_event(random);
            told.call =
                one_of<4>({"GetObject", "GetSessionToken", "InvokeModels", "sendEmail"}, random);
            story.push_back(told);
        }
        for (int i = 0; i < 10; ++i) {  // named, but their conditions do not hold
            Told told = random_event(random);
            told.call = "PutModelInvocationLoggingConfiguration";
            told.parameters = R"({"loggingConfig":{"imageDataDeliveryEnabled":false}})";
            story.push_back(told);
        }
        const ToldEvents all(story);
        CHECK(rows_of(delivered(all.events(), random)) == rows_of(activity_of(named.events())));
    }
}

TEST_CASE("hunt: what becomes of an event") {
    const auto added = [](Told told) {
        const ToldEvents events(Story{std::move(told)});
        HuntActivity activity(setup().catalogue);
        return activity.add(events.events().front());
    };
    CHECK(added({.time = "10:00:00", .call = "InvokeModel"}) == Added::counted);
    CHECK(added({.time = "10:00:00", .call = "GetObject"}) == Added::irrelevant);
    CHECK(added({.time = "yesterday", .call = "InvokeModel"}) == Added::undated);
    CHECK(added({.time = "10:00:00", .call = "UpdateAccountSendingEnabled"}) == Added::irrelevant);
    CHECK(added({.time = "10:00:00", .call = "InvokeModel", .type = "AWSService"}) ==
          Added::left_out);
    CHECK(added({.time = "10:00:00", .call = "InvokeModel", .category = "NetworkActivity"}) ==
          Added::left_out);
    CHECK(added({.time = "10:00:00", .call = "GetObject", .type = "AWSService"}) ==
          Added::irrelevant);
}

TEST_CASE("hunt: the record's time counts, and its row's where it has none") {
    const ToldEvents told(Story{{.time = "10:00:00", .call = "InvokeModel"}});
    Event event = told.events().front();
    event.row_time = text::Time{std::chrono::seconds{5}};
    CHECK(rows_of(activity_of({event})).contains("\"FirstEvent\":1772445600,"));
    event.time_text = "";
    CHECK(rows_of(activity_of({event})).contains("\"FirstEvent\":5,"));
}

TEST_CASE("hunt: calls that differ are not one, whatever their ids") {
    Told told{.time = "10:00:00", .call = "InvokeModel"};
    told.id = "deadbeef-dead-beef-dead-beefdeadbeef";  // a placeholder, as in shared records
    Story story = {told, told};
    CHECK(hunt(story).front().use_count == 1);
    story[1].time = "10:00:01";
    CHECK(hunt(story).front().use_count == 2);
    story[1] = told;
    story[1].region = "eu-west-1";
    CHECK(hunt(story).front().use_count == 2);
    for (std::string Told::* field : {&Told::error, &Told::address, &Told::agent}) {
        story[1] = told;
        story[1].*field = "other";
        const auto finding = hunt(story).front();
        CHECK(finding.use_count + finding.failed_count == 2);
    }
    story[1] = told;
}

TEST_CASE("hunt: a record without an id counts as often as it is delivered, and a note says so") {
    for (const std::string id : {"not a UUID", "00000000-0000-0000-0000-000000000000"}) {
        CAPTURE(id);
        Told told{.time = "10:00:00", .call = "SendEmail"};
        told.id = id;
        Told other{.time = "10:00:00", .call = "SendEmail"};
        other.id = "00000000-0000-4000-8000-000000000009";
        CHECK(hunt({told, told}).front().use_count == 2);
        CHECK(hunt({told, other, told, other}).front().use_count == 3);
        const ToldEvents events(Story{told, told, other});
        const HuntActivity half = activity_of(events.events());
        HuntActivity whole = activity_of(events.events());
        whole.merge(half);
        CHECK(whole.irregular().without_id == 4);
        CHECK(whole.repeats() == 1);
        CHECK(rows_of(whole).contains("\"UseCount\":5,"));
        CHECK(rows_of(through_documents(whole)) == rows_of(whole));
    }
}

TEST_CASE("hunt: far more records without an id than are kept one by one") {
    Story story = repeated({.time = {}, .call = "SendEmail"}, 0, 700);
    for (Told& told : story) told.id = "none";
    const ToldEvents events(story);
    HuntActivity twice = activity_of(events.events());
    twice.merge(activity_of(events.events()));
    CHECK(rows_of(twice).contains("\"UseCount\":1400,"));
    CHECK(twice.repeats() == 0);
    CHECK(rows_of(through_documents(twice)) == rows_of(twice));
}

TEST_CASE("hunt: only a network's event shows a call that an endpoint's policy denied") {
    Told told{.time = "10:00:00", .call = "InvokeModel", .category = "NetworkActivity"};
    told.error = "VpceAccessDenied";
    const auto finding = hunt({told}).front();
    CHECK(finding.failed_count == 1);
    CHECK(finding.evidence.empty());
    Told later = told;
    later.time = "10:01:00";
    Told last = told;
    last.time = "10:02:00";
    const auto denied = hunt({told, later, last}).front();
    REQUIRE(denied.evidence.size() == 1);
    CHECK(denied.evidence.front() == "denied_use");
}

TEST_CASE("hunt: calls whose parameters CloudTrail left out are counted") {
    Told told{.time = "10:00:00", .call = "SendEmail", .parameters = R"({"omitted":true})"};
    const ToldEvents events(Story{told, {.time = "10:00:01", .call = "SendEmail"}, told});
    const HuntActivity activity = activity_of(events.events());
    CHECK(activity.irregular().without_parameters == 2);
    CHECK(rows_of(activity).contains("\"UseCount\":3,"));
}

TEST_CASE("hunt: an address is the client's, however a log writes it") {
    for (const std::string written :
         {"198.51.100.7", " 198.51.100.7 ", "198.51.100.7, 10.0.0.1", "198.51.100.7:443",
          "[198.51.100.7]:443", "198.51.100.7,2001:db8::1"}) {
        CAPTURE(written);
        Told told{.time = "10:00:00", .call = "SendEmail"};
        told.address = written;
        const ToldEvents events(Story{told});
        CHECK(rows_of(activity_of(events.events())).contains(R"("SourceIPs":["198.51.100.7"])"));
    }
}

TEST_CASE("hunt: records with one id that count for different things are different calls") {
    const auto with = [](const std::string& parameters, const std::string& message) {
        Told told{.time = "10:00:00", .call = "SendEmail", .parameters = parameters};
        told.id = "deadbeef-dead-beef-dead-beefdeadbeef";
        told.error = message.empty() ? "" : "ValidationException";
        told.message = message;
        return told;
    };
    const Told one = with("{}", "");
    const Told three = with(R"({"destinations":["a","b","c"]})", "");
    CHECK(hunt({one, three}).front().message_count == 4);
    CHECK(hunt({one, three, one, three}).front().message_count == 4);
    CHECK(hunt({with("{}", "max_tokens: range: 1"), with("{}", "x")}).front().failed_count == 2);
    Told cloud = one;
    cloud.workload = "arn:aws:lambda:::f";
    CHECK(hunt({one, cloud}).front().use_count == 2);
}

TEST_CASE("hunt: the law of merge beyond what is kept exactly, under one placeholder id") {
    Story story;
    for (int i = 0; i < 1500; ++i) {
        Told told{.time = clock(i), .call = "SendEmail"};
        if (i % 3 == 0) {
            told.id = "00000000-0000-0000-0000-000000000000";
            told.time = clock(7);
            told.parameters = R"({"destinations":[1)" +
                              std::string(static_cast<std::size_t>(i % 40) * 2, ' ') + "]}";
            for (int more = 0; more < i % 49; ++more) told.parameters.insert(17, "1,");
        }
        story.push_back(told);
    }
    const ToldEvents told(story);
    const std::string expected = rows_of(activity_of(told.events()));
    for (unsigned seed = 0; seed < 10; ++seed) {
        Random random(seed);
        CHECK(rows_of(delivered(told.events(), random)) == expected);
    }
}

TEST_CASE("hunt: messages of one event, never more than the service takes") {
    const auto messages = [](const std::string& call, const std::string& parameters) {
        return hunt({{.time = "10:00:00", .call = call, .parameters = parameters}})
            .front()
            .message_count;
    };
    const auto entries = [](int count) {
        std::string list = "[";
        for (int i = 0; i < count; ++i) list += i == 0 ? "1" : ",1";
        return list + "]";
    };
    CHECK(messages("SendEmail", "{}") == 1);
    CHECK(messages("SendRawEmail", R"({"destinations":)" + entries(50) + "}") == 50);
    CHECK(messages("SendRawEmail", R"({"destinations":)" + entries(90) + "}") == 50);
    CHECK(messages("PublishBatch", R"({"publishBatchRequestEntries":)" + entries(10) + "}") == 10);
    CHECK(messages("PublishBatch", R"({"publishBatchRequestEntries":)" + entries(11) + "}") == 10);
    CHECK(messages("InvokeModel", R"({"destinations":)" + entries(9) + "}") == 1);
}

TEST_CASE("hunt: role sessions, where the catalogue asks for them") {
    const std::string role = "arn:aws:iam::111122223333:role/team/deploy";
    Told session = call("AssumeRole", R"({"roleArn":")" + role + R"("})");
    const auto kept = [](const std::vector<Told>& story, const config::Setup& with) {
        const ToldEvents told(story);
        HuntActivity activity(with.catalogue);
        std::vector<Added> added;
        for (const Event& event : told.events()) added.push_back(activity.add(event));
        std::vector<std::string> roles;
        activity.for_each_behaviour(with.default_config().hunt, [&](const Behaviour& who) {
            for (const auto& [key, subject] : who.head().activity().subjects.all()) {
                CHECK(key.first == log::SubjectKind::role);
                for (const auto& [kind, seconds] : subject.calls) {
                    CHECK(with.catalogue.topic(kind.service, kind.call) ==
                          log::CallTopic::role_assumed);
                    roles.push_back(subject.text);
                }
            }
        });
        return std::pair(added, roles);
    };
    CHECK(kept({session}, setup()) ==
          std::pair(std::vector{Added::counted}, std::vector<std::string>{role}));
    CHECK(kept({session}, setup_with()).first == std::vector{Added::irrelevant});

    Told denied = session;
    denied.error = "AccessDenied";
    Told nameless = session;
    nameless.parameters = R"({"roleSessionName":"s"})";
    Told damaged = session;
    damaged.parameters = R"({"roleArn":")";
    Told by_service = session;
    by_service.type = "AWSService";
    Told invoked = session;
    invoked.invoked_by = "ec2.amazonaws.com";
    for (const Told& told : {denied, nameless, damaged, by_service, invoked}) {
        CHECK(kept({told}, setup()).second.empty());
    }
}

TEST_CASE("hunt: where a role session begins says nothing of where its caller works") {
    const Told session =
        call("AssumeRole", R"({"roleArn":"arn:aws:iam::111122223333:role/deploy"})");
    const auto origins = [](const Story& story, const config::Setup& with) {
        const ToldEvents told(story);
        HuntActivity activity(with.catalogue);
        for (const Event& event : told.events()) activity.add(event);
        std::size_t count = 0;
        activity.for_each_behaviour(with.default_config().hunt, [&count](const Behaviour& who) {
            for (const auto& [hour, seen] : who.head().origins()) count += seen.origins.size();
            CHECK(who.head().activity().traits[Trait::address].texts().size() ==
                  1);  // rows show it
        });
        return count;
    };
    CHECK(origins({session}, setup()) == 0);
    CHECK(origins({call("SendEmail")}, setup()) == 1);
    CHECK(origins({session, call("SendEmail")}, setup()) == 1);
    // A call that another service names, too, is one of that service.
    const std::string other =
        std::string(k_with_links) +
        "[service:sessions]\nsource = sts\nrecon = AssumeRole\nthreshold = 5\n";
    CHECK(origins({session}, setup_with(other)) == 1);
    // Beyond what is kept one by one, as well.
    const Story many = repeated(session, 0, HourActivity::k_exact + 10);
    CHECK(origins(many, setup()) == 0);

    Usual usual = with_habits({{.networks = {"192.0.0.0/16"}, .clients = {"boto"}}});
    CHECK(score("new_source", {session}, k_with_links, usual) == 0);
    CHECK(score("new_source", {call("SendEmail")}, k_with_links, usual) > 0);
}
