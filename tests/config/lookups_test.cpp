#include "config/lookups.hpp"

#include <doctest/doctest.h>

#include "config/setup_for_tests.hpp"
#include "output/answer.hpp"
#include "output/csv_and_ndjson.hpp"
#include "scan/temporary_folder.hpp"

using namespace cloudhijack;
using namespace cloudhijack::config;
using namespace cloudhijack::scan;
using config::Mode;

namespace {

constexpr std::string_view k_baseline_header =
    "account,principal,service,first_seen,last_seen,peak_hour\n";  // as written by older versions
constexpr std::string_view k_whole_header =
    "account,principal,service,first_seen,last_seen,peak_hour,peak_day,peaks,phases,models,regions,"
    "networks,clients,parents,made,peak_cost\n";
constexpr std::int64_t k_now = 1'775'000'000;  // 31 March 2026
constexpr std::string_view k_allowlist_header =
    "principal,service,evidence,threshold,expires,note\n";

/// An app's lookups folder, and what is read from it.
struct App {
    TemporaryFolder folder = {};
    config::Setup setup = setup_with();
    config::Config config = setup.default_config();
    config::LookupProblems problems = {};

    void read(Mode mode, std::string_view baseline, std::string_view allowlist,
              std::string_view networks = {}) {
        if (!baseline.empty()) folder.write("cloudhijack_baseline.csv", baseline);
        if (!networks.empty()) folder.write("cloudhijack_networks.csv", networks);
        if (!allowlist.empty()) folder.write("cloudhijack_allowlist.csv", allowlist);
        setup.lookups_folder = folder.path();
        config.mode = mode;
        problems = config::read_lookups(setup.catalogue, setup.lookups_folder, config, k_now);
    }
    [[nodiscard]] std::size_t exceptions() const { return config.hunt.allowlist->of("eve").size(); }
};

// The problem with a line of the allowlist; empty if the line counts.
std::string mistake(std::string_view line) {
    App app;
    app.read(Mode::hunt, {}, std::string(k_allowlist_header) + std::string(line) + '\n');
    CHECK(app.problems.unread.empty());
    CHECK(app.exceptions() == (app.problems.bad_lines.empty() ? 1U : 0U));
    if (app.problems.bad_lines.empty()) return {};
    const std::string& text = app.problems.bad_lines.front();
    return text.substr(text.find("line 2: ") + 8);
}

}  // namespace

TEST_CASE("lookups: each mode reads what it uses") {
    const std::string baseline =
        std::string(k_baseline_header) +
        "111122223333,eve,ses,2026-03-02T00:00:00Z,2026-03-03T00:00:00Z,7\n";
    const std::string allowlist = std::string(k_allowlist_header) + "eve,*,,,,\n";
    const auto read = [&](Mode mode) {
        App app;
        app.read(mode, baseline, allowlist);
        CHECK(app.problems.bad_lines.empty());
        CHECK(app.problems.unread.empty());
        return std::pair(app.config.hunt.history->baseline().rows().size(),
                         app.exceptions() + app.config.volume.allowlist->of("eve").size());
    };
    CHECK(read(Mode::hunt) == std::pair<std::size_t, std::size_t>(1, 2));
    CHECK(read(Mode::volume) == std::pair<std::size_t, std::size_t>(0, 2));
    CHECK(read(Mode::baseline) == std::pair<std::size_t, std::size_t>(1, 0));
    CHECK(read(Mode::coverage) == std::pair<std::size_t, std::size_t>(0, 0));
}

TEST_CASE(
    "lookups: a missing file counts as empty in a search and is an error on the command line") {
    App app;
    app.read(Mode::hunt, {}, {});
    CHECK(app.problems.unread.empty());
    CHECK(app.config.hunt.history->baseline().rows().empty());
    app.config.baseline_file = "/nowhere/usual.csv";
    app.problems = config::read_lookups(app.setup.catalogue, app.setup.lookups_folder, app.config);
    REQUIRE(app.problems.unread.size() == 1);
    CHECK(app.problems.unread.front() ==
          "/nowhere/usual.csv: cannot be read: No such file or directory");
}

