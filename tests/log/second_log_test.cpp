// Tests a second log next to CloudTrail: the guarantees of a log's interface, through both
// interfaces of the program, mixed in one stream, and through map and reduce.

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "byte_pieces.hpp"
#include "chunk_frame.hpp"
#include "config/setup_for_tests.hpp"
#include "csv/row_writer.hpp"
#include "io/window.hpp"
#include "log/ledger_log.hpp"
#include "log/record_reader.hpp"
#include "output/answer.hpp"
#include "output/csv_and_ndjson.hpp"
#include "scan/scanner.hpp"
#include "scan/temporary_folder.hpp"
#include "search/search_command.hpp"

using namespace cloudhijack;
using scan::TemporaryFolder;

namespace {

config::Setup setup_with_ledger() {
    auto setup = config::setup_with(
        std::string(log::k_ledger_stanza) + "[defaults]\nsns_threshold = 2\nmin_risk = 0\n",
        log::two_logs());
    REQUIRE(setup.mistakes.empty());
    return setup;
}

std::string minute(int number) { return (number < 10 ? "0" : "") + std::to_string(number); }

std::string entry(int number, const std::string& verb, const std::string& more = {}) {
    return R"({"ledger_id":"n)" + std::to_string(number) + R"(","at":"2026-03-02T10:)" +
           minute(number) + R"(:00Z","verb":")" + verb +
           R"(","clerk":{"name":"ann","eventName":"GetObject"},"house":"h1",)" +
           R"("from":"2001:db8::)" + std::to_string(number + 1) + '"' + more + "}";
}

std::string publish(int number) {
    return R"({"eventSource":"sns.amazonaws.com","eventName":"Publish","eventID":"00000000-0000-)"
           R"(0000-0000-0000000000)" +
           minute(number) + R"(","eventTime":"2026-03-02T10:)" + minute(number) +
           R"(:30Z","recipientAccountId":"1","userIdentity":{"type":"IAMUser",)" +
           R"("arn":"arn:aws:iam::1:user/bob","ledger_id":"none"}})";
}

const std::string k_unwanted =
    R"({"eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"r"})";

// Records of both logs alternating, one of neither log and one of an unwanted call.
std::vector<std::string> mixed_records() {
    std::vector<std::string> records;
    for (int i = 0; i < 5; ++i) {
        records.push_back(entry(i, "print"));
        records.push_back(publish(i));
    }
    records.push_back(k_unwanted);
    records.push_back(R"({"some":"thing"})");
    records.push_back(R"({"records":[)" + entry(20, "list") + ',' + entry(21, "print") + "]}");
    records.push_back(entry(30, "print", R"(,"refused":"no paper")"));
    records.push_back(entry(31, "bind", R"(,"order":{"cover":{"colour":"red"}})"));
    records.push_back(entry(32, "bind", R"(,"order":{"cover":{"colour":"blue"}})"));
    records.push_back(entry(0, "print"));  // delivered again
    records.push_back(publish(0));         // delivered again
    return records;
}

std::string rows_of(const std::vector<std::string>& records) {
    std::string body = "_time,_raw\n";
    for (const std::string& record : records) {
        body += "1772445600,";
        csv::append_cell(body, record);
        body += '\n';
    }
    return body;
}

// The bodies of all replies, which contain the rows.
std::string bodies_of(const std::string& replies) {
    std::string bodies;
    for (std::string_view rest = replies; !rest.empty();) {
        std::size_t metadata = 0;
        std::size_t body = 0;
        const std::size_t line = rest.find('\n');
        REQUIRE(std::sscanf(rest.data(), "chunked 1.0,%zu,%zu", &metadata, &body) == 2);
        bodies += rest.substr(line + 1 + metadata, body);
        rest.remove_prefix(line + 1 + metadata + body);
    }
    return bodies;
}

