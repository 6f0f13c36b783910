#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "io/window.hpp"
#include "partial/document_reader.hpp"
#include "partial/document_writer.hpp"

using namespace cloudhijack;
using namespace cloudhijack::partial;

namespace {

const Header k_header = {.catalogue = "0123456789abcdef", .host = "idx1", .mode = "hunt"};

/// The name, numbers and texts of a list.
struct Item {
    std::string list;
    std::uint64_t number = 0;
    std::int64_t signed_number = 0;
    bool flag = false;
    std::vector<std::string> texts;

    auto operator<=>(const Item&) const = default;
};

std::vector<std::string> written(const std::vector<Item>& items) {
    std::vector<std::string> documents;
    DocumentWriter writer(k_header,
                          [&](std::string_view document) { documents.emplace_back(document); });
    for (const Item& item : items) {
        writer.add(item.list, [&](ItemWriter& fields) {
            fields.number(item.number, UINT64_MAX);
            fields.number(item.signed_number, INT64_MIN, INT64_MAX);
            fields.flag(item.flag);
            for (const std::string& text : item.texts) fields.text(text);
        });
    }
    CHECK(writer.documents() == documents.size() + 1);
    writer.finish();
    return documents;
}

Result<> read(std::string document, const DocumentReader::Take& take, Header* header = nullptr) {
    const std::size_t size = document.size();
    document.append(io::k_padding, ' ');
    DocumentReader reader;
    return reader.read(
        std::string_view(document).substr(0, size),
        [header](const Header& read) -> Result<> {
            if (header != nullptr) *header = read;
            return {};
        },
        take);
}

std::vector<Item> read_items(const std::vector<std::string>& documents) {
    std::vector<Item> items;
    for (const std::string& document : documents) {
        CHECK(read(document, [&](std::string_view list, ItemReader& fields) -> Result<> {
            Item item{.list = std::string(list), .texts = {}};
            fields.number(item.number, UINT64_MAX);
            fields.number(item.signed_number, INT64_MIN, INT64_MAX);
            fields.flag(item.flag);
            while (!fields.is_at_end()) fields.text(item.texts.emplace_back());
            items.push_back(std::move(item));
            return {};
        }));
    }
    return items;
}

// The error of a document whose items are a number up to 9 and a text.
std::string complaint(const std::string& document) {
    const auto ended = read(document, [](std::string_view, ItemReader& fields) -> Result<> {
        std::uint8_t number = 0;
        std::string text;
        fields.number(number, 9U);
        fields.text(text);
        return {};
    });
    return ended ? "" : ended.error().text;
}

}  // namespace

TEST_CASE("partial documents: written items are read back") {
    const std::vector<Item> items = {{"a", 1, -5, true, {"x", "y", "x"}},
                                     {"a", UINT64_MAX, INT64_MIN, false, {}},
                                     {"b", 0, 0, false, {"", "\"\\\n\x01", "Zo\xc3\xab"}}};
    const auto documents = written(items);
    REQUIRE(documents.size() == 1);
    CHECK(documents[0].starts_with(R"({"cloudhijack":6,"catalogue":"0123456789abcdef",)"
                                   R"("host":"idx1","mode":"hunt","texts":["x","y",)"));
    CHECK(read_items(documents) == items);
    Header header;
    CHECK(read(
        documents[0],
        [](std::string_view, ItemReader& fields) -> Result<> {
            fields.pass_over();
            return {};
        },
        &header));
    CHECK(header == k_header);
}

TEST_CASE(
    "partial documents: none is larger than the limit, and nothing is lost, over many seeds") {
    for (unsigned seed = 0; seed < 100; ++seed) {
        CAPTURE(seed);
        std::mt19937 random(seed);
        std::vector<Item> items;
        const std::size_t longest = std::size_t{1} << random() % 11;
        for (auto left = random() % 3000; left > 0; --left) {
            Item item{.list = random() % 2 == 0 ? "even" : "odd",
                      .number = random(),
                      .signed_number = -static_cast<std::int64_t>(random()),
                      .flag = random() % 2 == 0,
                      .texts = {}};
            for (auto texts = random() % 4; texts > 0; --texts) {
                const char c = random() % 4 == 0 ? '\x01' : 'a';
                item.texts.emplace_back(random() % longest, c);
            }
            items.push_back(std::move(item));
        }
        const auto documents = written(items);
        for (const auto& document : documents) CHECK(document.size() <= k_largest_document);
        auto found = read_items(documents);
        std::ranges::sort(found);
        std::ranges::sort(items);
        CHECK((found == items));
    }
}

