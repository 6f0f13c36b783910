#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "log/log_set.hpp"
#include "rules/catalogue.hpp"
#include "rules/conf_file.hpp"
#include "rules/evidence_settings.hpp"
#include "rules/prices.hpp"

namespace cloudhijack::config {

inline constexpr std::string_view k_service_prefix = "service:";

/// A catalogue as the conf files define it, and the mistakes in them.
struct LoadedCatalogue {
    rules::Catalogue catalogue;
    rules::EvidenceTable evidence;
    rules::Prices prices;
    std::vector<rules::Setting> defaults;  ///< keys of `[defaults]`, lower layers first
    std::vector<rules::Mistake> mistakes;  ///< such keys keep the value of the layer below
};

/// Reads layers of cloudhijack.conf; each layer overrides the previous ones key by key. A source
/// without a dot is a source of AWS unless it belongs to another log.
LoadedCatalogue load_catalogue(std::span<const rules::ConfFile> layers,
                               const log::LogSet& logs = log::all_logs());

/// The default/cloudhijack.conf with which the program was built.
const rules::ConfFile& embedded_catalogue();

}  // namespace cloudhijack::config
