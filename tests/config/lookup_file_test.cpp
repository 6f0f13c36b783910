#include "config/lookup_file.hpp"

#include <doctest/doctest.h>

#include <array>

#include "scan/temporary_folder.hpp"

using namespace cloudhijack;
using namespace cloudhijack::scan;
using config::LookupColumn;
using config::LookupFile;

namespace {

constexpr std::array k_columns = {LookupColumn{.name = "who", .is_required = true},
                                  LookupColumn{.name = "what"}};

// Each row as `who|what`, or the error.
std::vector<std::string> rows_of(std::string_view bytes) {
    const TemporaryFolder folder;
    LookupFile file(folder.write("lookup.csv", bytes), k_columns);
    const std::string path = (folder.path() / "lookup.csv").string();
    const auto without_path = [&path](const std::string& text) {
        CHECK(text.starts_with(path));
        return text.substr(path.size());
    };
    std::vector<std::string> rows;
    if (const auto opened = file.open(); !opened) return {without_path(opened.error().text)};
    while (true) {
        const auto found = file.next();
        if (!found) {
            rows.push_back(without_path(found.error().text));
            break;
        }
        if (!*found) break;
        rows.push_back(file.cell(0) + '|' + file.cell(1));
        if (file.cell(0) == "bad") file.note_bad("is bad");
    }
    for (const auto& problem : file.problems()) rows.push_back(without_path(problem));
    return rows;
}

using Rows = std::vector<std::string>;

}  // namespace

TEST_CASE("lookup: columns in any order, among others") {
    CHECK(rows_of("who,what\na,1\nb,2\n") == Rows{"a|1", "b|2"});
    CHECK(rows_of("note,what,who,__mv_who\nx,1,a,\n") == Rows{"a|1"});
    CHECK(rows_of("who\na\n") == Rows{"a|"});
    CHECK(rows_of("who,who\na,b\n") == Rows{"a|"});
    CHECK(rows_of("who,what\na\n,\nb,2,3\n") == Rows{"a|", "|", "b|2"});
}

TEST_CASE("lookup: files as Splunk, spreadsheets and people write them") {
    CHECK(rows_of("\xEF\xBB\xBFwho,what\r\na,1\r\n") == Rows{"a|1"});
    CHECK(rows_of("\"who\",\"what\"\n\"a,b\",\"say \"\"1\"\"\"\n") == Rows{"a,b|say \"1\""});
    CHECK(rows_of(" Who,WHAT \n\n a , 1 \n\n\nb,2") == Rows{" a | 1 ", "b|2"});
    CHECK(rows_of("who,what\na\xFF,1\n") == Rows{"a\xEF\xBF\xBD|1"});
}

TEST_CASE("lookup: a blank file, or one without a row, has no rows") {
    CHECK(rows_of("").empty());
    CHECK(rows_of("\xEF\xBB\xBF").empty());
    CHECK(rows_of("\r\n").empty());  // the file that a search without rows writes
    CHECK(rows_of("who,what\n").empty());
}

TEST_CASE("lookup: an error in a file is reported with its name") {
    CHECK(rows_of("whom,what\na,1\n") ==
          Rows{": the first line has no column who; write a header with it"});
    CHECK(rows_of("who,what\na,1\n\"b,2\nc,3\n") ==
          Rows{"a|1", ", line 3: a quote opens and never closes; close it"});
    const std::string long_row(2'000'000, 'x');
    CHECK(rows_of("who,what\na,1\n" + long_row + "\n").back() ==
          ", line 3: a row is longer than 1 MiB, which is the limit");
    LookupFile missing("/nowhere/lookup.csv", k_columns);
    CHECK(missing.open().error().text ==
          "/nowhere/lookup.csv: cannot be read: No such file or directory");
    LookupFile folder("/tmp", k_columns);
    CHECK(folder.open().error().text.starts_with("/tmp: cannot be read: "));
}

TEST_CASE("lookup: bad rows are reported with their lines, the first ones individually") {
    CHECK(rows_of("who,what\na,\"1\n2\"\n\nbad,3\n") ==
          Rows{"a|1\n2", "bad|3", ", line 5: is bad; the line is ignored"});
    std::string many = "who\n";
    for (int i = 0; i < 25; ++i) many += "bad\n";
    const auto rows = rows_of(many);
    CHECK(rows[25] == ", line 2: is bad; the line is ignored");
    CHECK(rows[44] == ", line 21: is bad; the line is ignored");
    CHECK(rows.back() == ": 5 more lines are ignored");
}

TEST_CASE("lookup: the line of each row") {
    const TemporaryFolder folder;
    LookupFile file(folder.write("lookup.csv", "who,what\na,\"1\n2\"\n\nb,\nc,\n"), k_columns);
    REQUIRE(file.open());
    std::vector<std::size_t> lines;
    while (file.next().value()) {
        lines.push_back(file.line_number());
        CHECK(file.line_number() == lines.back());
    }
    CHECK(lines == std::vector<std::size_t>{2, 5, 6});
}

TEST_CASE("lookup: lines that end with CR alone are an error") {
    CHECK(rows_of("who,what\ra,1\r") ==
          Rows{": its lines end with CR alone; save the file with LF or CRLF line endings"});
}

TEST_CASE("lookup: limits on bytes and rows") {
    const std::string large(config::k_largest_lookup + 1, '\n');
    CHECK(rows_of(large) == Rows{": is larger than 50 MiB, which is the limit"});
    std::string rows = "who\n";
    for (std::uint64_t i = 0; i < config::k_most_lookup_rows; ++i) rows += "a\n";
    CHECK(rows_of(rows).size() == config::k_most_lookup_rows);
    CHECK(rows_of(rows + "b\n").back() ==
          ": has more than 1000000 rows, which is the limit; remove some");
}
