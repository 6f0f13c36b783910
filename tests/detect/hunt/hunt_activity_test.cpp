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

// A baseline of two of the random principals, and of some others in their family and account.
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

// The kept subjects of calls, which not every row shows.
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

// The rows without a baseline, and with one.
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
StoryEvent random_event(Random& random) {
    static const auto calls = builtin_catalogue().call_names();
    const std::string subject = std::to_string(random() % 4);
    StoryEvent story_event{
        .time = clock(static_cast<std::int64_t>(random() % 4) * 9 * 3600 +
                      static_cast<std::int64_t>(random() % 700)),
        .call = std::string(calls[random() % calls.size()]),
        .error = one_of<5>({"", "", "", "AccessDenied", "ValidationException"}, random),
        .message = "max_tokens: range: 1",
        .region = one_of<6>({"us-east-1", "us-west-2", "eu-west-1", "sa-east-1", "", "x"}, random),
        .address = "10." + std::to_string(random() % 40) + ".0.1",
        .agent = one_of<4>({"aws-cli/1.2", "aws-cli/1.3", "Boto3/1", "pacu/1"}, random),
        .key = one_of<2>({"ASIA1", "AKIA1"}, random)};
    story_event.parameters = R"({"modelId":"m)" + subject + R"(","emailIdentity":"i)" + subject +
                             R"(","userName":"u)" + subject +
                             R"(","policyArn":"arn:aws:iam::aws:policy/AmazonSESFullAccess",)" +
                             R"("enabled":true,"sendingEnabled":true,"subject":"SES",)" +
                             R"("destination":{"toAddresses":["a","b","c"]}})";
    story_event.parameters.back() = ',';
    story_event.parameters += one_of<5>(
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
    story_event.arn = k_user + std::to_string(random() % 3);
    if (random() % 4 == 0) {
        story_event.type = "AssumedRole";
        story_event.issuer =
            "arn:aws:iam::111122223333:role/app-" + std::to_string(7 + random() % 2);
        if (random() % 4 == 0) story_event.invoked_by = "bedrock.amazonaws.com";
    }
    if (random() % 3 == 0) {
        story_event.address =
            one_of<4>({"40.1.2.3", "41.1.2.3", "42.1.2.3", "appstream.amazonaws.com"}, random);
    }
    if (random() % 10 == 0) story_event.bearer = "true";
    if (random() % 10 == 0) story_event.id = "no UUID " + std::to_string(random() % 3);
    if (random() % 30 == 0) {
        story_event.call = "AttachUserPolicy";
        story_event.parameters =
            R"({"userName":"u)" + subject + R"(","policyArn":"x/AWSCompromisedKeyQuarantineV3"})";
    }
    if (random() % 10 == 0) {
        story_event.call = "AssumeRole";
        story_event.parameters =
            R"({"roleArn":"arn:aws:iam::111122223333:role/app-)" + subject + R"("})";
    }
    if (random() % 20 == 0) story_event.type = "AWSService";
    if (random() % 10 == 0) story_event.workload = "arn:aws:lambda:::f";
    return story_event;
}

Story random_story(Random& random, std::size_t count) {
    Story story;
    for (std::size_t i = 0; i < count; ++i) story.push_back(random_event(random));
    return story;
}

// Distributes events to up to six activities, which meanwhile are moved and merged into each other,
// and merges those in any grouping, directly or through partial documents.
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
        std::swap(into, moved);  // so that a moved-from activity receives further events
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

TEST_CASE("hunt: the law of merge: any split, order, grouping and repetition gives the same rows") {
    for (unsigned seed = 0; seed < 300; ++seed) {
        CAPTURE(seed);
        Random random(seed);
        const StoryEvents story_events(random_story(random, 20 + random() % 80));
        const std::string expected = rows_of(activity_of(story_events.events()));
        CHECK(expected.size() > 1000);
        std::vector<Event> more = story_events.events();
        for (const Event& event : story_events.events()) {
            // A record without an id does not repeat another one, even if both are equal.
            const bool can_repeat = !event.log->usable_id(event).empty();
            if (can_repeat && random() % 3 == 0) more.push_back(event);
        }
        CHECK(rows_of(delivered(std::move(more), random)) == expected);
    }
}

