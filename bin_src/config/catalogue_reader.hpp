#pragma once

#include <span>
#include <vector>

#include "log/log_set.hpp"
#include "rules/catalogue.hpp"
#include "rules/conf_file.hpp"
#include "rules/evidence_settings.hpp"
#include "rules/prices.hpp"

namespace cloudhijack::config {

/// A catalogue as conf files give it, and what in them was not understood.
struct LoadedCatalogue {
    rules::Catalogue catalogue;
    rules::EvidenceTable evidence;
    rules::Prices prices;
    std::vector<rules::Setting>
        defaults;  ///< `[defaults]`, lower layers first: options' names, values
    std::vector<rules::Mistake> mistakes;  ///< each such key keeps the value of the layer below
};

/// Reads layers of cloudhijack.conf, each overriding those before it key by key. A source without a
/// dot is one of AWS, unless a log has it.
LoadedCatalogue load_catalogue(std::span<const rules::ConfFile> layers,
                               const log::LogSet& logs = log::all_logs());

/// default/cloudhijack.conf as it was when the program was built.
const rules::ConfFile& embedded_catalogue();

}  // namespace cloudhijack::config
