#include "search/peers.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "byte_pieces.hpp"
#include "config/setup_for_tests.hpp"
#include "csv/row_reader.hpp"
#include "csv/row_writer.hpp"
#include "output/answer.hpp"
#include "scp/chunk_reader.hpp"
#include "scp/limits.hpp"
#include "search/map_phase.hpp"

using namespace cloudhijack;
using namespace cloudhijack::config;
using config::Config;
using config::Setup;

namespace {

const std::string k_publish =
    R"({"eventSource":"sns.amazonaws.com","eventName":"Publish","awsRegion":"r"})";

// The documents with which a map phase replies to a chunk of `events` publish calls.
std::vector<std::string> mapped(const Setup& setup, int events, const std::string& more = "") {
    std::string body = "_time,_raw\n";
    for (int i = 0; i < events; ++i) {
        body += std::to_string(i) + ',';
        csv::append_cell(body, k_publish);
        body += '\n';
    }
    body += more;
    search::StageClock clock;
    io::Window window(clock.timed(in_pieces(body, 1'000)), scp::k_row_cap);
    window.set_limit(body.size());
    search::MapPhase map(setup, setup.default_config(), clock);
    std::string replies;
    auto sink = into(replies);
    CHECK(map.exchange(window, false, sink));

    scp::ChunkReader chunks(in_pieces(replies, 1'000));
    CHECK(chunks.next_metadata());
    csv::RowReader rows(chunks.body());
    std::vector<std::string> documents;
    while (*rows.next(3) == csv::RowReader::Next::row) documents.emplace_back(rows.cell(2));
    CHECK(documents.front() == "cloudhijack_partial");
    documents.erase(documents.begin());
    return documents;
}

/// The state of a reduce phase.
struct Reduced {
    explicit Reduced(const Setup& setup)
        : config(setup.default_config()),
          activity(output::new_activity(setup, config)),
          peers(setup, config) {}

    void read(std::string document) {
        const std::size_t size = document.size();
        document.append(io::k_padding, ' ');
        peers.read(std::string_view(document).substr(0, size), activity, intake, clock);
    }

    Config config;
    detect::Activity activity;
    search::IntakeStats intake;
    search::StageClock clock;
    search::Peers peers;
};

Setup named(Setup setup, std::string host) {
    setup.host = std::move(host);
    return setup;
}

std::string replaced(std::string text, const std::string& old, const std::string& now) {
    const auto at = text.find(old);
    REQUIRE(at != std::string::npos);
    return text.replace(at, old.size(), now);
}

}  // namespace

TEST_CASE("peers: their counts and their statistics add up") {
    const Setup setup = setup_with();
    Reduced reduced(setup);
    for (const auto& one : mapped(named(setup, "idx1"), 3, "1,x\n")) reduced.read(one);
    for (const auto& one : mapped(named(setup, "idx2"), 4)) reduced.read(one);
    CHECK(reduced.peers.complaints().empty());
    CHECK(reduced.peers.documents() == 2);
    CHECK(reduced.intake.rows == 8);
    CHECK(reduced.intake.counted == 7);
    CHECK(reduced.intake.unreadable == 1);
    CHECK(reduced.intake.first_reason ==
          "in a chunk on idx1, row 4: its _raw is not a JSON object");
    CHECK(reduced.intake.unknown == 0);
    CHECK(reduced.peers.bytes() > 400);
    CHECK(detect::size_of(reduced.activity) == 1);
}

TEST_CASE("peers: a chunk without any event that counts is reported") {
    const Setup setup = setup_with();
    Reduced reduced(setup);
    const auto documents = mapped(setup, 0, "1,{}\n");
    REQUIRE(documents.size() == 1);
    reduced.read(documents[0]);
    CHECK(reduced.intake.rows == 1);
    CHECK(reduced.intake.records == 0);
    CHECK(reduced.intake.unknown == 1);
    CHECK(reduced.intake.first_unknown.ends_with(", row 1, has no keys"));
    CHECK(reduced.intake.relevant() == 0);
    CHECK(detect::size_of(reduced.activity) == 0);
}

TEST_CASE("peers: another format, other rules and unreadable documents are complaints per host") {
    const Setup setup = setup_with();
    const std::string good = mapped(named(setup, "idx1"), 3).front();
    const auto complaint = [&](const std::string& document) {
        Reduced reduced(setup);
        reduced.read(document);
        const auto complaints = reduced.peers.complaints();
        REQUIRE(complaints.size() == 1);
        CHECK(complaints[0].contains("missing"));
        CHECK(detect::size_of(reduced.activity) == 0);
        return complaints[0];
    };
    const std::string newer = replaced(good, "\"cloudhijack\":6", "\"cloudhijack\":7");
    CHECK(complaint(newer).starts_with(
        "idx1 sent 1 partial row in format 7, but this search head reads format 6"));
    CHECK(complaint(replaced(good, ",\"texts\":[", ",\"texts\":{}[").replace(15, 1, "8"))
              .contains("format 8"));
    const std::string elsewhere = replaced(good, setup.catalogue.fingerprint(), "00000000deadbeef");
    CHECK(complaint(elsewhere).starts_with(
        "idx1 uses the catalogue \"00000000deadbeef\", but this search head uses \"" +
        setup.catalogue.fingerprint() + "\": its 3 events are missing"));
    CHECK(
        complaint(replaced(good, "volume 3600s", "volume 60s"))
            .contains("uses the mode \"volume 60s\", but this search head uses \"volume 3600s\""));
    CHECK(complaint(good.substr(0, good.size() - 9)).contains("idx1 cannot be read"));
    CHECK(complaint(replaced(good, "\"groups\":[[", "\"groups\":[[9999999999999999999,"))
              .contains("out of bounds"));
    CHECK(complaint(good + std::string(40'000, ' ')).contains("larger than 32768 bytes"));
    CHECK(complaint("{}").contains("a search peer without a name"));
    CHECK(complaint(replaced(newer, "idx1", "a\\nb")).contains("a_b"));
}

TEST_CASE("peers: partial rows that did not arrive are noticed") {
    const Setup setup = setup_with();
    std::string many;
    for (int i = 0; i < 3000; ++i) {
        many += std::to_string(i * 3600) + ',';
        csv::append_cell(many, k_publish);
        many += '\n';
    }
    const auto documents = mapped(named(setup, "idx1"), 0, many);
    REQUIRE(documents.size() > 3);
    Reduced whole(setup);
    for (const auto& one : documents) whole.read(one);
    CHECK(whole.peers.complaints().empty());
    CHECK(detect::size_of(whole.activity) == 3000);
    for (std::size_t lost = 0; lost < documents.size(); ++lost) {
        Reduced reduced(setup);
        for (std::size_t i = 0; i < documents.size(); ++i) {
            if (i != lost) reduced.read(documents[i]);
        }
        REQUIRE(reduced.peers.complaints().size() == 1);
        CHECK(reduced.peers.complaints()[0].starts_with("idx1 announced "));
    }
}

TEST_CASE("peers: forged names use a bounded amount of memory") {
    const Setup setup = setup_with();
    Reduced reduced(setup);
    for (int i = 0; i < 3000; ++i) {
        reduced.read(R"({"cloudhijack":6,"host":"h)" + std::to_string(i) + "\",");
    }
    CHECK(reduced.peers.complaints().size() == 1001);
}

TEST_CASE("peers: the reason for an unreadable record is shown shortened and in one line") {
    const Setup setup = setup_with();
    Reduced reduced(setup);
    const std::string good = mapped(named(setup, "idx1"), 0, "1,x\n").front();
    reduced.read(replaced(good, "row 1: its", "row 1:\\n\\u001b" + std::string(5000, 'x')));
    CHECK(reduced.intake.first_reason.starts_with("in a chunk on idx1, row 1:..xxx"));
    CHECK(reduced.intake.first_reason.size() < 500);
}

TEST_CASE("peers: calls make a different catalogue; labels, thresholds and categories do not") {
    const Setup setup = setup_with();
    CHECK(setup_with("[service:sns]\nlabel = x\nthreshold = 3\ncategory = y\n")
              .catalogue.fingerprint() == setup.catalogue.fingerprint());
    for (const std::string conf :
         {"[service:sns]\nvolume = Publish\n", "[service:sns]\nvolume = Publish PublishBatch x:Y\n",
          "[service:sns]\nvolume = Publish(a=b) PublishBatch\n", "[service:new]\nlabel = x\n"}) {
        CHECK(setup_with(conf).catalogue.fingerprint() != setup.catalogue.fingerprint());
    }
}