// The rows of the baseline that was read, written again.
std::string written(App& app) {
    const auto activity = output::new_activity(app.setup, app.config);
    const auto findings = output::findings_of(activity, app.config);
    REQUIRE(findings);
    const auto [columns, rows] = output::answer_of(*findings);
    return output::to_csv(columns, rows, true);
}

TEST_CASE("lookups: a baseline is written as it was read") {
    const std::string text =
        std::string(k_whole_header) +
        "111122223333,\"arn:aws:iam::111122223333:user/a,\"\"b\"\"\",ses,2026-03-02T00:00:00Z,"
        "2026-03-03T01:02:03Z,7,12,2026-W10=7,use=2026-03-02/2026-03-03,,"
        "us-east-1=2026-03-02/2026-03-03,,,,,412.3710\n"
        "111122223333,eve,account,2026-03-02T00:00:00Z,2026-03-03T01:02:03Z,0,,,"
        "credential=2026-03-02/2026-03-03,,,*=2026-03-02/2026-03-02 "
        "appstream.amazonaws.com=2026-03-03/2026-03-03 203.0.0.0/16=2026-03-03/2026-03-03,"
        "0f4a9c21=2026-03-02/2026-03-03,a%20b=2026-03-02/2026-03-03,"
        "2026-03-01T00:00:00Z/arn:aws:iam::111122223333:user/ann/k,\n"
        "111122223333,eve,polly,2025-01-01T00:00:00Z,2025-01-01T00:00:00Z,0,,,,,,,,,,\n";
    App app;
    app.read(Mode::baseline, text, {});
    CHECK(app.problems.bad_lines.empty());
    CHECK(app.problems.bad_values.empty());
    // Values are in byte order: digits come before letters.
    std::string sorted = text;
    const std::string service = "appstream.amazonaws.com=2026-03-03/2026-03-03 ";
    const std::string network = "203.0.0.0/16=2026-03-03/2026-03-03";
    const auto place = sorted.find(service);
    sorted.replace(place, service.size() + network.size(),
                   network + ' ' + service.substr(0, service.size() - 1));
    CHECK(written(app) == sorted);
    app.read(Mode::baseline, sorted, {});
    CHECK(written(app) == sorted);
}

TEST_CASE("lookups: a baseline of an older version is read") {
    App app;
    app.read(Mode::baseline,
             std::string(k_baseline_header) +
                 "111122223333,eve,ses,2026-03-02T00:00:00Z,2026-03-03T00:00:00Z,7\n",
             {});
    CHECK(app.problems.bad_lines.empty());
    CHECK(app.problems.bad_values.empty());
    CHECK(written(app) ==
          std::string(k_whole_header) +
              "111122223333,eve,ses,2026-03-02T00:00:00Z,2026-03-03T00:00:00Z,7,,,,,,,,,,\n");
}

TEST_CASE("lookups: an unreadable value of a baseline is ignored, the rest of its row counts") {
    for (const Mode mode : {Mode::hunt, Mode::baseline}) {
        App app;
        app.read(mode,
                 std::string(k_whole_header) +
                     "111122223333,eve,account,2026-03-02T00:00:00Z,2026-03-03T00:00:00Z,7,1.5E+03,"
                     "2026-W10=7 2026-W60=1,use=2026-03-02/2026-03-03 using=2026-03-02/2026-03-03,,"
                     "us-east-1=46083,203.0.113.0/24=2026-03-02/2026-03-03,1.2E+07=2026-03-02/"
                     "2026-03-03,,02.03.2026/ann/k,1e3\n",
                 {});
        CHECK(app.problems.bad_lines.empty());
        CHECK(config::check_whole(app.problems));
        REQUIRE(app.problems.bad_values.size() == 8);
        const auto& first = app.problems.bad_values.front();
        CHECK(
            first.contains("cloudhijack_baseline.csv, line 2: peak_day: "
                           "\"1.5E+03\"; write a whole number; the value is ignored"));
        const std::vector<std::string> columns = {"peak_day", "peak_cost", "peaks",   "phases",
                                                  "regions",  "networks",  "clients", "made"};
        for (std::size_t i = 0; i < columns.size(); ++i) {
            CHECK(app.problems.bad_values[i].contains(", line 2: " + columns[i] + ": "));
        }
        const auto& rows = app.config.hunt.history->baseline().rows();
        REQUIRE(rows.size() == 1);
        CHECK(rows.begin()->second.peaks.size() == 1);
        CHECK(rows.begin()->second.phases.values().size() == 1);
        CHECK(rows.begin()->second.regions.is_empty());
    }
}

