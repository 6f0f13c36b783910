#include "csv/row_reader.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "byte_pieces.hpp"
#include "csv/row_writer.hpp"

using namespace cloudhijack;
using csv::RowReader;
using Rows = std::vector<std::vector<std::string>>;

namespace {

constexpr std::size_t k_row_cap = std::size_t{256} * 1024;
constexpr std::string_view k_unclosed = "<unclosed>";

// The rows of a body, which another chunk follows; an unclosed row is represented by k_unclosed.
Rows read_rows(io::ByteSource source, std::size_t body_size, std::size_t wanted_cells = 100) {
    io::Window window(std::move(source), k_row_cap);
    window.set_limit(body_size);
    RowReader reader(window);
    Rows rows;
    while (true) {
        const auto next = reader.next(wanted_cells);
        REQUIRE(next);
        if (*next == RowReader::Next::end) return rows;
        std::vector<std::string> row;
        if (*next == RowReader::Next::unclosed) row.emplace_back(k_unclosed);
        if (*next == RowReader::Next::row) {
            for (std::size_t i = 0; i < reader.cell_count(); ++i) row.emplace_back(reader.cell(i));
        }
        rows.push_back(std::move(row));
    }
}

Rows read_rows(const std::string& body) {
    return read_rows(in_pieces(body + "chunked 1.0,2,0\n{}", 1'000), body.size());
}

}  // namespace

TEST_CASE("row reader: forms of cells and line ends") {
    CHECK(read_rows("").empty());
    CHECK(read_rows("a,b\n1,2\n") == Rows{{"a", "b"}, {"1", "2"}});
    CHECK(read_rows("a,b\r\n1,2\r\n") == Rows{{"a", "b"}, {"1", "2"}});
    CHECK(read_rows("a,b\n1,2") == Rows{{"a", "b"}, {"1", "2"}});
    CHECK(read_rows(",\n,,\n") == Rows{{"", ""}, {"", "", ""}});
    CHECK(read_rows("\"a\",\"b c\"\n") == Rows{{"a", "b c"}});
    CHECK(read_rows("\"a\"\"b\",\"\"\"\",\"\"\n") == Rows{{"a\"b", "\"", ""}});
    CHECK(read_rows("\"a,b\nc\r\nd\",e\r\n") == Rows{{"a,b\nc\r\nd", "e"}});
    CHECK(read_rows("a\rb,\r\n") == Rows{{"a\rb", ""}});
    CHECK(read_rows("\"a\r\"\r\n") == Rows{{"a\r"}});
}

TEST_CASE("row reader: stray quotes are kept as they are") {
    CHECK(read_rows("a\"b,c\"\n") == Rows{{"a\"b", "c\""}});
    CHECK(read_rows("\"a\"b\"c,d\n") == Rows{{"ab\"c", "d"}});
    CHECK(read_rows("a\"b\nc\n") == Rows{{"a\"b"}, {"c"}});
    CHECK(read_rows("\"a\"\"\"b,c\n") == Rows{{"a\"b", "c"}});
}

TEST_CASE("row reader: an empty line is not a row, but an empty quoted cell is") {
    CHECK(read_rows("\n\r\na\n\n\nb\n\r\n\n") == Rows{{"a"}, {"b"}});
    CHECK(read_rows("\"\"\n") == Rows{{""}});
}

TEST_CASE("row reader: a body that ends inside quotes is reported") {
    CHECK(read_rows("a\n\"b\nc") == Rows{{"a"}, {std::string(k_unclosed)}});
    CHECK(read_rows("a,\"") == Rows{{std::string(k_unclosed)}});
}

TEST_CASE("row reader: cells after the wanted ones are skipped, missing ones are empty") {
    const std::string body = "a,b,c\nd\n\"x\ny\",\"z,\"\n";
    CHECK(read_rows(in_pieces(body, 3), body.size(), 2) == Rows{{"a", "b"}, {"d"}, {"x\ny", "z,"}});
    io::Window window(in_pieces("a\n", 10), k_row_cap);
    window.set_limit(2);
    RowReader reader(window);
    REQUIRE((reader.next(5) == RowReader::Next::row));
    CHECK(reader.cell(0) == "a");
    CHECK(reader.cell(1).empty());
    CHECK(reader.cell(0) == "a");
}

TEST_CASE("row reader: the error for a row above the limit names the limit") {
    const std::string body = "a\n\"" + std::string(2 * 1024 * 1024, 'x') + "\"\n";
    io::Window window(in_pieces(body, 100'000), std::size_t{1024} * 1024);
    window.set_limit(body.size());
    RowReader reader(window);
    REQUIRE((reader.next(5) == RowReader::Next::row));
    const auto next = reader.next(5);
    REQUIRE_FALSE(next);
    CHECK(next.error().text.contains("longer than 1 MiB"));
}

TEST_CASE("row reader: an input that ends before its body means that the peer has gone") {
    io::Window window(in_pieces("a,b\n1", 10), k_row_cap);
    window.set_limit(100);
    RowReader reader(window);
    REQUIRE((reader.next(5) == RowReader::Next::row));
    const auto next = reader.next(5);
    REQUIRE_FALSE(next);
    CHECK(next.error().kind == Error::Kind::gone);
}

TEST_CASE("row reader: the rows do not depend on where the input is cut") {
    const std::string body =
        "_time,_raw,__mv__raw\r\n1,\"{\"\"a\"\":\"\"b\"\"}\",\r\n\n\"\"\"\",\"\r\n\",\"x\"y\"\r\n2,"
        "\"end";
    const Rows whole = read_rows(in_pieces(body, body.size()), body.size());
    REQUIRE(whole.size() == 4);
    for (std::size_t cut = 0; cut <= body.size(); ++cut) {
        CHECK(read_rows(cut_at(body, cut), body.size()) == whole);
    }
    CHECK(read_rows(in_pieces(body, 1), body.size()) == whole);
}

TEST_CASE("row reader: reads the rows that the writer wrote, for many seeds") {
    constexpr std::string_view alphabet = "ab,\"\r\n $";
    for (unsigned seed = 0; seed < 500; ++seed) {
        std::mt19937 random(seed);
        Rows rows;
        std::string body;
        for (unsigned r = 0; r < 20; ++r) {
            std::vector<std::string> row;
            for (unsigned c = 0; c < 3; ++c) {
                std::string cell;
                for (auto left = random() % 6; left > 0; --left) {
                    cell += alphabet[random() % alphabet.size()];
                }
                row.push_back(cell);
            }
            csv::append_row(body, row);
            rows.push_back(std::move(row));
        }
        CAPTURE(seed);
        CHECK(read_rows(in_pieces(body, 1 + seed % 50), body.size()) == rows);
    }
}
