#include "config/settings_lookup.hpp"

#include <doctest/doctest.h>
#include <re2/re2.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "config/setup.hpp"
#include "rules/builtin.hpp"
#include "scan/temporary_folder.hpp"

using namespace cloudhijack;
using namespace cloudhijack::config;

namespace {

// The setup of a conf file and a settings lookup, given without its header.
Setup setup_of(std::string_view conf, std::string_view lines,
               std::string_view header = "stanza,key,value\n") {
    const scan::TemporaryFolder folder;
    const std::string conf_path = folder.write("my.conf", conf);
    auto setup =
        read_setup_of(conf_path, folder.write("s.csv", std::string(header) + std::string(lines)));
    REQUIRE(setup);
    CHECK(setup->mistakes.empty());
    return std::move(*setup);
}

// The message about a single line; empty if the line counts.
std::string mistake_of(std::string_view line) {
    const auto setup = setup_of("", std::string(line) + '\n');
    CHECK(setup.settings_problems.unread.empty());
    const auto& lines = setup.settings_problems.bad_lines;
    if (lines.empty()) return {};
    CHECK(lines.size() == 1);
    CHECK(lines[0].ends_with("; the line is ignored"));
    return lines[0].substr(lines[0].find(".csv, line 2: ") + 14);
}

const rules::EvidenceSettings& rule(const Setup& setup, std::string_view id) {
    return setup.evidence->find(id)->second;
}

}  // namespace

TEST_CASE("settings: each kind of key that only the reduce phase uses") {
    const auto setup =
        setup_of("",
                 "service:ses,threshold,7\n[service:sns],label,Texts\nservice:ses,category,Spam\n"
                 " service:ses , data_events , sent mail \nservice:ses,never_logged,the text\n"
                 "evidence:burst,score,9\nevidence:recon_spread,regions,8\n"
                 "evidence:service_sweep,disabled,true\nevidence:denied_use,within,3h\n"
                 "price:my-model,input,2\nprice:my-model,output,4.5\n"
                 "defaults,own_accounts,\"111122223333, 210987654321\"\ndefaults,min_risk,40\n"
                 "defaults,span,10m\ndefaults,distributed,false\ndefaults,sns_threshold,3\n"
                 "defaults,suspicious_names,^x\n");
    CHECK(setup.settings_problems.bad_lines.empty());
    const auto& ses = setup.catalogue.services()[rules::service_index("ses")];
    CHECK(ses.threshold == 7);
    CHECK(ses.category == "Spam");
    CHECK(ses.data_events == "sent mail");
    CHECK(ses.never_logged == "the text");
    CHECK(setup.catalogue.services()[rules::service_index("sns")].label == "Texts");
    CHECK(rule(setup, "burst").number("score") == 9);
    CHECK(rule(setup, "recon_spread").number("regions") == 8);
    CHECK(rule(setup, "service_sweep").is_disabled);
    CHECK(rule(setup, "denied_use").seconds("within") == 3 * 60 * 60);
    REQUIRE(setup.prices->find("my-model") != nullptr);
    CHECK(setup.prices->find("my-model")->output == 4'500'000);
    const auto config = setup.default_config();
    CHECK(config.volume.thresholds.at(rules::service_index("ses")) == 7);
    CHECK(config.hunt.thresholds.at(rules::service_index("sns")) == 3);
    CHECK(config.own_accounts.contains("210987654321"));
    CHECK(config.hunt.min_risk == 40);
    CHECK(config.volume.span == std::chrono::minutes{10});
    CHECK_FALSE(config.distributed);
    CHECK(config.hunt.suspicious_names->pattern() == "^x");
    CHECK(setup.catalogue.fingerprint() == read_built_in_setup().catalogue.fingerprint());
}

