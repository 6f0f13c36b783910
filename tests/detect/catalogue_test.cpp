#include "detect/catalogue.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace cloudhijack;

namespace {

std::string service_of(std::string_view source, std::string_view name) {
    const auto service = detect::find_volume_service(source, name);
    return service ? std::string(detect::services()[*service].id) : "none";
}

}  // namespace

TEST_CASE("catalogue: source and name match as a pair, exactly") {
    CHECK(service_of("ses.amazonaws.com", "SendRawEmail") == "ses");
    CHECK(service_of("sns.amazonaws.com", "PublishBatch") == "sns");
    CHECK(service_of("bedrock.amazonaws.com", "CreateModelInvocationJob") == "bedrock");
    CHECK(service_of("ses.amazonaws.com", "Publish") == "none");
    CHECK(service_of("iot.amazonaws.com", "Publish") == "none");
    CHECK(service_of("SNS.amazonaws.com", "Publish") == "none");
    CHECK(service_of("sns.amazonaws.com", "publish") == "none");
    CHECK(service_of("sns.amazonaws.com", "PublishX") == "none");
    CHECK(service_of("", "") == "none");
}