std::string replies_to(const config::Setup& setup, const std::string& arguments,
                       const std::string& body) {
    std::string replies;
    const auto ended = search::run_search_command(
        setup,
        {.requests = in_pieces(
             chunk_frame(R"({"action":"getinfo","searchinfo":{"args":[)" + arguments + "]}}") +
                 chunk_frame(R"({"action":"execute","finished":true})", body),
             1'000),
         .leftovers = [](std::span<char>) -> Result<std::size_t> { return std::size_t{0}; },
         .replies = into(replies)});
    CHECK(ended);
    return replies;
}

std::string answer_of(const config::Setup& setup, const std::string& arguments,
                      const std::string& body) {
    return bodies_of(replies_to(setup, arguments, body));
}

std::string scan_of(const config::Setup& setup, config::Mode mode, unsigned threads,
                    const std::string& text) {
    auto config = setup.default_config();
    config.mode = mode;
    scan::Scanner scanner([&] { return output::new_activity(setup, config); }, *setup.logs,
                          log::CallFilter(*setup.logs, setup.catalogue.call_names()));
    const TemporaryFolder folder;
    folder.write("records.json", text);
    const auto outcomes = scanner.run(scan::list_files({folder.path()}).files, threads);
    CHECK_FALSE(outcomes.front().error);
    CHECK(outcomes.front().unreadable == 0);
    const auto findings = output::findings_of(scanner.activity(), config);
    const auto [columns, rows] = output::answer_of(*findings);
    return output::to_csv(columns, rows, /*raw=*/true);
}

}  // namespace

TEST_CASE("second log: its records are recognised and have its source, whatever came before") {
    const log::CallFilter filter(log::two_logs(), {});
    log::RecordReader reader(log::two_logs(), filter);
    std::vector<std::string> seen;
    const log::RecordTaker taker{
        .take =
            [&seen](const log::Event& event) {
                seen.push_back(std::string(event.log->id) + ' ' + std::string(event.source) + ' ' +
                               std::string(event.name));
            },
        .skip = [&seen](const log::LostPart& part) { seen.emplace_back(part.why); },
        .miss =
            [&seen](std::string_view keys) { seen.push_back("has " + log::keys_in_words(keys)); },
        .pass_over = [&seen] { seen.emplace_back("passed over"); }};
    for (std::string record : {entry(1, "print"), publish(1), entry(2, "list"), k_unwanted,
                               std::string(R"({"some":"thing"})")}) {
        const std::size_t size = record.size();
        record.append(io::k_padding, ' ');
        reader.read({.text = std::string_view(record).substr(0, size)}, taker);
    }
    CHECK(seen ==
          std::vector<std::string>{"ledger ledger print", "cloudtrail sns.amazonaws.com Publish",
                                   "ledger ledger list", "passed over", R"(has the key "some")"});
}

TEST_CASE(
    "second log: if two logs recognise a record, the first one of the set counts, in any order") {
    const std::string ambiguous =
        R"({"eventSource":"s3.amazonaws.com","eventName":"GetObject","ledger_id":"1","verb":"print"})";
    const log::CallFilter filter(log::two_logs(), {});
    for (const bool after_the_other : {false, true}) {
        log::RecordReader reader(log::two_logs(), filter);
        std::string seen;
        const log::RecordTaker taker{
            .take = [&seen](const log::Event& event) { seen = event.log->id; },
            .skip = [&seen](const log::LostPart& part) { seen = part.why; },
            .miss = [&seen](std::string_view keys) { seen = keys; },
            .pass_over = [&seen] { seen = "passed over"; }};
        std::vector<std::string> records = {ambiguous};
        if (after_the_other) records.insert(records.begin(), entry(1, "print"));
        for (std::string record : records) {
            const std::size_t size = record.size();
            record.append(io::k_padding, ' ');
            reader.read({.text = std::string_view(record).substr(0, size)}, taker);
        }
        CHECK(seen == "cloudtrail");
    }
}

