#include "config/catalogue_reader.hpp"

#include <algorithm>
#include <expected>
#include <optional>
#include <utility>

#include "config/evidence_reader.hpp"
#include "config/invalid_value.hpp"
#include "config/price_reader.hpp"
#include "text/boolean.hpp"
#include "text/number.hpp"
#include "text/quote.hpp"
#include "text/words.hpp"

namespace cloudhijack::config {
namespace {

// The values that the search replaced by the command uses for an unknown service.
constexpr std::string_view k_default_category = "SaaS Service Abuse";
constexpr std::uint64_t k_default_threshold = 50;

/// The error describes what is wrong with a value.
using ValueResult = std::expected<void, std::string>;

ValueResult wrong(std::string why) { return std::unexpected(std::move(why)); }

/// A service while its layers are read. Calls without a source keep an empty one until finish(), as
/// a later layer can still change the stanza's source.
struct ServiceDraft {
    rules::Service service;
    std::string source;
    bool is_disabled = false;
    rules::ConfPlace disabled_at;  ///< the place of the key `disabled`
};

bool is_word(std::string_view text, std::string_view other_characters) {
    return !text.empty() && std::ranges::all_of(text, [other_characters](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               other_characters.contains(c);
    });
}

std::expected<std::vector<log::Condition>, std::string> read_conditions(std::string_view text) {
    std::vector<log::Condition> conditions;
    while (true) {
        const auto comma = text.find(',');
        const std::string_view one = text.substr(0, comma);
        const auto sign = one.find('=');
        if (sign == std::string_view::npos) {
            return std::unexpected(text::quoted(one) + " is not a condition; write path=value");
        }
        log::Condition condition{.path = {}, .value = std::string(one.substr(sign + 1))};
        for (std::string_view path = one.substr(0, sign);;) {
            const auto dot = path.find('.');
            const std::string_view key = path.substr(0, dot);
            if (key.empty()) {
                return std::unexpected("the path of " + text::quoted(one) +
                                       " has an empty key; write keys separated by single dots");
            }
            condition.path.emplace_back(key);
            if (dot == std::string_view::npos) break;
            path.remove_prefix(dot + 1);
        }
        conditions.push_back(std::move(condition));
        if (comma == std::string_view::npos) return conditions;
        text.remove_prefix(comma + 1);
    }
}

std::expected<std::uint16_t, std::string> read_weight(std::string_view text) {
    const auto weight = text::whole_number(text, rules::k_largest_weight);
    if (weight && *weight > 0) return static_cast<std::uint16_t>(*weight);
    return std::unexpected(
        "has no valid weight after its *; a weight is a whole number from 1 to " +
        std::to_string(rules::k_largest_weight) + ", and * is not a wildcard");
}

// Reads `source:Name(path=value,...)*weight`; source, conditions and weight are optional. The
// source is not completed yet.
std::expected<rules::CatalogueCall, std::string> read_call(std::string_view text,
                                                           rules::Phase phase) {
    const std::string whole(text);
    rules::CatalogueCall call;
    const auto closed = text.rfind(')');  // a condition's value can contain a *
    const auto star = text.find('*', closed == std::string_view::npos ? 0 : closed);
    if (star != std::string_view::npos) {
        const auto weight = read_weight(text.substr(star + 1));
        if (!weight) return std::unexpected('"' + whole + "\" " + weight.error());
        text = text.substr(0, star);
        if (phase != rules::Phase::use) {
            return std::unexpected('"' + whole +
                                   "\" has a weight, which only the key use supports; write \"" +
                                   std::string(text) + '"');
        }
        call.weight = *weight;
    }
    if (const auto open = text.find('('); open != std::string_view::npos) {
        if (!text.ends_with(')'))
            return std::unexpected('"' + whole +
                                   "\" has no closing ); write it after the conditions");
        auto conditions = read_conditions(text.substr(open + 1, text.size() - open - 2));
        if (!conditions) return std::unexpected('"' + whole + "\": " + conditions.error());
        call.conditions = std::move(*conditions);
        text = text.substr(0, open);
    }
    if (const auto colon = text.find(':'); colon != std::string_view::npos) {
        if (!is_word(text.substr(0, colon), "-_.")) {
            return std::unexpected('"' + whole +
                                   "\" has no valid source before the colon; a source has only "
                                   "letters, digits, hyphens, underscores and dots");
        }
        call.source = text.substr(0, colon);
        text.remove_prefix(colon + 1);
    }
    if (!is_word(text, "_-./")) {
        return std::unexpected('"' + whole +
                               "\" is not a valid call name; a name has only letters, digits, "
                               "underscores, hyphens, dots and slashes");
    }
    call.name = text;
    return call;
}

std::expected<std::vector<rules::CatalogueCall>, std::string> read_calls(std::string_view text,
                                                                         rules::Phase phase) {
    std::vector<rules::CatalogueCall> calls;
    for (const std::string_view word : text::words(text)) {
        auto call = read_call(word, phase);
        if (!call) return std::unexpected(call.error());
        calls.push_back(std::move(*call));
        if (calls.size() > rules::k_most_calls) {
            return std::unexpected("too many calls; a key has at most " +
                                   std::to_string(rules::k_most_calls));
        }
    }
    return calls;
}

ValueResult read_text(const std::string& value, std::string& into) {
    if (value.empty() || value.contains('\n'))
        return wrong(invalid_value(value, "one line of text"));
    into = value;
    return {};
}

// The placeholder whose opening brace is at this position, without the braces; empty if there is
// none. JSON in a command has braces, too, but no word of lower-case letters directly in them.
std::string_view placeholder_at(std::string_view text, std::size_t brace) {
    const auto end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz", brace + 1);
    if (end == std::string_view::npos || text[end] != '}') return {};
    return text.substr(brace + 1, end - brace - 1);
}

ValueResult read_response(const std::string& value, std::string& into) {
    std::string response;
    for (const std::string_view word : text::words(value)) {
        if (!response.empty()) response += ' ';
        response += word;
    }
    const auto colon = response.find(": ");
    if (colon == std::string::npos || colon == 0) {
        return wrong(invalid_value(value, "a sentence, a colon with a blank, and a command"));
    }
    if (response.size() > rules::k_longest_response) {
        return wrong("is longer than " + std::to_string(rules::k_longest_response) +
                     " bytes, which is the limit; shorten it");
    }
    for (auto at = response.find('{'); at != std::string::npos; at = response.find('{', at + 1)) {
        const std::string_view name = placeholder_at(response, at);
        if (name.empty() || std::ranges::count(rules::k_response_placeholders, name) > 0) continue;
        return wrong("unknown placeholder " + text::quoted('{' + std::string(name) + '}') +
                     "; the placeholders are {region} and {account}");
    }
    into = std::move(response);
    return {};
}

ValueResult read_threshold(const std::string& value, std::uint64_t& into) {
    const auto number = text::whole_number(value, rules::k_largest_threshold);
    if (!number) {
        return wrong(invalid_value(
            value, "a whole number from 0 to " + std::to_string(rules::k_largest_threshold)));
    }
    into = *number;
    return {};
}

ValueResult read_source(const std::string& value, std::string& into) {
    if (!is_word(value, "-_.")) {
        return wrong(invalid_value(value, "an event source without .amazonaws.com, such as ses"));
    }
    into = value;
    return {};
}

ValueResult read_disabled(const rules::Setting& setting, ServiceDraft& draft) {
    const auto disabled = text::boolean(setting.value);
    if (!disabled) return wrong(invalid_value(setting.value, "true or false"));
    draft.is_disabled = *disabled;
    draft.disabled_at = setting.place;
    return {};
}

ValueResult read_service_key(const rules::Setting& setting, ServiceDraft& draft) {
    const std::string& key = setting.place.key;
    if (key == "label") return read_text(setting.value, draft.service.label);
    if (key == "category") return read_text(setting.value, draft.service.category);
    if (key == "threshold") return read_threshold(setting.value, draft.service.threshold);
    if (key == "data_events") return read_text(setting.value, draft.service.data_events);
    if (key == "never_logged") return read_text(setting.value, draft.service.never_logged);
    if (key == "response") return read_response(setting.value, draft.service.response);
    if (key == "source") return read_source(setting.value, draft.source);
    if (key == "disabled") return read_disabled(setting, draft);
    const auto phase = std::ranges::find(rules::k_phase_names, key);
    if (phase == rules::k_phase_names.end()) {
        std::string known =
            "unknown key; a service has the keys label, category, threshold, source, "
            "data_events, never_logged, response, disabled";
        for (const std::string_view name : rules::k_phase_names) known += ", " + std::string(name);
        return wrong(std::move(known));
    }
    const auto number = phase - rules::k_phase_names.begin();
    auto calls = read_calls(setting.value, static_cast<rules::Phase>(number));
    if (!calls) return wrong(calls.error());
    for (const rules::CatalogueCall& call : *calls) {
        if (!call.source.empty() || !draft.source.empty()) continue;
        return wrong('"' + call.name +
                     "\" has no source, and its stanza has no key source; write source:" +
                     call.name + ", or add the key source");
    }
    draft.service.calls.at(static_cast<std::size_t>(number)) = std::move(*calls);
    return {};
}

class CatalogueReader {
  public:
    explicit CatalogueReader(const log::LogSet& logs) : logs_(&logs) {}