TEST_CASE("lookups: many bad values are reported in few lines") {
    std::string text(k_whole_header);
    for (int i = 0; i < 30; ++i) {
        text += "111122223333,u" + std::to_string(i) +
                ",ses,2026-03-02T00:00:00Z,2026-03-03T00:00:00Z,7,x,,,,,,,,\n";
    }
    App app;
    app.read(Mode::hunt, text, {});
    CHECK(app.problems.bad_values.size() == 21);
    CHECK(app.problems.bad_values.back().ends_with(": 10 more values are ignored"));
}

TEST_CASE("lookups: an account changed by a spreadsheet is reported and kept") {
    for (const char* account : {"11112222333", "1.11122E+11", "1111222233334", "'111122223333"}) {
        App app;
        app.read(Mode::baseline,
                 std::string(k_baseline_header) + account +
                     ",eve,ses,2026-03-02T00:00:00Z,2026-03-03T00:00:00Z,7\n"
                     "unknown,eve,ses,2026-03-02T00:00:00Z,2026-03-03T00:00:00Z,7\n",
                 {});
        CHECK(config::check_whole(app.problems));
        REQUIRE(app.problems.bad_values.size() == 1);
        CHECK(app.problems.bad_values.front().contains(", line 2: account is \"" +
                                                       std::string(account) + '"'));
        CHECK(written(app).contains(std::string("\n") + account + ",eve"));
    }
}

TEST_CASE("lookups: networks, and mistakes in their lines") {
    App app;
    app.read(Mode::hunt, {}, {},
             "cidr,label\n203.0.113.0/24,office\n2001:db8::/32,\n198.51.100.7,gateway\n"
             "203.0.113.7/24,\n203.0.113.0/33,\nhome,\n,\n0.0.0.0/0,all\n");
    CHECK(app.problems.unread.empty());
    CHECK(app.problems.bad_lines.empty());
    const auto& problems = app.problems.bad_values;
    REQUIRE(problems.size() == 5);
    CHECK(
        problems[0].ends_with("cloudhijack_networks.csv, line 5: cidr is \"203.0.113.7/24\", not a "
                              "network; with this prefix it is "
                              "203.0.113.0/24; the line is ignored"));
    CHECK(problems[1].contains("not a network; its prefix is longer than an address"));
    CHECK(problems[2].contains("not a network; write it like 203.0.113.0/24 or"));
    CHECK(problems[3].contains("not a network; write it like"));
    CHECK(problems[4].contains("line 9: cidr is \"0.0.0.0/0\", which is every address"));
    const auto is_listed = [&app](std::string_view address) {
        return app.config.hunt.history->is_listed_or_private(text::parse_address(address));
    };
    CHECK(is_listed("203.0.113.9"));
    CHECK(is_listed("2001:db8::1"));
    CHECK(is_listed("198.51.100.7"));
    CHECK_FALSE(is_listed("198.51.100.8"));
}

TEST_CASE("lookups: networks are read by the modes that use source addresses") {
    for (const Mode mode : {Mode::volume, Mode::hunt, Mode::baseline, Mode::coverage}) {
        App app;
        app.read(mode, {}, {}, "name,label\n203.0.113.0/24,office\n");
        const bool reads = mode == Mode::hunt || mode == Mode::baseline;
        CHECK(app.problems.unread.size() == (reads ? 1U : 0U));
        app.read(mode, {}, {}, "CIDR,label,owner\n203.0.113.0/24,office,me\n");
        CHECK(app.problems.unread.empty());
        REQUIRE(app.problems.bad_values.size() == (reads ? 1U : 0U));
        if (reads)
            CHECK(app.problems.bad_values.front().contains("the column \"owner\" is ignored"));
    }
}