TEST_CASE("second log: a text that may belong to another log is not passed over unread") {
    const auto setup = setup_with_ledger();
    const log::CallFilter filter(*setup.logs, setup.catalogue.call_names());
    const auto passes = [&filter](std::string text) {
        const std::size_t size = text.size();
        text.append(io::k_padding, ' ');
        return filter.passes_over(std::string_view(text).substr(0, size), json::Quotes::single);
    };
    CHECK(passes(k_unwanted));
    CHECK_FALSE(passes(entry(1, "print")));  // its clerk has an eventName
    CHECK_FALSE(passes(R"({"eventName":"GetObject","ledger_id":"1"})"));
}

TEST_CASE("second log: a search finds both, directly and through map and reduce") {
    const auto setup = setup_with_ledger();
    const auto records = mixed_records();
    const std::vector<std::string> first(records.begin(), records.begin() + 7);
    const std::vector<std::string> rest(records.begin() + 7, records.end());
    for (const std::string mode : {"hunt", "volume", "coverage"}) {
        CAPTURE(mode);
        const std::string whole = answer_of(setup, "\"mode=" + mode + '"', rows_of(records));
        if (mode != "coverage") CHECK(std::ranges::count(whole, '\n') >= 3);
        CHECK(whole.contains(mode == "volume" ? ",Ledger,Print Hijacking,6," : "Ledger"));
        CHECK(whole.contains("SNS"));
        if (mode == "coverage") CHECK(whole.contains("Ledger: orders that were made by telephone"));
        const std::string span = mode == "volume" ? R"(,"span=3600s")" : "";
        const std::string arguments = R"("phase=map","mode=)" + mode + R"(","input=raw")" + span +
                                      R"(,"catalogue=)" + setup.catalogue.fingerprint() + '"';
        std::string partial = answer_of(setup, arguments, rows_of(first));
        const std::string other = answer_of(setup, arguments, rows_of(rest));
        partial += other.substr(other.find('\n') + 1);
        CHECK(answer_of(setup, "\"mode=" + mode + '"', partial) == whole);
    }
}

TEST_CASE("second log: a search reports repeated deliveries and records without a usable id") {
    std::string nameless = entry(1, "print");
    nameless.replace(nameless.find("n1"), 2, "0");
    std::vector<std::string> records = mixed_records();
    records.insert(records.end(), {nameless, nameless});
    const auto setup = setup_with_ledger();
    const std::string replies = replies_to(setup, R"("mode=volume")", rows_of(records));
    CHECK(replies.contains("1 event was delivered again and counts only once"));
    CHECK(replies.contains("2 records have no usable id, so each delivery of them was counted"));
    CHECK(bodies_of(replies).contains(",Ledger,Print Hijacking,8,"));
}

TEST_CASE("second log: hunt mode counts its calls once per id, per principal") {
    const auto setup = setup_with_ledger();
    auto config = setup.default_config();
    config.mode = config::Mode::hunt;
    std::string text;
    for (const std::string& record : mixed_records()) text += record + '\n';
    const std::string rows = scan_of(setup, config::Mode::hunt, 1, text);
    CHECK(rows.contains("ann,h1,"));
    CHECK(rows.contains("arn:aws:iam::1:user/bob,1,"));
    // Six prints and a red binding succeeded, and one print was refused; one came twice.
    CHECK(rows.contains(",7,7,1,"));
}

TEST_CASE("second log: a scan finds the same on one thread and on several, in lines and in lists") {
    const auto setup = setup_with_ledger();
    std::string lines;
    std::string entries;
    for (const std::string& record : mixed_records()) lines += record + '\n';
    for (int i = 0; i < 5; ++i) entries += (i > 0 ? "," : "") + entry(i, "print");
    for (const auto mode : {config::Mode::hunt, config::Mode::volume}) {
        const std::string one = scan_of(setup, mode, 1, lines);
        CHECK(scan_of(setup, mode, 3, lines) == one);
        CHECK(one.contains("Ledger"));
        CHECK(scan_of(setup, mode, 1, R"({"records":[)" + entries + "]}").contains("Ledger"));
    }
}