TEST_CASE(
    "settings: they override cloudhijack.conf key by key, and of equal keys the last counts") {
    const auto setup = setup_of(
        "[service:ses]\nthreshold = 5\nlabel = Mail\n[defaults]\nmin_score = 3\nmin_risk = 30\n"
        "[price:a]\ninput = 1\noutput = 2\n",
        "service:ses,threshold,6\nservice:ses,threshold,7\ndefaults,min_score,2\nprice:a,output,"
        "3\n");
    CHECK(setup.settings_problems.bad_lines.empty());
    const auto& ses = setup.catalogue.services()[rules::service_index("ses")];
    CHECK(ses.threshold == 7);
    CHECK(ses.label == "Mail");
    CHECK(setup.default_config().volume.min_score == 2);
    CHECK(setup.default_config().hunt.min_risk == 30);
    CHECK(setup.prices->find("a")->input == 1'000'000);
    CHECK(setup.prices->find("a")->output == 3'000'000);
}

TEST_CASE("settings: keys that decide which calls count are errors that name the place for them") {
    const std::string advice =
        "decides which calls count, also on the indexers, which do not read this file; set it in "
        "local/cloudhijack.conf; the line is ignored";
    for (const std::string key :
         {"source", "disabled", "volume", "use", "recon", "enable", "evade", "cleanup",
          "credential", "grant", "tamper", "restore", "prepare", "link", "note"}) {
        CHECK(mistake_of("service:ses," + key + ",true") == "[service:ses] " + key + ": " + advice);
        CHECK(mistake_of("service:own," + key + ",true") == "[service:own] " + key + ": " + advice);
    }
    CHECK(mistake_of("service:own,threshold,5")
              .starts_with("[service:own] threshold: unknown service; write one of bedrock, "));
    CHECK(mistake_of("service:own,threshold,5")
              .ends_with(", or add the service in local/cloudhijack.conf; the line is ignored"));
    const auto own = setup_of("[service:own]\nuse = a:B\n", "service:own,threshold,5\n");
    CHECK(own.settings_problems.bad_lines.empty());
    CHECK(own.catalogue.services().back().threshold == 5);
}

TEST_CASE("settings: no line changes the fingerprint, whatever its stanza and key") {
    const std::string fingerprint = read_built_in_setup().catalogue.fingerprint();
    std::string lines;
    for (const std::string stanza : {"service:ses", "service:links", "service:new",
                                     "evidence:burst", "price:x", "defaults", "default", ""}) {
        for (const std::string key :
             {"source", "disabled", "volume", "use", "link", "label", "threshold", "score", ""}) {
            for (const std::string value : {"", "ses", "true", "false", "9", "ses:GetSendQuota"}) {
                lines += stanza + ',' + key + ',' + value + '\n';
            }
        }
    }
    CHECK(setup_of("", lines).catalogue.fingerprint() == fingerprint);
}

TEST_CASE("settings: a wrong line is reported with its place, and the others count") {
    CHECK(mistake_of("service:ses,threshold,5").empty());
    CHECK(mistake_of("service:ses,threshold,many")
              .starts_with("[service:ses] threshold: invalid value \"many\"; it accepts a whole "));
    CHECK(mistake_of("service:ses,threshhold,5") ==
          "[service:ses] threshhold: unknown key; in this file a service has the keys threshold, "
          "label, category, data_events, never_logged, response; the line is ignored");
    CHECK(mistake_of("service:ses,response,Pause it: aws x --region {region}").empty());
    CHECK(mistake_of("evidence:bursts,score,5").contains("unknown evidence rule; the rules are "));
    CHECK(mistake_of("evidence:burst,scores,5").contains("unknown key; this rule has the keys "));
    CHECK(mistake_of("evidence:burst,score,").contains("invalid value \"\""));
    CHECK(mistake_of("price:x,input,5").contains("the stanza has no key output"));
    CHECK(mistake_of("defaults,spam,1").contains("unknown option; README/"));
    CHECK(mistake_of("defaults,min_risk,101").contains("invalid value \"101\""));
    CHECK(mistake_of("ses,threshold,1").contains("unknown stanza; the stanzas are [defaults]"));
    CHECK(mistake_of(",threshold,1").contains("stanza is empty; write one such as service:ses"));
    CHECK(mistake_of("service:ses,,1") ==
          "[service:ses] key is empty; write one such as threshold; the line is ignored");
    const auto setup = setup_of("",
                                "defaults,min_risk,x\nservice:ses,use,a\n\nprice:x,output,1\n"
                                "evidence:burst,score,9\n");
    const auto& lines = setup.settings_problems.bad_lines;
    REQUIRE(lines.size() == 3);  // in the order of the file, whatever is wrong with them
    CHECK(lines[0].contains("s.csv, line 2: [defaults] min_risk: "));
    CHECK(lines[1].contains("s.csv, line 3: [service:ses] use: "));
    CHECK(lines[2].contains("s.csv, line 5: [price:x] output: "));
    CHECK(rule(setup, "burst").number("score") == 9);
}

