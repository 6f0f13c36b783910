#include "rules/catalogue.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <vector>

#include "config/catalogue_reader.hpp"
#include "log/ledger_log.hpp"
#include "rules/builtin.hpp"

using namespace cloudhijack;
using namespace cloudhijack::config;
using namespace cloudhijack::rules;
using namespace cloudhijack::text;

namespace {

// `service/phase` of every entry for a call, separated by blanks.
std::string entries_of(std::string_view source, std::string_view name) {
    std::string text;
    for (const auto& entry : builtin_catalogue().find(source, name)) {
        if (!text.empty()) text += ' ';
        text += builtin_catalogue().services()[entry.service].id + '/' +
                std::string(k_phase_names.at(static_cast<std::size_t>(entry.phase)));
        for (const auto& condition : entry.conditions) text += '?' + condition.value;
    }
    return text;
}

LoadedCatalogue over_builtin(std::string_view text) {
    return load_catalogue(std::array{embedded_catalogue(), rules::parse("mine.conf", text)});
}

const Service& service(const LoadedCatalogue& loaded, std::string_view id) {
    for (const Service& service : loaded.catalogue.services()) {
        if (service.id == id) return service;
    }
    FAIL("no service " << id);
    return loaded.catalogue.services().front();
}

std::vector<std::string> mistakes_of(std::string_view text) {
    std::vector<std::string> texts;
    for (const auto& mistake : over_builtin(text).mistakes) texts.push_back(to_text(mistake));
    return texts;
}

}  // namespace

TEST_CASE("catalogue: the number of services is limited, as each can be compared with each other") {
    std::string conf;
    for (int i = 0; i < 300; ++i) {
        conf += "[service:s" + std::to_string(i) + "]\nsource = s\nuse = Call\n";
    }
    const LoadedCatalogue loaded = over_builtin(conf + "[service:ses]\nthreshold = 7\n");
    CHECK(loaded.catalogue.services().size() <= k_most_services);
    CHECK(service(loaded, "ses").threshold == 7);
    REQUIRE_FALSE(loaded.mistakes.empty());
    CHECK(to_text(loaded.mistakes.back()) ==
          "mine.conf:900: [service:s299] use: too many services; there are at most 200");
}

TEST_CASE("catalogue: the built-in one has no mistakes and the documented services") {
    CHECK(load_catalogue(std::array{embedded_catalogue()}).mistakes.empty());
    std::string ids;
    for (const Service& service : builtin_catalogue().services()) {
        ids += service.id + ' ' + std::to_string(service.threshold) + ", ";
    }
    CHECK(ids ==
          "bedrock 50, agentcore 50, sagemaker 500, azure_openai 600, ses 100, sns 200, "
          "sms_voice 200, voice 20, workmail 5, bedrock_invocations 50, "
          "sendgrid 100, twilio 200, vertex 50, account 50, ");
}