TEST_CASE("hunt: the law of merge beyond the limits of exact counts") {
    for (unsigned seed = 0; seed < 12; ++seed) {
        CAPTURE(seed);
        Random random(seed);
        Story story = random_story(random, 60);
        // One service in one hour, with more calls, addresses and agents than are kept.
        for (int i = 0; i < 1500; ++i) {
            StoryEvent story_event{.time = clock(i), .call = "SendEmail"};
            story_event.address =
                "10." + std::to_string(i % 200) + "." + std::to_string(i / 200) + ".1";
            story_event.agent = "agent-" +
                                std::string(static_cast<std::size_t>(i), 'x').substr(0, 200) +
                                std::to_string(i);
            story_event.arn = "arn:aws:iam::111122223333:user/u0";
            story_event.region = i % 3 == 0 ? "us-east-1" : "eu-west-1";
            story.push_back(story_event);
        }
        const StoryEvents story_events(story);
        const std::string expected = rows_of(activity_of(story_events.events()));
        CHECK(expected.contains("\"Truncated\":[\"Evidence\",\"UseCount\""));
        CHECK(rows_of(delivered(story_events.events(), random)) == expected);
    }
}

TEST_CASE("hunt: the law of irrelevance: calls outside the catalogue change nothing") {
    for (unsigned seed = 0; seed < 300; ++seed) {
        CAPTURE(seed);
        Random random(seed);
        Story story = random_story(random, 30);
        const StoryEvents named(story);
        for (int i = 0; i < 60; ++i) {
            StoryEvent story_event = random_event(random);
            story_event.call =
                one_of<4>({"GetObject", "GetSessionToken", "InvokeModels", "sendEmail"}, random);
            story.push_back(story_event);
        }
        for (int i = 0; i < 10; ++i) {  // in the catalogue, but their conditions do not hold
            StoryEvent story_event = random_event(random);
            story_event.call = "PutModelInvocationLoggingConfiguration";
            story_event.parameters = R"({"loggingConfig":{"imageDataDeliveryEnabled":false}})";
            story.push_back(story_event);
        }
        const StoryEvents all(story);
        CHECK(rows_of(delivered(all.events(), random)) == rows_of(activity_of(named.events())));
    }
}

