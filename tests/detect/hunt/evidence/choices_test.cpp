#include <doctest/doctest.h>

#include "detect/hunt/story.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;

namespace {

Story with_models(int models) {
    Story story;
    for (int i = 0; i < models; ++i) {
        story.push_back(call("InvokeModel", R"({"modelId":"m)" + std::to_string(i) + "\"}", i));
    }
    return story;
}

Story in_each_region(const std::vector<std::string>& regions) {
    Story story = repeated({.call = "InvokeModel"}, 0, static_cast<int>(regions.size()));
    for (std::size_t i = 0; i < regions.size(); ++i) story[i].region = regions[i];
    return story;
}

Habit bedrock(std::vector<std::string> models, std::vector<std::string> regions) {
    return {.service = "bedrock",
            .peak_hour = 1,
            .models = std::move(models),
            .regions = std::move(regions)};
}

}  // namespace

TEST_CASE("new_choice: three models or regions that the principal never used") {
    CHECK(score("new_choice", with_models(9)) == 0);  // without a baseline nothing is new
    CHECK(score("new_choice", with_models(3), {}, with_habits({bedrock({"x"}, {})})) == 15);
    CHECK(score("new_choice", with_models(2), {}, with_habits({bedrock({"x"}, {})})) == 0);
    CHECK(score("new_choice", with_models(3), {}, with_habits({bedrock({"m1"}, {})})) == 0);
    CHECK(score("new_choice", with_models(4), {}, with_habits({bedrock({"m1"}, {})})) == 15);
    const Usual at_home = with_habits({bedrock({}, {"us-east-1"})});
    CHECK(score("new_choice", in_each_region({"us-east-1", "eu-west-1", "eu-west-2", "eu-west-3"}),
                {}, at_home) == 15);
    CHECK(score("new_choice", in_each_region({"us-east-1", "eu-west-1", "eu-west-2"}), {},
                at_home) == 0);
    // Models and regions are counted separately.
    Story both = with_models(2) + in_each_region({"eu-west-1", "eu-west-2"});
    CHECK(score("new_choice", both, {}, with_habits({bedrock({"x"}, {"us-east-1"})})) == 0);
}

TEST_CASE("new_choice: only for a principal and a service with history") {
    CHECK(score("new_choice", with_models(3), {}, with_habits({})) == 0);
    CHECK(score("new_choice", with_models(3), {}, with_habits({bedrock({}, {})})) == 0);
    Habit young = bedrock({"x"}, {});
    young.days = 6;
    CHECK(score("new_choice", with_models(3), {}, with_habits({young})) == 0);
    Story denied = with_models(3);
    for (StoryEvent& event : denied) event.error = "AccessDenied";
    CHECK(score("new_choice", denied, {}, with_habits({bedrock({"x"}, {})})) == 0);
    CHECK(reason("new_choice", with_models(3), {}, with_habits({bedrock({"x"}, {})})) ==
          "Used AWS Bedrock with 3 models that are not usual for this principal, from "
          "2026-03-02T10:00:00Z: m0, "
          "m1, m2 (+15)");
}

TEST_CASE("new_choice: a list with too many values is not evidence") {
    Usual usual = with_habits({bedrock({"x"}, {})});
    rules::Baseline::Row row =
        *usual.baseline.find("111122223333", "arn:aws:iam::111122223333:user/eve", "bedrock");
    row.models.add_too_many({.first = 20'400, .last = 20'500});
    usual.baseline.add({.account = "111122223333",
                        .principal = "arn:aws:iam::111122223333:user/eve",
                        .service = "bedrock"},
                       row);
    CHECK(score("new_choice", with_models(3), {}, usual) == 0);
}