TEST_CASE("catalogue: source and name match as a pair, exactly") {
    CHECK(entries_of("ses.amazonaws.com", "SendRawEmail") == "ses/volume ses/use");
    CHECK(entries_of("sns.amazonaws.com", "PublishBatch") == "sns/volume sns/use");
    CHECK(entries_of("bedrock.amazonaws.com", "CreateModelInvocationJob") ==
          "bedrock/volume bedrock/use");
    CHECK(entries_of("bedrock.amazonaws.com", "Converse") == "bedrock/use");
    CHECK(entries_of("bedrock-mantle.amazonaws.com", "CreateInference") == "bedrock/use");
    CHECK(entries_of("bedrock.amazonaws.com", "CreateInference").empty());
    CHECK(entries_of("sms-voice.amazonaws.com", "SendTextMessage") == "sms_voice/use");
    CHECK(entries_of("iam.amazonaws.com", "CreateUser") == "account/credential");
    CHECK(entries_of("support.amazonaws.com", "CreateCase") == "account/credential");
    CHECK(entries_of("sns.amazonaws.com", "GetSMSAttributes") == "sns/recon");
    CHECK(entries_of("ses.amazonaws.com", "DeleteIdentity") == "ses/cleanup");
    CHECK(entries_of("ses.amazonaws.com", "UpdateAccountSendingEnabled") == "ses/enable?true");
    CHECK(entries_of("bedrock.amazonaws.com", "PutModelInvocationLoggingConfiguration") ==
          "bedrock/evade?false account/restore?true");
    CHECK(entries_of("aws-external-anthropic.amazonaws.com", "CreateInference") == "bedrock/use");
    CHECK(entries_of("bedrock-agentcore.amazonaws.com", "InvokeAgentRuntime") == "agentcore/use");
    CHECK(entries_of("sagemaker.amazonaws.com", "InvokeEndpoint") == "sagemaker/use");
    CHECK(entries_of("mobiletargeting.amazonaws.com", "SendMessages") == "sms_voice/use");
    CHECK(entries_of("connect.amazonaws.com", "StartOutboundVoiceContact") == "voice/use");
    CHECK(entries_of("chime.amazonaws.com", "PutVoiceConnectorTermination") == "voice/enable");
    CHECK(entries_of("workmail.amazonaws.com", "RegisterToWorkMail") == "workmail/use");
    CHECK(entries_of("sns.amazonaws.com", "Subscribe") == "sns/prepare?sms");
    CHECK(entries_of("iam.amazonaws.com", "CreateRole") == "account/credential account/grant");
    CHECK(entries_of("ses.amazonaws.com", "PutIdentityPolicy") == "ses/enable account/grant");
    CHECK(entries_of("ses.amazonaws.com", "CreateIngressPoint") == "account/credential?AUTH");
    CHECK(entries_of("cloudtrail.amazonaws.com", "StopLogging") == "account/tamper");
    CHECK(entries_of("logs.amazonaws.com", "DeleteLogGroup") == "account/tamper");
    CHECK(entries_of("support.amazonaws.com", "CreateSupportCase") == "account/credential");
    CHECK(entries_of("sts.amazonaws.com", "AssumeRole").empty());
    CHECK(entries_of("sns.amazonaws.com", "CreateTopic").empty());
    CHECK(entries_of("ses.amazonaws.com", "Publish").empty());
    CHECK(entries_of("iot.amazonaws.com", "Publish").empty());
    CHECK(entries_of("SNS.amazonaws.com", "Publish").empty());
    CHECK(entries_of("sns.amazonaws.com", "publish").empty());
    CHECK(entries_of("sns", "Publish").empty());
    CHECK(entries_of("", "").empty());
}

TEST_CASE("catalogue: a layer overrides key by key") {
    const auto loaded = over_builtin(
        "[service:ses]\nthreshold = 7\nvolume = SendEmail\n[service:sns]\nsource = sns2\n");
    CHECK(loaded.mistakes.empty());
    CHECK(service(loaded, "ses").threshold == 7);
    CHECK(service(loaded, "ses").label == "AWS SES");
    CHECK(service(loaded, "ses").calls_of(Phase::volume).size() == 1);
    CHECK(service(loaded, "ses").calls_of(Phase::use).size() == 6);
    CHECK(service(loaded, "sns").calls_of(Phase::volume)[0].source == "sns2.amazonaws.com");
}

TEST_CASE("catalogue: an empty list removes a service's calls") {
    CHECK(
        service(over_builtin("[service:ses]\nvolume =\n"), "ses").calls_of(Phase::volume).empty());
}

TEST_CASE("catalogue: a custom service, with defaults for the missing keys") {
    const auto loaded = over_builtin(
        "[service:polly]\nvolume = SynthesizeSpeech(engine=neural,a.b=1) other.example.com:X\n"
        "source = polly\n");
    CHECK(loaded.mistakes.empty());
    const Service& polly = service(loaded, "polly");
    CHECK(polly.label == "polly");
    CHECK(polly.category == "SaaS Service Abuse");
    CHECK(polly.threshold == 50);
    const auto& calls = polly.calls_of(Phase::volume);
    REQUIRE(calls.size() == 2);
    CHECK(calls[0].source == "polly.amazonaws.com");
    CHECK(calls[0].name == "SynthesizeSpeech");
    CHECK(calls[0].conditions ==
          std::vector<log::Condition>{{.path = {"engine"}, .value = "neural"},
                                      {.path = {"a", "b"}, .value = "1"}});
    CHECK(calls[1].source == "other.example.com");
}

