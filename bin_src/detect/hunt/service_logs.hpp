#pragma once

#include <algorithm>

#include "log/log_set.hpp"
#include "rules/catalogue.hpp"

namespace cloudhijack::detect {

/// Whether all use of a service is in logs that do not say from where it comes.
inline bool is_without_addresses(const rules::Service& service) {
    const auto& uses = service.calls_of(rules::Phase::use);
    return !uses.empty() && std::ranges::none_of(uses, [](const rules::CatalogueCall& call) {
        return log::all_logs().has_addresses(call.source);
    });
}

}  // namespace cloudhijack::detect