TEST_CASE("hunt: the outcomes of adding an event") {
    const auto added = [](StoryEvent story_event) {
        const StoryEvents events(Story{std::move(story_event)});
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

TEST_CASE("hunt: the record's time counts, or its row's if it has none") {
    const StoryEvents story_events(Story{{.time = "10:00:00", .call = "InvokeModel"}});
    Event event = story_events.events().front();
    event.row_time = text::Time{std::chrono::seconds{5}};
    CHECK(rows_of(activity_of({event})).contains("\"FirstEvent\":1772445600,"));
    event.time_text = "";
    CHECK(rows_of(activity_of({event})).contains("\"FirstEvent\":5,"));
}

TEST_CASE("hunt: calls that differ are different calls, even with equal ids") {
    StoryEvent story_event{.time = "10:00:00", .call = "InvokeModel"};
    story_event.id =
        "deadbeef-dead-beef-dead-beefdeadbeef";  // a placeholder, as in published records
    Story story = {story_event, story_event};
    CHECK(hunt(story).front().use_count == 1);
    story[1].time = "10:00:01";
    CHECK(hunt(story).front().use_count == 2);
    story[1] = story_event;
    story[1].region = "eu-west-1";
    CHECK(hunt(story).front().use_count == 2);
    for (std::string StoryEvent::* field :
         {&StoryEvent::error, &StoryEvent::address, &StoryEvent::agent}) {
        story[1] = story_event;
        story[1].*field = "other";
        const auto finding = hunt(story).front();
        CHECK(finding.use_count + finding.failed_count == 2);
    }
    story[1] = story_event;
}

TEST_CASE("hunt: a record without an id counts per delivery, and a note reports it") {
    for (const std::string id : {"not a UUID", "00000000-0000-0000-0000-000000000000"}) {
        CAPTURE(id);
        StoryEvent story_event{.time = "10:00:00", .call = "SendEmail"};
        story_event.id = id;
        StoryEvent other{.time = "10:00:00", .call = "SendEmail"};
        other.id = "00000000-0000-4000-8000-000000000009";
        CHECK(hunt({story_event, story_event}).front().use_count == 2);
        CHECK(hunt({story_event, other, story_event, other}).front().use_count == 3);
        const StoryEvents events(Story{story_event, story_event, other});
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
    for (StoryEvent& story_event : story) story_event.id = "none";
    const StoryEvents events(story);
    HuntActivity twice = activity_of(events.events());
    twice.merge(activity_of(events.events()));
    CHECK(rows_of(twice).contains("\"UseCount\":1400,"));
    CHECK(twice.repeats() == 0);
    CHECK(rows_of(through_documents(twice)) == rows_of(twice));
}

TEST_CASE("hunt: only a network's event shows a call that an endpoint's policy denied") {
    StoryEvent story_event{
        .time = "10:00:00", .call = "InvokeModel", .category = "NetworkActivity"};
    story_event.error = "VpceAccessDenied";
    const auto finding = hunt({story_event}).front();
    CHECK(finding.failed_count == 1);
    CHECK(finding.evidence.empty());
    StoryEvent later = story_event;
    later.time = "10:01:00";
    StoryEvent last = story_event;
    last.time = "10:02:00";
    const auto denied = hunt({story_event, later, last}).front();
    REQUIRE(denied.evidence.size() == 1);
    CHECK(denied.evidence.front() == "denied_use");
}

TEST_CASE("hunt: calls whose parameters CloudTrail omitted are counted") {
    StoryEvent story_event{
        .time = "10:00:00", .call = "SendEmail", .parameters = R"({"omitted":true})"};
    const StoryEvents events(
        Story{story_event, {.time = "10:00:01", .call = "SendEmail"}, story_event});
    const HuntActivity activity = activity_of(events.events());
    CHECK(activity.irregular().without_parameters == 2);
    CHECK(rows_of(activity).contains("\"UseCount\":3,"));
}

TEST_CASE("hunt: an address is the client's, in any form that a log uses") {
    for (const std::string written :
         {"198.51.100.7", " 198.51.100.7 ", "198.51.100.7, 10.0.0.1", "198.51.100.7:443",
          "[198.51.100.7]:443", "198.51.100.7,2001:db8::1"}) {
        CAPTURE(written);
        StoryEvent story_event{.time = "10:00:00", .call = "SendEmail"};
        story_event.address = written;
        const StoryEvents events(Story{story_event});
        CHECK(rows_of(activity_of(events.events())).contains(R"("SourceIPs":["198.51.100.7"])"));
    }
}

TEST_CASE("hunt: records with one id that count for different things are different calls") {
    const auto with = [](const std::string& parameters, const std::string& message) {
        StoryEvent story_event{.time = "10:00:00", .call = "SendEmail", .parameters = parameters};
        story_event.id = "deadbeef-dead-beef-dead-beefdeadbeef";
        story_event.error = message.empty() ? "" : "ValidationException";
        story_event.message = message;
        return story_event;
    };
    const StoryEvent one = with("{}", "");
    const StoryEvent three = with(R"({"destinations":["a","b","c"]})", "");
    CHECK(hunt({one, three}).front().message_count == 4);
    CHECK(hunt({one, three, one, three}).front().message_count == 4);
    CHECK(hunt({with("{}", "max_tokens: range: 1"), with("{}", "x")}).front().failed_count == 2);
    StoryEvent cloud = one;
    cloud.workload = "arn:aws:lambda:::f";
    CHECK(hunt({one, cloud}).front().use_count == 2);
}

TEST_CASE("hunt: the law of merge beyond the limits of exact counts, under one placeholder id") {
    Story story;
    for (int i = 0; i < 1500; ++i) {
        StoryEvent story_event{.time = clock(i), .call = "SendEmail"};
        if (i % 3 == 0) {
            story_event.id = "00000000-0000-0000-0000-000000000000";
            story_event.time = clock(7);
            story_event.parameters = R"({"destinations":[1)" +
                                     std::string(static_cast<std::size_t>(i % 40) * 2, ' ') + "]}";
            for (int more = 0; more < i % 49; ++more) story_event.parameters.insert(17, "1,");
        }
        story.push_back(story_event);
    }
    const StoryEvents story_events(story);
    const std::string expected = rows_of(activity_of(story_events.events()));
    for (unsigned seed = 0; seed < 10; ++seed) {
        Random random(seed);
        CHECK(rows_of(delivered(story_events.events(), random)) == expected);
    }
}

TEST_CASE("hunt: messages of one event, at most as many as the service accepts") {
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

TEST_CASE("hunt: role sessions are read if the catalogue enables them") {
    const std::string role = "arn:aws:iam::111122223333:role/team/deploy";
    StoryEvent session = call("AssumeRole", R"({"roleArn":")" + role + R"("})");
    const auto kept = [](const std::vector<StoryEvent>& story, const config::Setup& with) {
        const StoryEvents story_events(story);
        HuntActivity activity(with.catalogue);
        std::vector<Added> added;
        for (const Event& event : story_events.events()) added.push_back(activity.add(event));
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

    StoryEvent denied = session;
    denied.error = "AccessDenied";
    StoryEvent nameless = session;
    nameless.parameters = R"({"roleSessionName":"s"})";
    StoryEvent damaged = session;
    damaged.parameters = R"({"roleArn":")";
    StoryEvent by_service = session;
    by_service.type = "AWSService";
    StoryEvent invoked = session;
    invoked.invoked_by = "ec2.amazonaws.com";
    for (const StoryEvent& story_event : {denied, nameless, damaged, by_service, invoked}) {
        CHECK(kept({story_event}, setup()).second.empty());
    }
}

TEST_CASE("hunt: the source of a role session does not show where its caller works") {
    const StoryEvent session =
        call("AssumeRole", R"({"roleArn":"arn:aws:iam::111122223333:role/deploy"})");
    const auto origins = [](const Story& story, const config::Setup& with) {
        const StoryEvents story_events(story);
        HuntActivity activity(with.catalogue);
        for (const Event& event : story_events.events()) activity.add(event);
        std::size_t count = 0;
        activity.for_each_behaviour(with.default_config().hunt, [&count](const Behaviour& who) {
            for (const auto& [hour, seen] : who.head().origins()) count += seen.origins.size();
            CHECK(who.head().activity().traits[Trait::address].texts().size() ==
                  1);  // rows show the address
        });
        return count;
    };
    CHECK(origins({session}, setup()) == 0);
    CHECK(origins({call("SendEmail")}, setup()) == 1);
    CHECK(origins({session, call("SendEmail")}, setup()) == 1);
    // A call that another service names as well counts for that service.
    const std::string other =
        std::string(k_with_links) +
        "[service:sessions]\nsource = sts\nrecon = AssumeRole\nthreshold = 5\n";
    CHECK(origins({session}, setup_with(other)) == 1);
    // The same beyond the number of calls that are kept one by one.
    const Story many = repeated(session, 0, HourActivity::k_exact + 10);
    CHECK(origins(many, setup()) == 0);

    Usual usual = with_habits({{.networks = {"192.0.0.0/16"}, .clients = {"boto"}}});
    CHECK(score("new_source", {session}, k_with_links, usual) == 0);
    CHECK(score("new_source", {call("SendEmail")}, k_with_links, usual) > 0);
}