TEST_CASE(
    "catalogue: a source of a known log is read as it is, other sources without a dot are AWS "
    "sources") {
    const auto loaded = load_catalogue(
        std::array{rules::parse("mine.conf",
                                "[service:printing]\nsource = ledger\n"
                                "use = print ledger-archive:print ledgers:print azure-apim:print\n"
                                "recon = ledger.example:list\n")},
        log::two_logs());
    CHECK(loaded.mistakes.empty());
    std::vector<std::string> sources;
    for (const CatalogueCall& call : service(loaded, "printing").calls_of(Phase::use)) {
        sources.push_back(call.source);
    }
    CHECK(sources == std::vector<std::string>{"ledger", "ledger-archive", "ledgers.amazonaws.com",
                                              "azure-apim.amazonaws.com"});
    CHECK(service(loaded, "printing").calls_of(Phase::recon)[0].source == "ledger.example");
    CHECK(loaded.catalogue.find("ledger", "print").size() == 1);
}

TEST_CASE("catalogue: names as other providers write them") {
    const std::vector<std::string> names = {"processed",
                                            "verify-sent",
                                            "user-session.created",
                                            "sms-geographic-permissions.updated",
                                            "verify-geo-permissions-sms.updated",
                                            "verify-fraud-guard-mode.updated",
                                            "account-auth-token.secondary-created",
                                            "ChatCompletions_Create",
                                            "accounts/write",
                                            "accounts/deployments/write",
                                            "accounts/connections/listsecrets/action",
                                            "Microsoft.CognitiveServices/accounts/listKeys/action",
                                            "Microsoft.Insights/diagnosticSettings/delete"};
    std::string text = "[service:other]\nsource = azure-openai\nuse =";
    for (const std::string& name : names) text += ' ' + name;
    text +=
        "\ncredential = iam:CreateServiceAccountKey azure:a/b-c.d_e "
        "azure:accounts/write(properties.disableLocalAuth=false)\n";
    const auto loaded = over_builtin(text);
    CHECK(loaded.mistakes.empty());
    std::vector<std::string> read;
    for (const CatalogueCall& call : service(loaded, "other").calls_of(Phase::use)) {
        read.push_back(call.name);
    }
    CHECK(read == names);
    const auto& others = service(loaded, "other").calls_of(Phase::credential);
    REQUIRE(others.size() == 3);
    CHECK(others[0].source == "iam.amazonaws.com");
    CHECK(others[1].name == "a/b-c.d_e");
    CHECK(others[2].name == "accounts/write");
    CHECK(others[2].conditions.size() == 1);
}

