// Functions that interpret the names of principals.

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "log/principal.hpp"
#include "text/characters.hpp"
#include "text/path.hpp"

namespace cloudhijack::log {
namespace {

using text::last_part;

bool is_upper_hexadecimal_digit(char c) { return text::is_digit(c) || (c >= 'A' && c <= 'F'); }

// Removes CloudFormation's suffix from the end of a role's name, such as `-1A2B3C4D5E6F7`.
std::string_view without_suffix_of_deployment(std::string_view name) {
    constexpr std::size_t shortest = 12;
    constexpr std::size_t longest = 13;
    const auto dash = name.rfind('-');
    if (dash == std::string_view::npos) return name;
    const std::string_view suffix = name.substr(dash + 1);
    const bool is_suffix =
        suffix.size() >= shortest && suffix.size() <= longest &&
        std::ranges::all_of(suffix, [](char c) { return text::is_digit(c) || text::is_letter(c); });
    return is_suffix ? name.substr(0, dash) : name;
}

// Removes CDK's hash after the logical name, such as `3D9F1C2A`.
std::string without_hash_of_deployment(std::string_view name) {
    constexpr std::size_t size = 8;
    std::string rest;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const std::string_view next = name.substr(i, size);
        if (i > 0 && text::is_letter(name[i - 1]) && next.size() == size &&
            std::ranges::all_of(next, is_upper_hexadecimal_digit)) {
            i += size - 1;
        } else {
            rest += name[i];
        }
    }
    return rest;
}

std::string without_numbers(std::string_view name) {
    std::string rest;
    for (const char c : name) {
        if (!text::is_digit(c)) {
            rest += c;
        } else if (!rest.ends_with('#')) {
            rest += '#';
        }
    }
    return rest;
}

constexpr std::string_view k_key_of = "key of ";
constexpr std::string_view k_account = "account ";

}  // namespace

bool is_account_id(std::string_view text) {
    constexpr std::size_t size = 12;
    return text.size() == size && std::ranges::all_of(text, text::is_digit);
}

std::string user_principal(std::string_view account, std::string_view user) {
    return "arn:aws:iam::" + std::string(account) + ":user/" + std::string(user);
}

std::string role_principal(std::string_view account, std::string_view role) {
    return "arn:aws:iam::" + std::string(account) + ":role/" + std::string(role);
}

std::string key_principal(std::string_view resource) {
    return std::string(k_key_of) + std::string(resource);
}

std::string account_principal(std::string_view account) {
    return std::string(k_account) + std::string(account);
}

bool is_key_principal(std::string_view principal_name) {
    return principal_name.starts_with(k_key_of) || is_account_principal(principal_name);
}

bool is_account_principal(std::string_view principal_name) {
    return principal_name.starts_with(k_account);
}

std::string_view key_resource(std::string_view principal_name) {
    for (const std::string_view prefix : {k_key_of, k_account}) {
        if (principal_name.starts_with(prefix)) return principal_name.substr(prefix.size());
    }
    return {};
}

std::string resource_principal(std::string_view resource) {
    return "resource " + std::string(resource);
}

std::string family_of(std::string_view principal_name) {
    if (!principal_name.contains(":role/")) return {};
    if (const auto shared = principal_name.find("/AWSReservedSSO_");
        shared != std::string_view::npos) {
        const std::string_view role = principal_name.substr(shared + 1);
        const auto slash = role.find('/');
        if (slash != std::string_view::npos) return std::string(role.substr(0, slash));
    }
    return without_numbers(
        without_hash_of_deployment(without_suffix_of_deployment(last_part(principal_name))));
}

std::string without_path(std::string_view principal_name) {
    constexpr std::string_view role = ":role/";
    const auto at = principal_name.find(role);
    if (at == std::string_view::npos) return std::string(principal_name);
    const std::string_view head = principal_name.substr(0, at + role.size());
    const std::string_view rest = principal_name.substr(head.size());
    // The name of a role that people share is followed by the person's.
    const auto shared = rest.find("AWSReservedSSO_");
    return std::string(head) +
           std::string(shared == std::string_view::npos ? last_part(rest) : rest.substr(shared));
}

std::string actor_key(std::string_view principal_name) {
    if (principal_name.contains(":user/")) return user_key(last_part(principal_name));
    if (principal_name.contains(":role/")) return role_key(last_part(principal_name));
    return std::string(principal_name);
}

std::string user_key(std::string_view user) { return "user/" + std::string(last_part(user)); }

std::string role_key(std::string_view role) { return "role/" + std::string(last_part(role)); }

// Accepts `arn:aws:iam::111122223333:role/path/name`, in any partition.
std::string_view account_of_role(std::string_view arn) {
    constexpr std::string_view begin = "arn:";
    constexpr std::string_view service = ":iam::";
    constexpr std::string_view resource = ":role/";
    const auto partition = arn.find(service);
    if (!arn.starts_with(begin) || partition == std::string_view::npos) return {};
    if (arn.substr(begin.size(), partition - begin.size()).contains(':')) return {};
    arn.remove_prefix(partition + service.size());
    const std::string_view account = arn.substr(0, arn.find(':'));
    arn.remove_prefix(account.size());
    const bool is_role =
        is_account_id(account) && arn.starts_with(resource) && !last_part(arn).empty();
    return is_role ? account : std::string_view{};
}

std::string_view short_name(std::string_view principal_name) {
    const std::string_view last = last_part(principal_name);
    return last.substr(last.rfind(':') + 1);  // npos + 1 is 0
}

std::string_view user_of(std::string_view principal_name) {
    return principal_name.contains(":user/") ? last_part(principal_name) : std::string_view{};
}

}  // namespace cloudhijack::log
