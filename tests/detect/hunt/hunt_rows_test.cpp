#include "detect/hunt/hunt_rows.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

#include "detect/hunt/story.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;
using detect::Number;
using List = std::vector<std::string>;

namespace {

/// A row, by the names of its columns.
class NamedRow {
  public:
    explicit NamedRow(const Story& story) : row_(detect::to_row(hunt(story).front())) {
        REQUIRE(row_.size() == detect::hunt_columns().size());
    }

    [[nodiscard]] const detect::Value& at(std::string_view name) const {
        const auto columns = detect::hunt_columns();
        const auto found = std::ranges::find(columns, name, &detect::Column::name);
        REQUIRE(found != columns.end());
        return row_[static_cast<std::size_t>(found - columns.begin())];
    }
    [[nodiscard]] std::string text(std::string_view name) const {
        return std::get<std::string>(at(name));
    }
    [[nodiscard]] std::string number(std::string_view name) const {
        return std::get<Number>(at(name)).digits;
    }
    [[nodiscard]] List list(std::string_view name) const { return std::get<List>(at(name)); }

  private:
    detect::Row row_;
};

Story many_addresses(int count) {
    Story story = repeated({.call = "DeleteModelInvocationLoggingConfiguration"}, 0, count);
    for (std::size_t i = 0; i < story.size(); ++i) {
        story[i].address = "10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250);
    }
    return story;
}

}  // namespace

TEST_CASE("hunt rows: a multivalue column holds a list, and no other does") {
    const auto row = detect::to_row(hunt(many_addresses(1)).front());
    const auto columns = detect::hunt_columns();
    REQUIRE(row.size() == columns.size());
    for (std::size_t i = 0; i < row.size(); ++i) {
        CAPTURE(columns[i].name);
        CHECK(std::holds_alternative<List>(row[i]) == columns[i].multivalue);
    }
}

TEST_CASE("hunt rows: the columns that Splunk's own content expects") {
    const NamedRow row(many_addresses(2));
    CHECK(row.text("user") == "eve");
    CHECK(row.list("src") == List{"10.0.0.0", "10.0.0.1"});
    CHECK(row.text("vendor_account") == "111122223333");
    CHECK(row.list("vendor_region") == List{"us-east-1"});
    CHECK(row.list("user_agent") == List{"aws-cli"});
    CHECK(row.text("risk_object") == "arn:aws:iam::111122223333:user/eve");
    CHECK(row.text("risk_object_type") == "user");
    CHECK(row.number("risk_score") == "40");
    CHECK(row.text("risk_message") ==
          "arn:aws:iam::111122223333:user/eve behaves like a hijacker of cloud services: Disabled "
          "logging, a guardrail or feedback: DeleteModelInvocationLoggingConfiguration at "
          "2026-03-02T10:00:00Z (us-east-1) (+40)");
    CHECK(row.list("threat_object") == row.list("SourceIPs"));
    CHECK(row.text("threat_object_type") == "ip_address");
    CHECK(row.text("mitre_technique_id") == "T1496.004");
}

TEST_CASE("hunt rows: without addresses there is no threat object") {
    Story story = many_addresses(1);
    story[0].address = "AWS Internal";
    const NamedRow row(story);
    CHECK(row.list("threat_object").empty());
    CHECK(row.text("threat_object_type").empty());
    CHECK(row.number("UniqueIPs") == "0");
}

TEST_CASE(
    "hunt rows: lists contain 100 values, and Truncated names those that were cut or estimated") {
    CHECK(NamedRow(many_addresses(100)).list("Truncated").empty());
    const NamedRow cut(many_addresses(101));
    CHECK(cut.list("SourceIPs").size() == 100);
    CHECK(cut.number("UniqueIPs") == "101");
    CHECK(cut.list("Truncated") == List{"SourceIPs"});
    const NamedRow estimated(many_addresses(1001));
    CHECK(estimated.list("SourceIPs").size() == 100);
    CHECK(estimated.list("Truncated") == List{"UniqueIPs", "SourceIPs"});
    const NamedRow sums(many_addresses(1100));
    CHECK(sums.list("Truncated") ==
          List{"UseCount", "MessageCount", "FailedCount", "PeakPerHour", "UniqueIPs", "SourceIPs"});
}

TEST_CASE("hunt rows: Truncated says if an hour has more regions than are kept") {
    const auto truncated = [](int regions) {
        Story story = repeated({.time = {}, .call = "SendEmail"}, 0, 1100);
        for (std::size_t i = 0; i < story.size(); ++i) {
            story[i].region = "region-" + std::to_string(i % static_cast<std::size_t>(regions));
        }
        const NamedRow row(story);
        const List columns = row.list("Truncated");
        CHECK(row.number("UniqueRegions") == std::to_string(regions));
        return std::ranges::find(columns, "Evidence") != columns.end();
    };
    CHECK_FALSE(truncated(64));
    CHECK(truncated(65));
}

TEST_CASE("hunt rows: the name of a region is cut") {
    const Story story = {
        {.time = "10:00:00", .call = "SendEmail", .region = std::string(500, 'r')}};
    CHECK(NamedRow(story).list("Regions") == List{std::string(64, 'r')});
}