TEST_CASE("catalogue: names match in any case only for the logs that ignore it") {
    const auto loaded = load_catalogue(
        std::array{rules::parse("mine.conf",
                                "[service:printing]\nsource = ledger\n"
                                "use = Print_Create accounts/listKeys/action LIST\nrecon = list\n"
                                "cleanup = ledger-archive:print_create\n")},
        log::two_logs());
    REQUIRE(loaded.mistakes.empty());
    const Catalogue& catalogue = loaded.catalogue;
    const log::Log ignoring_case = [] {
        log::Log one = log::ledger();
        one.ignores_case = true;
        return one;
    }();
    // `phase name` of each entry for a call.
    const auto found = [&catalogue](const log::Log& log, std::string_view source,
                                    std::string_view name) {
        log::Event event;
        event.log = &log;
        event.source = source;
        event.name = name;
        std::string text;
        for (const auto& entry : catalogue.find(event)) {
            text += std::string(k_phase_names.at(static_cast<std::size_t>(entry.phase))) + ' ' +
                    std::string(catalogue.call_name(entry.service, entry.call));
        }
        return text;
    };
    CHECK(found(ignoring_case, "ledger", "Print_Create") == "use Print_Create");
    CHECK(found(ignoring_case, "ledger", "print_create") == "use Print_Create");
    CHECK(found(ignoring_case, "ledger-archive", "PRINT_CREATE") == "cleanup print_create");
    CHECK(found(ignoring_case, "ledger", "ACCOUNTS/LISTKEYS/ACTION") ==
          "use accounts/listKeys/action");
    CHECK(found(ignoring_case, "ledger", "list") == "recon list");  // an exact match comes first
    CHECK(found(ignoring_case, "ledger", "LIST") == "use LIST");
    CHECK_FALSE(found(ignoring_case, "ledger", "List").empty());
    CHECK(found(ignoring_case, "LEDGER", "Print_Create").empty());
    CHECK(found(ignoring_case, "ledger", "Print-Create").empty());
    CHECK(found(ignoring_case, "ledger", "").empty());
    CHECK(found(ignoring_case, "ledger", std::string(100'000, 'P')).empty());
    CHECK(found(log::ledger(), "ledger", "Print_Create") == "use Print_Create");
    CHECK(found(log::ledger(), "ledger", "print_create").empty());
    CHECK(found(log::cloudtrail(), "ledger", "PRINT_CREATE").empty());
}

TEST_CASE("catalogue: a call of use can have a weight") {
    const auto loaded = over_builtin(
        "[service:polly]\nsource = polly\nuse = A*1 B*1000 C(a=*,b=2)*20 other:D*3 E(a=*)\n");
    CHECK(loaded.mistakes.empty());
    const auto& calls = service(loaded, "polly").calls_of(Phase::use);
    REQUIRE(calls.size() == 5);
    std::vector<std::uint16_t> weights;
    for (const CatalogueCall& call : calls) weights.push_back(call.weight);
    CHECK(weights == std::vector<std::uint16_t>{1, 1000, 20, 3, 1});
    CHECK(calls[1].name == "B");
    CHECK(calls[2].name == "C");
    CHECK(calls[2].conditions == std::vector<log::Condition>{{.path = {"a"}, .value = "*"},
                                                             {.path = {"b"}, .value = "2"}});
    CHECK(calls[3].source == "other.amazonaws.com");
    const auto entries = loaded.catalogue.find("polly.amazonaws.com", "C");
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].weight == 20);
}

TEST_CASE("catalogue: the built-in weights") {
    const auto weight_of = [](std::string_view source, std::string_view name) {
        std::uint64_t sum = 0;
        for (const auto& entry : builtin_catalogue().find(source, name)) sum += entry.weight;
        return sum;
    };
    CHECK(weight_of("bedrock.amazonaws.com", "CreateModelInvocationJob") == 101);  // volume: 1
    CHECK(weight_of("bedrock-mantle.amazonaws.com", "CreateFineTuningJob") == 100);
    CHECK(weight_of("aws-external-anthropic.amazonaws.com", "CreateBatchInference") == 100);
    CHECK(weight_of("bedrock-agentcore.amazonaws.com", "ProcessPayment") == 10);
    CHECK(weight_of("bedrock.amazonaws.com", "Converse") == 1);
}

TEST_CASE("catalogue: a weight changes the fingerprint") {
    const auto fingerprint = [](std::string_view use) {
        return over_builtin("[service:polly]\nsource = polly\nuse = " + std::string(use) + '\n')
            .catalogue.fingerprint();
    };
    CHECK(fingerprint("A*2") != fingerprint("A*3"));
    CHECK(fingerprint("A") != fingerprint("A*2"));
    CHECK(fingerprint("A") == fingerprint("A*1"));
}

TEST_CASE("catalogue: the response of a service, which the fingerprint does not cover") {
    const auto without = over_builtin("");
    const auto loaded = over_builtin(
        "[service:ses]\nresponse = Stop it;  x \\\n  fails: y  '{region}' {\"a\":{}}\n");
    CHECK(loaded.mistakes.empty());
    CHECK(service(loaded, "ses").response == "Stop it; x fails: y '{region}' {\"a\":{}}");
    CHECK(loaded.catalogue.fingerprint() == without.catalogue.fingerprint());
    for (const std::string& value :
         {std::string("y"), std::string("Stop it:y"), std::string(": y"),
          std::string("Stop it: y {user}"), std::string("Stop: {Region}{x}"),
          "Stop it: " + std::string(rules::k_longest_response, 'y')}) {
        CAPTURE(value);
        const auto wrong = over_builtin("[service:ses]\nresponse = " + value + '\n');
        CHECK(wrong.mistakes.size() == 1);
        CHECK(service(wrong, "ses").response == service(without, "ses").response);
    }
}

TEST_CASE("catalogue: it does not contain a disabled service") {
    const std::string polly = "[service:polly]\nsource = polly\nuse = Speak\n";
    const auto without = over_builtin("");
    const auto disabled = over_builtin(polly + "disabled = Yes\n");
    CHECK(disabled.mistakes.empty());
    CHECK(disabled.catalogue.find("polly.amazonaws.com", "Speak").empty());
    CHECK(disabled.catalogue.services().size() == without.catalogue.services().size());
    CHECK(disabled.catalogue.call_names() == without.catalogue.call_names());
    CHECK(disabled.catalogue.fingerprint() == without.catalogue.fingerprint());
    const auto enabled = over_builtin(polly + "disabled = false\n");
    CHECK(enabled.catalogue.find("polly.amazonaws.com", "Speak").size() == 1);
    CHECK(enabled.catalogue.fingerprint() != without.catalogue.fingerprint());
}

TEST_CASE("catalogue: a later layer enables or disables a service") {
    const auto links = over_builtin("[service:links]\ndisabled = 0\n");
    CHECK(links.mistakes.empty());
    CHECK(service(links, "links").calls_of(Phase::link).size() == 1);
    const auto entries = links.catalogue.find("sts.amazonaws.com", "AssumeRole");
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].phase == Phase::link);
    const auto no_ses = over_builtin("[service:ses]\ndisabled = true\n");
    CHECK(no_ses.mistakes.empty());
    CHECK(no_ses.catalogue.find("ses.amazonaws.com", "SendEmail").empty());
    CHECK(no_ses.catalogue.find("ses.amazonaws.com", "PutIdentityPolicy").size() == 1);  // account
}