TEST_CASE("lookups: the organisation's accounts are part of the history") {
    App app;
    app.config.own_accounts = {"210987654321"};
    app.read(Mode::hunt, {}, {});
    CHECK(app.config.hunt.history->is_own_account("210987654321"));
    CHECK_FALSE(app.config.hunt.history->is_own_account("111122223333"));
}

TEST_CASE("lookups: lines of a baseline that do not count") {
    App app;
    app.read(Mode::hunt,
             std::string(k_baseline_header) +
                 "111122223333,eve,ses,2026-03-02T00:00:00Z,2026-03-03T00:00:00Z,7\n"
                 "111122223333,,ses,2026-03-02T00:00:00Z,2026-03-03T00:00:00Z,7\n"
                 "111122223333,eve,ses,yesterday,2026-03-03T00:00:00Z,7\n"
                 "111122223333,eve,ses,2026-03-04T00:00:00Z,2026-03-03T00:00:00Z,7\n"
                 "111122223333,eve,ses,2026-03-02T00:00:00Z,2026-03-03T00:00:00Z,-1\n"
                 "111122223333,eve,sns,1772409600,1772409600.5,1\n",
             {});
    CHECK(app.config.hunt.history->baseline().rows().size() == 2);
    REQUIRE(app.problems.bad_lines.size() == 4);
    CHECK(app.problems.bad_lines[0].contains(
        "cloudhijack_baseline.csv, line 3: account, principal or service is empty"));
    CHECK(app.problems.bad_lines[1].contains("line 4: first_seen is "));
    CHECK(app.problems.bad_lines[2].contains("line 5: last_seen is before first_seen"));
    CHECK(app.problems.bad_lines[3].contains("line 6: peak_hour is \"-1\"; write a whole number"));
}

TEST_CASE("lookups: lines of an allowlist, and mistakes in them") {
    CHECK(mistake("eve,*,,,,").empty());
    CHECK(mistake("*,ses,burst probe,500,2026-03-31,why").empty());
    CHECK(mistake("e*,*,*,,,").empty());
    CHECK(mistake("eve,*,\"burst, probe\",500,,").empty());
    CHECK(mistake(",*,,,,").starts_with("principal is empty"));
    CHECK(mistake(std::string(1001, 'e') + ",*,,,,")
              .starts_with("principal is too long; write at most 1000 bytes"));
    CHECK(mistake("eve,,,,,").starts_with("service is \"\"; write one of bedrock, agentcore"));
    CHECK(mistake("eve,mail,,,,").starts_with("service is \"mail\"; write one of "));
    CHECK(mistake(" eve , * , burst , 5 , 2026-03-31 ,").empty());
    CHECK(mistake("eve,*,bursts,,,").starts_with("unknown evidence rule \"bursts\"; write ids"));
    CHECK(
        mistake("eve,*,\",\",,,").starts_with("evidence is \",\", which names no rule; write ids"));
    CHECK(mistake("eve,*,,many,,").starts_with("threshold is \"many\"; write a whole number"));
    CHECK(mistake("eve,*,probe,5,,").starts_with("threshold applies only to the rule burst"));
    CHECK(mistake("eve,*,*,5,,").empty());
    for (const char* text :
         {"soon", "2026-3-1", "2026-02-30", "2026-03-31T00:00:00Z", "20260331"}) {
        CHECK(mistake("eve,*,,," + std::string(text) + ",").contains("; write the last day"));
    }
}

TEST_CASE("lookups: a line of an allowlist that nothing sets apart from many others is reported") {
    const auto problem = [](std::string_view principal, int most) {
        std::string lines(k_allowlist_header);
        for (int i = 0; i < most + 2; ++i) {  // the last one is the same as the first
            const std::string threshold = std::to_string(i % (most + 1));
            lines += std::string(principal) + ",*,*," + threshold + ",,\n";
        }
        App app;
        app.read(Mode::hunt, {}, lines);
        CHECK(app.exceptions() == static_cast<std::size_t>(most));
        REQUIRE(app.problems.bad_lines.size() == 1);
        return app.problems.bad_lines.front();
    };
    CHECK(problem("*e*", 50).contains(
        "line 52: no text of principal sets this line apart from 50 others; write fewer lines"));
    CHECK(problem("eve", 500).contains("line 502: principal has 500 lines already; write fewer"));
}