    void read(const rules::ConfFile& layer) {
        mistakes_.insert(mistakes_.end(), layer.mistakes.begin(), layer.mistakes.end());
        // Sources are read first: the calls of their stanza need them, wherever the key appears.
        for (const bool sources : {true, false}) {
            for (const rules::Setting& setting : layer.settings) {
                if ((setting.place.key == "source") != sources) continue;
                if (auto taken = read(setting); !taken) {
                    mistakes_.push_back({.place = setting.place, .text = std::move(taken.error())});
                }
            }
        }
    }

    LoadedCatalogue finish() && {
        enable_if_all_are_disabled();
        std::vector<rules::Service> services;
        for (ServiceDraft& draft : drafts_) {
            if (draft.is_disabled) continue;
            for (std::vector<rules::CatalogueCall>& calls : draft.service.calls) {
                for (rules::CatalogueCall& call : calls) {
                    call.source = full_source(call.source.empty() ? draft.source : call.source);
                }
            }
            // A service without calls of the phase use is used by its volume calls.
            auto& calls = draft.service.calls;
            auto& use = calls.at(static_cast<std::size_t>(rules::Phase::use));
            if (use.empty()) use = calls.at(static_cast<std::size_t>(rules::Phase::volume));
            services.push_back(std::move(draft.service));
        }
        rules::Prices prices = prices_.finish(mistakes_);
        return {.catalogue = rules::Catalogue(std::move(services)),
                .evidence = std::move(evidence_),
                .prices = std::move(prices),
                .defaults = std::move(defaults_),
                .mistakes = std::move(mistakes_)};
    }

