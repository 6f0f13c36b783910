// IAM's policy language, as far as hunt mode needs it:
// docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html

#include "log/policy_document.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <utility>

#include "io/window.hpp"
#include "json/json.hpp"
#include "log/principal.hpp"
#include "text/lower_case.hpp"

namespace cloudhijack::log {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::string_view k_everybody = "*";

/// The content of one statement, whose elements come in any order.
struct Statement {
    bool allows = false;
    bool mail = false;
    bool is_limited = false;
    bool has_external_id = false;
    std::set<std::string, std::less<>> accounts;
};

// Calls `take` for each element of an array, or for a value that is not an array. Returns whether
// nothing was damaged.
template <class Take>
bool for_each_element_or_itself(ondemand::value value, Take take) {
    auto type = ondemand::json_type::null;
    if (value.type().get(type) != simdjson::SUCCESS) return false;
    if (type != ondemand::json_type::array) return take(value);
    ondemand::array array;
    if (value.get_array().get(array) != simdjson::SUCCESS) return false;
    for (auto item : array) {
        ondemand::value element;
        if (std::move(item).get(element) != simdjson::SUCCESS || !take(element)) return false;
    }
    return true;
}

template <class Take>
bool for_each_member(ondemand::value value, Take take) {
    ondemand::object object;
    if (value.get_object().get(object) != simdjson::SUCCESS) return true;  // of another type
    return json::for_each_member(object, take) == simdjson::SUCCESS;
}

// IAM actions ignore case.
bool is_mail_action(std::string_view action) {
    const std::string lower = text::in_lower_case(action);
    return lower == "ses:*" || lower.starts_with("ses:send");
}

// The account of an AWS principal, which is an account id or an ARN, whose fifth field it is. Empty
// for a unique id.
std::string_view account_of(std::string_view principal) {
    if (principal == k_everybody || is_account_id(principal)) return principal;
    constexpr int fields_before = 4;
    for (int field = 0; field < fields_before; ++field) {
        const auto colon = principal.find(':');
        if (colon == std::string_view::npos) return {};
        principal.remove_prefix(colon + 1);
    }
    principal = principal.substr(0, principal.find(':'));
    return is_account_id(principal) ? principal : std::string_view{};
}

void take_principal(std::string_view principal, Statement& statement) {
    const std::string_view account = account_of(principal);
    if (!account.empty()) statement.accounts.emplace(account);
}

// Reads `"*"`, or `{"AWS":...,"Service":...}`, of which only the accounts matter.
bool read_principal(ondemand::value value, Statement& statement) {
    auto type = ondemand::json_type::null;
    if (value.type().get(type) != simdjson::SUCCESS) return false;
    if (type == ondemand::json_type::string) {
        if (json::text_of(value) == k_everybody) take_principal(k_everybody, statement);
        return true;
    }
    bool undamaged = true;
    bool is_first = true;
    const auto take_account = [&statement](ondemand::value one) {
        take_principal(json::text_of(one), statement);
        return true;
    };
    const auto take_kind = [&](std::string_view kind, ondemand::value principals) {
        if (kind != "AWS" || !std::exchange(is_first, false)) return;
        undamaged = for_each_element_or_itself(principals, take_account) && undamaged;
    };
    return for_each_member(value, take_kind) && undamaged;
}

// The condition keys that limit a statement to an organisation, or to a service's work for an
// account.
constexpr std::array<std::string_view, 6> k_limiting_keys = {
    "aws:principalorgid", "aws:principalorgpaths", "aws:sourceorgid",
    "aws:sourceorgpaths", "aws:sourceaccount",     "aws:sourcearn"};

// Reads `{"StringEquals":{"sts:ExternalId":"..."}}`; condition keys ignore case. Operators such as
// `StringNotEquals` exclude some callers but do not limit the statement to anyone.
bool read_condition(ondemand::value value, Statement& statement) {
    bool undamaged = true;
    const auto take_key = [&statement](std::string_view key, ondemand::value) {
        const std::string lower = text::in_lower_case(key);
        statement.has_external_id |= lower == "sts:externalid";
        statement.is_limited |= std::ranges::find(k_limiting_keys, lower) != k_limiting_keys.end();
    };
    const auto take_operation = [&](std::string_view operation, ondemand::value keys) {
        if (operation.contains("Not")) return;
        undamaged = for_each_member(keys, take_key) && undamaged;
    };
    return for_each_member(value, take_operation) && undamaged;
}

constexpr std::array<std::string_view, 5> k_elements = {"Effect", "Action", "Principal",
                                                        "NotPrincipal", "Condition"};

bool read_statement(ondemand::value value, Statement& statement) {
    bool undamaged = true;
    std::array<bool, k_elements.size()> seen{};
    const auto take_action = [&statement](ondemand::value action) {
        statement.mail |= is_mail_action(json::text_of(action));
        return true;
    };
    const auto take = [&](std::string_view key, ondemand::value element) {
        const auto place = std::ranges::find(k_elements, key);
        if (place == k_elements.end()) return;
        if (std::exchange(seen.at(static_cast<std::size_t>(place - k_elements.begin())), true)) {
            return;  // the first of duplicate keys counts
        }
        if (key == "Effect") {
            statement.allows = json::text_of(element) == "Allow";
        } else if (key == "Action") {
            undamaged = for_each_element_or_itself(element, take_action) && undamaged;
        } else if (key == "Principal") {
            undamaged = read_principal(element, statement) && undamaged;
        } else if (key == "NotPrincipal") {  // everyone except some
            take_principal(k_everybody, statement);
        } else {
            undamaged = read_condition(element, statement) && undamaged;
        }
    };
    return for_each_member(value, take) && undamaged;
}

void add_to(PolicyDocument& document, const Statement& statement) {
    if (!statement.allows) return;
    document.allows_mail |= statement.mail;
    for (const std::string& account : statement.accounts) {
        if (statement.is_limited && account == k_everybody) continue;
        document.trust =
            std::max(document.trust, statement.has_external_id ? Trust::partner : Trust::open);
        const auto is_same = [&](const PolicyGrantee& grantee) {
            return grantee.account == account &&
                   grantee.has_external_id == statement.has_external_id;
        };
        const bool is_full = document.grantees.size() == PolicyDocument::k_most_grantees;
        if (is_full || std::ranges::any_of(document.grantees, is_same)) continue;
        document.grantees.push_back(
            {.account = account, .has_external_id = statement.has_external_id});
    }
}

}  // namespace

const PolicyDocument& PolicyReader::read(std::string_view text) {
    document_.allows_mail = false;
    document_.grantees.clear();
    document_.trust = Trust::closed;
    padded_ = text;
    padded_.append(io::k_padding, ' ');
    ondemand::document policy;
    ondemand::object object;
    const std::string_view padded = std::string_view(padded_).substr(0, text.size());
    if (json::parse_object(*parser_, padded, policy, object) != simdjson::SUCCESS) return document_;
    bool undamaged = true;
    bool is_first = true;  // the first of duplicate keys counts
    const auto error =
        json::for_each_member(object, [&](std::string_view key, ondemand::value value) {
            if (key != "Statement" || !std::exchange(is_first, false)) return;
            undamaged = for_each_element_or_itself(value, [&](ondemand::value one) {
                Statement statement;
                const bool is_undamaged = read_statement(one, statement);
                add_to(document_, statement);
                return is_undamaged;
            });
        });
    // After an error in a statement the document is dead, and at_end() must not be called.
    undamaged = undamaged && error == simdjson::SUCCESS && policy.is_alive() && policy.at_end();
    if (!undamaged) document_ = {};
    return document_;
}

}  // namespace cloudhijack::log