TEST_CASE("lookups: an unknown column of the allowlist is reported, as it may be a typing error") {
    App app;
    app.read(Mode::hunt, {}, "Principal,SERVICE,evidence,expire,_key\neve,*,*,2020-01-01,1\n");
    CHECK(app.exceptions() == 1);
    REQUIRE(app.problems.bad_lines.size() == 1);
    CHECK(app.problems.bad_lines.front().contains("the column \"expire\" is ignored"));
}

TEST_CASE("lookups: a file that cannot be reached is not a missing file") {
    const TemporaryFolder folder;
    std::filesystem::create_symlink("nowhere", folder.path() / "cloudhijack_baseline.csv");
    const auto setup = setup_with();
    auto config = setup.default_config();
    config.mode = Mode::baseline;
    const auto problems = config::read_lookups(setup.catalogue, folder.path(), config);
    CHECK(problems.unread.size() == 1);
    CHECK_FALSE(config::check_whole(problems));
    CHECK(config::check_whole({}));
    CHECK_FALSE(config::check_whole({.bad_lines = {"a line"}, .bad_values = {}, .unread = {}}));
    CHECK(config::check_whole({.bad_lines = {}, .bad_values = {"a value"}, .unread = {}}));
}

TEST_CASE("lookups: databases of addresses that the user names") {
    const std::string data = std::string(CLOUDHIJACK_TEST_DATA) + "/geoip/";
    const auto read = [](Mode mode, std::vector<std::string> files) {
        const auto setup = setup_with();
        auto config = setup.default_config();
        config.mode = mode;
        config.geoip_files = std::move(files);
        auto problems = config::read_lookups(setup.catalogue, {}, config);
        CHECK(problems.bad_values.empty());
        return std::pair(config.hunt.geo, std::move(problems.unread));
    };
    const auto [both, no_problems] = read(Mode::hunt, {data + "city.mmdb", data + "asn.mmdb"});
    CHECK(no_problems.empty());
    CHECK(both->have_countries());
    CHECK(both->have_networks());
    const auto [one, problems] = read(Mode::hunt, {"/nowhere.mmdb", data + "asn.mmdb"});
    REQUIRE(problems.size() == 1);
    CHECK(problems.front().starts_with("/nowhere.mmdb: cannot be read: "));
    CHECK_FALSE(one->have_countries());
    CHECK(read(Mode::baseline, {"/nowhere.mmdb"}).second.empty());
    CHECK_FALSE(read(Mode::hunt, {}).first->have_networks());
}

TEST_CASE("lookups: the databases of addresses in the share folder of a Splunk") {
    const TemporaryFolder splunk;
    const auto lookups = splunk.path() / "etc/apps/cloudhijack/lookups";
    std::filesystem::create_directories(lookups);
    const auto read = [&] {
        const auto setup = setup_with();
        auto config = setup.default_config();
        config.mode = Mode::hunt;
        config.geoip_files = {"/nowhere.mmdb"};  // for a shell
        auto problems = config::read_lookups(setup.catalogue, lookups, config);
        CHECK(problems.unread.empty());
        return std::pair(config.hunt.geo, std::move(problems.bad_values));
    };
    CHECK(read().second.empty());
    CHECK_FALSE(read().first->have_countries());
    const std::string data = std::string(CLOUDHIJACK_TEST_DATA) + "/geoip/";
    std::filesystem::create_directories(splunk.path() / "share");
    std::filesystem::copy_file(data + "city.mmdb", splunk.path() / "share/GeoLite2-City.mmdb");
    CHECK(read().first->have_countries());
    splunk.write("share/GeoLite2-ASN.mmdb", "not a database");
    const auto [geo, problems] = read();
    CHECK(geo->have_countries());
    REQUIRE(problems.size() == 1);
    CHECK(problems.front().contains("/share/GeoLite2-ASN.mmdb: is not a MaxMind DB file"));
}

TEST_CASE("lookups: an exception holds through its last day") {
    App app;
    app.read(Mode::hunt, {}, std::string(k_allowlist_header) + "eve,*,,,2026-03-02,\n");
    CHECK(app.config.hunt.allowlist->of("eve").front()->expires == 1'772'409'600 + 86'400);
}
