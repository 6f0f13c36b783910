#include "scan/file_start.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "byte_pieces.hpp"

using namespace cloudhijack;
using namespace cloudhijack::scan;
using namespace std::string_view_literals;

namespace {

std::string with_zeros(std::string_view bytes) {
    return std::string(bytes) + std::string(600, '\0');
}

// A header in the oldest tar format, without magic bytes.
std::string old_tar() {
    std::string header(512, '\0');
    header.replace(0, 5, "trail");
    header.replace(148, 8, "        ");
    unsigned sum = 0;
    for (const char c : header) sum += static_cast<unsigned char>(c);
    const std::string digits = {
        static_cast<char>('0' + (sum >> 9U)), static_cast<char>('0' + ((sum >> 6U) & 7U)),
        static_cast<char>('0' + ((sum >> 3U) & 7U)), static_cast<char>('0' + (sum & 7U))};
    header.replace(148, 8, "00" + digits + '\0' + ' ');
    return header + "{}";
}

bool is_csv(std::string_view text) {
    return unread_format(text) == "is CSV, which scan cannot read; export the records as JSON";
}

FileStart start_of(const std::string& text, std::size_t piece) {
    io::Window window(in_pieces(text, piece), io::Window::k_initial_capacity);
    const auto start = look_at_start(window);
    REQUIRE(start);
    return *start;
}

}  // namespace

TEST_CASE("file start: formats that scan does not read are recognised by their first bytes") {
    const std::vector<std::pair<std::string_view, std::string_view>> marks = {
        {"PK\x03\x04"sv, "zip"},
        {"PK\x05\x06"sv, "zip"},
        {"BZh91AY&SY"sv, "bzip2"},
        {"BZh1\x17\x72\x45\x38\x50\x90"sv, "bzip2"},
        {"\xFD\x37zXZ\0"sv, "xz"},
        {"\x5D\0\0\x80"sv, "LZMA"},
        {"LZIP\x01"sv, "lzip"},
        {"\x04\x22\x4D\x18"sv, "LZ4"},
        {"\x02\x21\x4C\x18"sv, "LZ4"},
        {"\xFF\x06\0\0sNaPpY"sv, "snappy"},
        {"\x1F\x9D\x90"sv, "compress"},
        {"7z\xBC\xAF\x27\x1C"sv, "7z"},
        {"Rar!\x1A\x07\x01"sv, "RAR"},
        {"070701000000"sv, "cpio"},
        {"PAR1"sv, "Parquet"},
        {"PARE"sv, "Parquet"},
        {"ORC"sv, "ORC"},
        {"Obj\x01"sv, "Avro"},
        {"ARROW1\0\0"sv, "Arrow"},
        {"SQLite format 3\0"sv, "SQLite"},
        {"\x78\x01"sv, "zlib"},
        {"\x78\x5E"sv, "zlib"},
        {"\x78\x9C"sv, "zlib"},
        {"\x78\xDA"sv, "zlib"},
        {"Salted__"sv, "encrypted by OpenSSL"},
    };
    for (const auto& [bytes, name] : marks) {
        CAPTURE(name);
        CHECK(unread_format(with_zeros(bytes))
                  .starts_with("is " + std::string(name) + ", which scan cannot read; "));
    }
}

TEST_CASE("file start: Parquet is refused with the command that converts it") {
    CHECK(unread_format("PAR1\x15\x04") ==
          "is Parquet, which scan cannot read; convert it to JSON with duckdb -c "
          "\"COPY (FROM read_parquet('FILE')) TO 'FILE.jsonl.gz' (FORMAT json)\"");
}

TEST_CASE("file start: tar, by its magic bytes or by the checksum of its first header") {
    std::string header(512, '\0');
    header.replace(0, 5, "trail");
    for (const std::string_view mark : {"ustar\0"sv, "ustar  \0"sv}) {
        header.replace(257, mark.size(), mark);
        CHECK(unread_format(header) == "is tar, which scan cannot read; unpack it first");
    }
    CHECK(unread_format(old_tar()).starts_with("is tar,"));
    std::string other = old_tar();
    other[3] ^= 1;
    CHECK(unread_format(other).empty());
}

