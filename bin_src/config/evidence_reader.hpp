#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "rules/conf_file.hpp"
#include "rules/evidence_settings.hpp"

namespace cloudhijack::config {

inline constexpr std::string_view k_evidence_prefix = "evidence:";

/// Reads one key of a stanza `[evidence:<id>]`. The error describes what is wrong with it.
std::expected<void, std::string> read_evidence_key(const rules::Setting& setting,
                                                   rules::EvidenceTable& table);

}  // namespace cloudhijack::config
