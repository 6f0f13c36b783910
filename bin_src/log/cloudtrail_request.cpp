#include "log/cloudtrail_request.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "io/window.hpp"
#include "json/json.hpp"
#include "text/lower_case.hpp"

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
};

constexpr std::array<std::string_view, 5> k_other_keys = {
    "destination", "destinations", "bulkEmailEntries", "publishBatchRequestEntries",
    "policyDocument"};

constexpr auto k_keys = [] {
    std::array<std::string_view, k_texts.size() + k_other_keys.size()> keys;
    const auto behind = std::ranges::transform(k_texts, keys.begin(),
                                               [](const TextPath& path) { return path.key; });
    std::ranges::copy(k_other_keys, behind.out);
    return keys;
}();

// Calls `take(key, value)` for the wanted members of an object, of duplicate keys for the first.
// False where something wrong in the middle ended it.
template <class Take>
bool for_each_wanted(ondemand::object object, std::span<const std::string_view> wanted, Take take) {
    std::uint64_t seen = 0;
    const auto error =
        json::for_each_member(object, [&](std::string_view key, ondemand::value value) {
            const auto place = std::ranges::find(wanted, key);
            if (place == wanted.end()) return;
            const std::uint64_t bit = std::uint64_t{1}
                                      << static_cast<unsigned>(place - wanted.begin());
            if ((seen & bit) == 0) take(key, value);
            seen |= bit;
        });
    return error == simdjson::SUCCESS;
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

template <class Take>
void for_each_element_or_itself(ondemand::value value, Take take) {
    auto type = ondemand::json_type::null;
    if (value.type().get(type) != simdjson::SUCCESS) return;
    if (type == ondemand::json_type::array) return for_each_element(value, take);
    take(value);
}

std::string_view text_of(ondemand::value value) {
    std::string_view text;
    return json::read_text(value, text) == simdjson::SUCCESS ? text : std::string_view{};
}

std::uint64_t size_of(ondemand::value value) {
    std::uint64_t size = 0;
    for_each_element(value, [&size](ondemand::value) { ++size; });
    return size;
}

// `{"toAddresses":[...],"ccAddresses":[...],"bccAddresses":[...]}`
std::uint64_t recipients_at(ondemand::value destination) {
    std::uint64_t count = 0;
    ondemand::object object;
    if (destination.get_object().get(object) != simdjson::SUCCESS) return 0;
    constexpr std::array<std::string_view, 3> lists = {"toAddresses", "ccAddresses",
                                                       "bccAddresses"};
    for_each_wanted(object, lists,
                    [&count](std::string_view, ondemand::value value) { count += size_of(value); });
    return count;
}

// An entry of a bulk: an address, or an object with a destination.
std::uint64_t recipients_of_entry(ondemand::value entry) {
    std::uint64_t count = 0;
    ondemand::object object;
    if (entry.get_object().get(object) == simdjson::SUCCESS) {
        constexpr std::array<std::string_view, 1> wanted = {"destination"};
        for_each_wanted(object, wanted, [&count](std::string_view, ondemand::value destination) {
            count = recipients_at(destination);
        });
    }
    return std::max<std::uint64_t>(count, 1);
}

// IAM's actions ignore case.
bool is_mail_action(std::string_view action) {
    const std::string lower = text::in_lower_case(action);
    return lower == "ses:*" || lower.starts_with("ses:send");
}

bool statement_allows_mail(ondemand::value statement) {
    bool allows = false;
    bool mail = false;
    ondemand::object object;
    if (statement.get_object().get(object) != simdjson::SUCCESS) return false;
    constexpr std::array<std::string_view, 2> wanted = {"Effect", "Action"};
    for_each_wanted(object, wanted, [&](std::string_view key, ondemand::value value) {
        if (key == "Effect") {
            allows = text_of(value) == "Allow";
        } else {
            for_each_element_or_itself(value, [&mail](ondemand::value action) {
                mail = is_mail_action(text_of(action)) || mail;
            });
        }
    });
    return allows && mail;
}

// Whether a policy allows to send mail over SES.
bool allows_mail(std::string_view policy_text, DetailsScratch& scratch) {
    std::string& padded = scratch.inner_text;
    padded = policy_text;
    padded.append(io::k_padding, ' ');
    const std::string_view text = std::string_view(padded).substr(0, policy_text.size());
    ondemand::document policy;
    ondemand::object object;
    bool allows = false;
    if (json::parse_object(*scratch.inner_parser, text, policy, object) != simdjson::SUCCESS) {
        return false;
    }
    constexpr std::array<std::string_view, 1> wanted = {"Statement"};
    const bool whole =
        for_each_wanted(object, wanted, [&allows](std::string_view, ondemand::value value) {
            for_each_element_or_itself(value, [&allows](ondemand::value statement) {
                allows = statement_allows_mail(statement) || allows;
            });
        });
    // After an error in a statement the document is dead, and must not be asked where it ends.
    return allows && whole && policy.is_alive() && policy.at_end();
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
        } else if (key == "policyDocument") {
            request.policy_allows_mail = allows_mail(text_of(value), scratch);
        } else {
            request.*std::ranges::find(k_texts, key, &TextPath::key)->field = text_of(value);
        }
    };
    for_each_wanted(parameters, k_keys, take);
    return request;
}

}  // namespace cloudhijack::log