TEST_CASE("catalogue: the last service cannot be disabled") {
    const auto only = [](std::string_view text) {
        return load_catalogue(std::array{rules::parse("mine.conf", text)});
    };
    const auto none =
        only("[service:a]\nuse = a:A\ndisabled = true\n[service:b]\nuse = b:B\ndisabled = true\n");
    REQUIRE(none.mistakes.size() == 1);
    CHECK(to_text(none.mistakes[0]) ==
          "mine.conf:6: [service:b] disabled: disables the last service; keep at least one");
    CHECK(none.catalogue.services().size() == 2);
    const auto one = only("[service:a]\nuse = a:A\ndisabled = true\n[service:b]\nuse = b:B\n");
    CHECK(one.mistakes.empty());
    CHECK(one.catalogue.services().size() == 1);
}

TEST_CASE("catalogue: every phase is a key of a service") {
    for (const std::string_view phase : k_phase_names) {
        const auto loaded =
            over_builtin("[service:polly]\nsource = polly\n" + std::string(phase) + " = Speak\n");
        CAPTURE(phase);
        CHECK(loaded.mistakes.empty());
        CHECK_FALSE(loaded.catalogue.find("polly.amazonaws.com", "Speak").empty());
    }
}

TEST_CASE(
    "catalogue: a mistake names file, line, stanza and key, and the value of the layer below "
    "stays") {
    const auto loaded = over_builtin("[service:ses]\nthreshold = many\nlabel = Mail\n");
    REQUIRE(loaded.mistakes.size() == 1);
    CHECK(to_text(loaded.mistakes[0]) ==
          "mine.conf:2: [service:ses] threshold: invalid value \"many\"; it accepts a "
          "whole number from 0 to 1000000000");
    CHECK(service(loaded, "ses").threshold == 100);
    CHECK(service(loaded, "ses").label == "Mail");
    const auto list = over_builtin("[service:ses]\nvolume = SendEmail Send(Email\n");
    CHECK(list.mistakes.size() == 1);
    CHECK(service(list, "ses").calls_of(Phase::volume).size() == 4);
    const auto sourceless = over_builtin("[service:account]\ncredential = CreateUser\n");
    CHECK(sourceless.mistakes.size() == 1);
    CHECK(service(sourceless, "account").calls_of(Phase::credential).size() ==
          builtin_catalogue()
              .services()[service_index("account")]
              .calls_of(Phase::credential)
              .size());
}