TEST_CASE("settings: mistakes in cloudhijack.conf are not those of the lookup") {
    const scan::TemporaryFolder folder;
    const auto setup =
        read_setup_of(folder.write("my.conf", "[service:ses]\nthreshold = many\n"),
                      folder.write("s.csv", "stanza,key,value\nservice:ses,threshold,more\n"));
    REQUIRE(setup);
    REQUIRE(setup->mistakes.size() == 1);
    CHECK(to_text(setup->mistakes[0]).contains("my.conf:2: [service:ses] threshold: "));
    CHECK(setup->settings_problems.bad_lines.size() == 1);
}

TEST_CASE("settings: many or long mistakes are reported in few bytes") {
    std::string lines;
    for (int i = 0; i < 25; ++i) lines += std::string(5'000, 's') + ",k,v\n";
    const auto setup = setup_of("", lines);
    const auto& problems = setup.settings_problems.bad_lines;
    REQUIRE(problems.size() == 21);
    CHECK(problems.back().ends_with("s.csv: 5 more lines are ignored"));
    CHECK(std::ranges::all_of(problems, [](const std::string& one) { return one.size() < 500; }));
}

TEST_CASE("settings: a file that cannot be used counts as empty") {
    const auto unread = [](std::string_view lines, std::string_view header = "stanza,key,value\n") {
        const auto setup = setup_of("", lines, header);
        REQUIRE(setup.settings_problems.unread.size() == 1);
        CHECK(setup.settings_problems.bad_lines.empty());
        CHECK(setup.default_config().hunt.min_risk ==
              read_built_in_setup().default_config().hunt.min_risk);
        return setup.settings_problems.unread[0];
    };
    CHECK(unread("", "stanza,key\n").contains("has no column value; write a header with it"));
    CHECK(unread("defaults,min_risk,40\na,\"b,c\n").contains("line 3: a quote opens and never"));
    std::string rows;
    for (int i = 0; i < 10'001; ++i) rows += "defaults,min_risk,40\n";
    CHECK(unread(rows).ends_with("has more than 10000 rows, which is the limit; remove some"));
    CHECK(setup_of("", "", "").settings_problems.unread.empty());
    const auto missing = read_setup_of("", "/nowhere/s.csv");
    REQUIRE(missing);
    CHECK(missing->settings_problems.unread[0].contains("/nowhere/s.csv: cannot be read: "));
}

TEST_CASE("settings: a note is for people, and another column is reported") {
    const auto setup =
        setup_of("", "why,40,min_risk,defaults,x\n", "NOTE,Value,key,stanza,owner\n");
    CHECK(setup.default_config().hunt.min_risk == 40);
    REQUIRE(setup.settings_problems.bad_lines.size() == 1);
    CHECK(setup.settings_problems.bad_lines[0].ends_with(
        "the column \"owner\" is ignored; the columns are stanza, key, value, note"));
}