  private:
    ValueResult read(const rules::Setting& setting) {
        const std::string& stanza = setting.place.stanza;
        if (stanza == "defaults") {
            defaults_.push_back(setting);
            return {};
        }
        if (stanza.starts_with(k_evidence_prefix)) return read_evidence_key(setting, evidence_);
        if (stanza.starts_with(k_price_prefix)) return prices_.read(setting);
        if (!stanza.starts_with(k_service_prefix)) {
            return wrong(
                "unknown stanza; the stanzas are [defaults], [service:<id>], [evidence:<id>], "
                "[price:<model>]");
        }
        const std::string id = stanza.substr(k_service_prefix.size());
        const bool usable = is_word(id, "_") && std::ranges::none_of(id, [](char c) {
                                return c >= 'A' && c <= 'Z';  // ids are parts of option names
                            });
        if (!usable) return wrong("invalid service id; an id has only a-z, 0-9 and _");
        ServiceDraft* const draft = draft_of(id);
        if (draft == nullptr) {
            return wrong("too many services; there are at most " +
                         std::to_string(rules::k_most_services));
        }
        return read_service_key(setting, *draft);
    }

    // `ses` is short for `ses.amazonaws.com`, but `azure-openai` is the complete source of another
    // log.
    [[nodiscard]] std::string full_source(const std::string& source) const {
        const bool is_short = !source.contains('.') && !logs_->can_show(source);
        return is_short ? source + ".amazonaws.com" : source;
    }

    // Without a service there would be nothing to find, so that must be a mistake.
    void enable_if_all_are_disabled() {
        const bool none_is_left =
            !drafts_.empty() && std::ranges::all_of(drafts_, &ServiceDraft::is_disabled);
        if (!none_is_left) return;
        mistakes_.push_back({.place = drafts_.back().disabled_at,
                             .text = "disables the last service; keep at least one"});
        for (ServiceDraft& draft : drafts_) draft.is_disabled = false;
    }

    // Null if there would be too many.
    ServiceDraft* draft_of(const std::string& id) {
        const auto found = std::ranges::find_if(
            drafts_, [&id](const ServiceDraft& draft) { return draft.service.id == id; });
        if (found != drafts_.end()) return &*found;
        if (drafts_.size() == rules::k_most_services) return nullptr;
        ServiceDraft draft;
        draft.service.id = draft.service.label = id;
        draft.service.category = k_default_category;
        draft.service.threshold = k_default_threshold;
        return &drafts_.emplace_back(std::move(draft));
    }

    const log::LogSet* logs_;
    std::vector<ServiceDraft> drafts_;  ///< in the order in which the files name them
    rules::EvidenceTable evidence_;
    PriceReader prices_;
    std::vector<rules::Setting> defaults_;
    std::vector<rules::Mistake> mistakes_;
};

}  // namespace

LoadedCatalogue load_catalogue(std::span<const rules::ConfFile> layers, const log::LogSet& logs) {
    CatalogueReader reader(logs);
    for (const rules::ConfFile& layer : layers) reader.read(layer);
    return std::move(reader).finish();
}

}  // namespace cloudhijack::config