TEST_CASE("catalogue: mistakes of every kind") {
    const std::vector<std::pair<std::string, std::string>> wrong = {
        {"[service:ses]\nthreshold = -1\n", "whole number"},
        {"[service:ses]\nthreshold = 1000000001\n", "whole number"},
        {"[service:ses]\nlabel =\n", "it accepts one line of text"},
        {"[service:ses]\nsource = a b\n", "it accepts an event source"},
        {"[service:ses]\ncolour = red\n", "unknown key; a service has the keys label"},
        {"[service:ses]\nuse = a:b:c\n", "is not a valid call name; a name"},
        {"[service:ses]\nuse = :Send\n", "has no valid source before the colon; a source"},
        {"[service:ses]\nuse = a/b:Send\n", "has no valid source before the colon; a source"},
        {"[service:ses]\nsource = a/b\n", "it accepts an event source"},
        {"[service:ses]\nuse = Send(a)\n", "is not a condition; write path=value"},
        {"[service:ses]\nuse = Send(=a)\n", "empty key"},
        {"[service:ses]\nuse = Send(a..b=c)\n", "empty key"},
        {"[service:ses]\nuse = Send(a=b,)\n", "is not a condition; write path=value"},
        {"[service:ses]\nuse = Send*0\n", "\"Send*0\" has no valid weight after its *; a weight"},
        {"[service:ses]\nuse = Send*1001\n", "a weight is a whole number from 1 to 1000"},
        {"[service:ses]\nuse = Send*\n", "* is not a wildcard"},
        {"[service:ses]\nuse = Send*2*3\n", "no valid weight"},
        {"[service:ses]\nuse = Send(a=b)*-1\n", "no valid weight"},
        {"[service:ses]\nuse = Send*2(a=b)\n", "is not a valid call name; a name"},
        {"[service:ses]\nuse = *2\n", "is not a valid call name; a name"},
        {"[service:ses]\nvolume = Send*2\n",
         "\"Send*2\" has a weight, which only the key use supports; write \"Send\""},
        {"[service:ses]\nenable = ses:Send(a=b)*2\n", "write \"ses:Send(a=b)\""},
        {"[service:ses]\ndisabled = perhaps\n",
         "invalid value \"perhaps\"; it accepts true or false"},
        {"[service:new]\nuse = Send\n", "has no source"},
        {"[service:New]\nsource = a\n", "invalid service id; an id has only"},
        {"[service:]\nsource = a\n", "invalid service id; an id has only"},
        {"[services]\nsource = a\n", "unknown stanza; the stanzas are"},
        {"threshold = 1\n", "unknown stanza; the stanzas are"},
        {"[service:ses\nthreshold = 1\n", "the stanza's name has no closing ]"},
        {"[service:ses]\nthreshold\n", "not a valid line; write [stanza], key = value"},
    };
    for (const auto& [text, why] : wrong) {
        CAPTURE(text);
        const auto mistakes = mistakes_of(text);
        REQUIRE_FALSE(mistakes.empty());
        CHECK(mistakes.front().contains(why));
        CHECK(mistakes.front().starts_with("mine.conf:"));
    }
}