TEST_CASE("partial documents: without an item there is one document, with only the header") {
    const auto documents = written({});
    REQUIRE(documents.size() == 1);
    CHECK(read_items(documents).empty());
}

TEST_CASE("partial documents: long ranges continue in further items") {
    std::vector<std::string> texts;
    for (int i = 0; i < 5000; ++i) texts.push_back("text " + std::to_string(i));
    std::vector<std::string> documents;
    DocumentWriter writer(k_header, [&](std::string_view one) { documents.emplace_back(one); });
    const auto head = [](ItemWriter& item, bool goes_on) { item.flag(goes_on); };
    const auto element = [](ItemWriter& item, const std::string& text) { item.text(text); };
    writer.add_all("words", texts, head, element);
    writer.add_all("none", std::vector<std::string>{}, head, element);
    writer.finish();
    CHECK(documents.size() > 2);
    std::vector<std::string> found;
    std::vector<std::pair<std::string, bool>> items;
    for (const auto& document : documents) {
        CHECK(read(document, [&](std::string_view list, ItemReader& item) -> Result<> {
            item.flag(items.emplace_back(list, false).second);
            while (!item.is_at_end()) item.text(found.emplace_back());
            return {};
        }));
    }
    CHECK(found == texts);
    CHECK(items.front() == std::pair<std::string, bool>{"words", false});
    CHECK(items[1] == std::pair<std::string, bool>{"words", true});
    CHECK(std::ranges::find(items, std::pair<std::string, bool>{"none", false}) != items.end());
}

TEST_CASE("partial documents: damage is reported") {
    const std::string head = R"({"cloudhijack":6,"catalogue":"c","host":"h","mode":"m",)";
    CHECK(complaint(head + R"("texts":["a"],"x":[[1,0],[9,0]]})").empty());
    for (const std::string item :
         {"[]", "[1]", "[1,1]", "[10,0]", "[-1,0]", "[1,0,0]", "[1,18446744073709551615]"}) {
        CAPTURE(item);
        CHECK(complaint(head + R"("texts":["a"],"x":[[1,0],)" + item + "]}").contains("item"));
    }
    const auto is_broken = [](std::string_view said) {
        return said.starts_with("is not complete JSON") ||
               said.starts_with("has a value of the wrong type");
    };
    for (const std::string item : {"1", "{}", "[1.5,0]", R"(["1",0])", "[null,0]", "[[1],0]",
                                   "[99999999999999999999,0]", "[1,0"}) {
        CAPTURE(item);
        const auto said = complaint(head + R"("texts":["a"],"x":[)" + item + "]}");
        CHECK(is_broken(said));
    }
    for (const std::string& whole :
         {std::string("x"), std::string("[]"), std::string("{"), head + R"("texts":"a"})",
          head + R"("texts":[1]})", head + R"("texts":["\xff"]})", head + R"("texts":[])",
          std::string(R"({"cloudhijack":"1","x":[]})"), std::string(R"({"host":5})")}) {
        CAPTURE(whole);
        CHECK(is_broken(complaint(whole)));
    }
    CHECK(complaint(head + R"("x":[]} {})").contains("has text after its JSON object"));
    CHECK(complaint(head + R"("x":[[1,0]],"texts":["a"]})").contains("item"));
}

TEST_CASE("partial documents: a damaged one still names its host if it can") {
    CHECK(host_of(R"({"cloudhijack":6,"catalogue":"c","host":"idx-1.example","mo)") ==
          "idx-1.example");
    CHECK(host_of(R"("host":"a b")") == "a");
    CHECK(host_of(R"("host":")") == "");
    CHECK(host_of("x") == "");
    CHECK(as_host("idx-1.Example_9") == "idx-1.Example_9");
    CHECK(as_host("a b\n\"\xc3\xab") == "a_b____");
    CHECK(as_host(std::string(300, 'a')).size() == 255);
}