TEST_CASE("file start: UTF-16 and UTF-32, with or without a byte order mark") {
    const std::vector<std::pair<std::string_view, std::string_view>> texts = {
        {"\xFF\xFE{\0\"\0"sv, "UTF-16"},
        {"\xFE\xFF\0{\0\""sv, "UTF-16"},
        {"\xFF\xFE"sv, "UTF-16"},
        {"\xFF\xFE\0\0{\0\0\0"sv, "UTF-32"},
        {"\0\0\xFE\xFF\0\0\0{"sv, "UTF-32"},
        {"{\0\"\0"sv, "UTF-16"},
        {"\0{\0\""sv, "UTF-16"},
        {"\n\0[\0"sv, "UTF-16"},
        {"[\0\0\0{\0\0\0"sv, "UTF-32"},
        {"\0\0\0[\0\0\0{"sv, "UTF-32"},
    };
    for (const auto& [text, name] : texts) {
        for (const std::size_t piece : {std::size_t{1}, std::size_t{1'000}}) {
            const FileStart start = start_of(std::string(text), piece);
            CHECK_FALSE(start.is_json);
            CHECK(start.unread == "is " + std::string(name) + "; convert it to UTF-8 first");
        }
    }
}

TEST_CASE("file start: a header and rows are CSV") {
    for (const std::string_view text :
         {"time,user\n"sv, "time,user"sv, "eventTime,eventName,userIdentity.arn\r\n1,2,3\r\n"sv,
          "\"_time\",\"_raw\"\n\"1\",\"{\"\"eventVersion\"\":\"\"1.08\"\"}\"\n"sv, "a,b\n\n1,2\n"sv,
          "a,b\n1, {\"a\":1}\n"sv, "a,b\n1,{\"a\":1}\n"sv, "time, user\n1, alice\n2, bob\n"sv,
          "a;b;c\n1;2;3\n"sv, "\xEF\xBB\xBFtime,user\n1,2\n"sv,
          "_raw,_time\n\"{\"\"a\"\":1,\n\"\"b\"\":2}\",1\n"sv}) {
        CAPTURE(text);
        CHECK(is_csv(text));
    }
    CHECK(unread_format("time\tuser\n1\t2\n").starts_with("is TSV, which scan cannot read"));
}

TEST_CASE("file start: texts that are not CSV") {
    for (const std::string_view text :
         {"# Read me\n"sv,
          "Hello, world"sv,
          "Hello, world\nthis is a text, with commas, in it.\n"sv,
          "Dear reader, look\n\nHere is text, and more.\n"sv,
          "2024-03-05T00:00:00Z {\"a\":1}\n"sv,
          "Downloading trails, please wait\n{\"eventVersion\":\"1.08\"}\n"sv,
          "time,message\n2024-03-05T00:00:00Z {\"eventVersion\":\"1.08\"}\n"sv,
          "us-east-1\",\"sourceIPAddress\":\"1.2.3.4\"}\n{}\n"sv,
          "\"awsRegion\": \"us-east-1\",\n"sv,
          "alice\"},\n"sv,
          "1,2,3\n4,5,6\n"sv,
          "ORCHESTRATION of trails\n"sv,
          "PARENT folder\n"sv,
          "070701 12:00:00 mysqld started\n"sv,
          "x^2 + y^2\n"sv,
          "BZh is bzip2's mark\n"sv,
          "aws-logs-write-test"sv,
          "\0\x05\x16\x07"sv,
          ",\n"sv,
          "a,\nb,\n"sv}) {
        CAPTURE(text);
        CHECK(unread_format(text).empty());
    }
}

TEST_CASE("file start: JSON, in pieces of any size") {
    for (const std::string_view text :
         {""sv, " \n"sv, "{"sv, "[]"sv, "\xEF\xBB\xBF[1,2]"sv, " {\"a\":1}"sv, "\xEF\xBB\xBF"sv}) {
        for (const std::size_t piece : {std::size_t{1}, std::size_t{1'000}}) {
            const FileStart start = start_of(std::string(text), piece);
            CHECK(start.is_json);
            CHECK(start.unread.empty());
        }
    }
    for (const std::string_view text : {"x"sv, "\xEF"sv, "readme\n"sv, "\xEF\xBB"sv}) {
        for (const std::size_t piece : {std::size_t{1}, std::size_t{1'000}}) {
            const FileStart start = start_of(std::string(text), piece);
            CHECK_FALSE(start.is_json);
            CHECK(start.unread.empty());
        }
    }
    CHECK(start_of(old_tar(), 7).unread.starts_with("is tar,"));
}

TEST_CASE("file start: a state of another scan is not a log") {
    const std::string state = R"({"cloudhijack":6,"catalogue":"x"})";
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{1'000}}) {
        const FileStart start = start_of(state, piece);
        CHECK_FALSE(start.is_json);
        CHECK(start.unread.starts_with("is a state of cloudhijack scan --partial"));
        for (const std::string_view text :
             {R"({"cloudhijack")"sv, R"({"cloud)"sv, R"({"cloudhijacked":6})"sv}) {
            CHECK(start_of(std::string(text), piece).is_json);
            CHECK(start_of(std::string(text), piece).unread.empty());
        }
    }
}

TEST_CASE("file start: an error after the first bytes does not hide the format") {
    const auto breaking = [first = true](std::span<char> buffer) mutable -> Result<std::size_t> {
        if (!std::exchange(first, false)) return failure("no disk");
        return with_zeros("PAR1").copy(buffer.data(), buffer.size());
    };
    io::Window window(breaking, io::Window::k_initial_capacity);
    const auto start = look_at_start(window);
    REQUIRE(start);
    CHECK(start->unread.starts_with("is Parquet,"));
}
