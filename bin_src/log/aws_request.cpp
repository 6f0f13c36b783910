#include "log/aws_request.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "json/json.hpp"
#include "text/key_table.hpp"

namespace cloudhijack::log {
namespace {

namespace ondemand = simdjson::ondemand;

struct TextPath {
    std::string_view key;
    std::string_view RequestParameters::* field;
};

constexpr std::array k_texts = {
    TextPath{.key = "modelId", .field = &RequestParameters::model},
    TextPath{.key = "emailIdentity", .field = &RequestParameters::email_identity},
    TextPath{.key = "emailAddress", .field = &RequestParameters::email_address},
    TextPath{.key = "domain", .field = &RequestParameters::domain},
    TextPath{.key = "identity", .field = &RequestParameters::identity},
    TextPath{.key = "userName", .field = &RequestParameters::user_name},
    TextPath{.key = "policyArn", .field = &RequestParameters::policy_arn},
    TextPath{.key = "serviceName", .field = &RequestParameters::service_name},
    TextPath{.key = "serviceCode", .field = &RequestParameters::service_code},
    TextPath{.key = "categoryCode", .field = &RequestParameters::category_code},
    TextPath{.key = "subject", .field = &RequestParameters::case_subject},
    TextPath{.key = "roleName", .field = &RequestParameters::role_name},
    TextPath{.key = "roleArn", .field = &RequestParameters::role_arn},
    TextPath{.key = "groupName", .field = &RequestParameters::group_name},
    TextPath{.key = "policyName", .field = &RequestParameters::policy_name},
    TextPath{.key = "name", .field = &RequestParameters::name},
    TextPath{.key = "trailName", .field = &RequestParameters::trail_name},
    TextPath{.key = "eventDataStore", .field = &RequestParameters::event_data_store},
    TextPath{.key = "logGroupName", .field = &RequestParameters::log_group_name},
};

constexpr std::array<std::string_view, 10> k_other_keys = {
    "destination",      "destinations",
    "bulkEmailEntries", "publishBatchRequestEntries",
    "policyDocument",   "assumeRolePolicyDocument",
    "policy",           "resourcePolicy",
    "omitted",          "callWithBearerToken"};

constexpr std::array<std::string_view, 4> k_policy_keys = {
    "policyDocument", "assumeRolePolicyDocument", "policy", "resourcePolicy"};

constexpr auto k_keys = [] {
    std::array<std::string_view, k_texts.size() + k_other_keys.size()> keys;
    const auto copied = std::ranges::transform(k_texts, keys.begin(),
                                               [](const TextPath& path) { return path.key; });
    std::ranges::copy(k_other_keys, copied.out);
    return keys;
}();

// Calls `take(key, value)` for the wanted members of an object, for the first of duplicate keys.
template <class Take>
void for_each_wanted(ondemand::object object, const text::KeyTable& wanted, Take take) {
    std::uint64_t seen = 0;
    json::for_each_member(object, [&](std::string_view key, ondemand::value value) {
        const auto index = wanted.find(key);
        if (!index) return;
        const std::uint64_t bit = std::uint64_t{1} << static_cast<unsigned>(*index);
        if ((seen & bit) == 0) take(key, value);
        seen |= bit;
    });
}

template <class Take>
void for_each_element(ondemand::value value, Take take) {
    ondemand::array array;
    if (value.get_array().get(array) != simdjson::SUCCESS) return;
    for (auto item : array) {
        ondemand::value element;
        if (std::move(item).get(element) != simdjson::SUCCESS) return;
        take(element);
    }
}

std::uint64_t size_of(ondemand::value value) {
    std::uint64_t size = 0;
    for_each_element(value, [&size](ondemand::value) { ++size; });
    return size;
}

// The number of recipients in `{"toAddresses":[...],"ccAddresses":[...],"bccAddresses":[...]}`.
std::uint64_t recipients_at(ondemand::value destination) {
    std::uint64_t count = 0;
    ondemand::object object;
    if (destination.get_object().get(object) != simdjson::SUCCESS) return 0;
    static const text::KeyTable lists(
        std::array<std::string_view, 3>{"toAddresses", "ccAddresses", "bccAddresses"});
    for_each_wanted(object, lists,
                    [&count](std::string_view, ondemand::value value) { count += size_of(value); });
    return count;
}

// The number of recipients of a bulk entry, which is an address or an object with a destination.
std::uint64_t recipients_of_entry(ondemand::value entry) {
    std::uint64_t count = 0;
    ondemand::object object;
    if (entry.get_object().get(object) == simdjson::SUCCESS) {
        static const text::KeyTable wanted(std::array<std::string_view, 1>{"destination"});
        for_each_wanted(object, wanted, [&count](std::string_view, ondemand::value destination) {
            count = recipients_at(destination);
        });
    }
    return std::max<std::uint64_t>(count, 1);
}

}  // namespace

RequestParameters read_request(std::string_view object, DetailsScratch& scratch) {
    RequestParameters request;
    if (object.empty()) return request;
    ondemand::document document;
    ondemand::object parameters;
    if (json::parse_object(*scratch.parser, object, document, parameters) != simdjson::SUCCESS) {
        return request;
    }
    const auto take = [&](std::string_view key, ondemand::value value) {
        if (key == "destination") {
            request.recipients += recipients_at(value);
        } else if (key == "destinations" || key == "bulkEmailEntries") {
            for_each_element(value, [&request](ondemand::value entry) {
                request.recipients += recipients_of_entry(entry);
            });
        } else if (key == "publishBatchRequestEntries") {
            request.batch_entries = size_of(value);
        } else if (key == "omitted") {
            request.is_omitted = json::text_of(value) == "true";
        } else if (key == "callWithBearerToken") {
            request.has_bearer_key = json::text_of(value) == "true";
        } else if (std::ranges::find(k_policy_keys, key) != k_policy_keys.end()) {
            const std::string_view text = json::text_of(value);
            if (!text.empty()) request.policy = &scratch.policies.read(text);
        } else {
            request.*std::ranges::find(k_texts, key, &TextPath::key)->field = json::text_of(value);
        }
    };
    static const text::KeyTable wanted(k_keys);
    for_each_wanted(parameters, wanted, take);
    return request;
}

}  // namespace cloudhijack::log
