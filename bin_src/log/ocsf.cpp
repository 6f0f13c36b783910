// CloudTrail in the Open Cybersecurity Schema Framework, as Amazon Security Lake and others write
// it. Versions and writers store the same fact under different paths, so several paths can feed one
// field. Facts for which the schema has no attribute are under `unmapped`, with CloudTrail's own
// path as the key.

#include "log/ocsf.hpp"

#include <algorithm>
#include <array>

#include "json/json.hpp"
#include "log/aws_call.hpp"
#include "log/aws_details.hpp"
#include "log/aws_response.hpp"
#include "log/cloudtrail.hpp"
#include "text/lower_case.hpp"

namespace cloudhijack::log {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::array k_ocsf_paths = {
    in_raw_only("metadata.product.name", &Event::product),
    in_raw_only("time", &Event::time_text),
    in_raw_only("time_dt", &Event::time_text),
    in_raw_only("api.service.name", &Event::source),
    in_raw_only("api.operation", &Event::name),
    in_raw_only("api.response.error", &Event::error_code),
    in_raw_only("api.response.message", &Event::error_message),
    in_raw_only("metadata.uid", &Event::id),
    in_raw_only("api.request.uid", &Event::correlation),
    in_raw_only("metadata.product.feature.name", &Event::category),
    ShapePath{.path = "api.request.data^", .holds = Holds::object, .field = &Event::parameters},
    in_raw_only("cloud.region", &Event::region),
    in_raw_only("cloud.account.uid", &Event::account),
    in_raw_only("src_endpoint.ip", &Event::source_address),
    in_raw_only("src_endpoint.domain", &Event::source_address),
    in_raw_only("http_request.user_agent", &Event::user_agent),
    in_raw_only("actor.user.type", &Event::caller_type),
    in_raw_only("actor.user.uid", &Event::caller),
    in_raw_only("actor.user.uuid", &Event::caller_id),
    in_raw_only("actor.user.uid_alt", &Event::caller_alias),
    in_raw_only("actor.user.account.uid", &Event::caller_account),
    in_raw_only("actor.user.account_uid", &Event::caller_account),
    in_raw_only("actor.user.credential_uid", &Event::access_key),
    in_raw_only("actor.session.credential_uid", &Event::access_key),
    in_raw_only("actor.session.issuer", &Event::issuer),
    in_raw_only("actor.invoked_by", &Event::invoked_by),
    ShapePath{.path = "unmapped^", .holds = Holds::json, .field = &Event::rest},
};

constexpr std::string_view k_ocsf_never_shows =
    "mail sent through SES, messages published to SNS or sent by End User Messaging: the lake "
    "accepts only the data events of S3 and Lambda";

// Records are not recognised by their class, because records of other products, such as EKS, have
// the same classes.
bool recognises_ocsf(const Event& event) {
    return text::same_in_any_case(event.product, "cloudtrail") && !event.name.empty();
}

// Sorts a caller's names: one of up to three is an ARN, another one is AWS's unique id.
void sort_names(Event& event) {
    const std::array names = {event.caller, event.caller_id, event.caller_alias};
    const auto is_arn = [](std::string_view name) { return name.starts_with("arn:"); };
    const auto first_that = [&names](auto fits) {
        const auto* const found = std::ranges::find_if(names, fits);
        return found == names.end() ? std::string_view{} : *found;
    };
    event.caller = first_that(is_arn);
    event.caller_id =
        first_that([is_arn](std::string_view name) { return !name.empty() && !is_arn(name); });
}

/// Stores the values under `unmapped` in the fields that CloudTrail's paths feed. `unmapped` is an
/// object with paths as keys or with nested objects, an array of pairs, or an array of
/// {"key":...,"value":...}.
class UnmappedReader {
  public:
    UnmappedReader(Event& event, EventTexts& texts) : event_(&event), texts_(&texts) {}

    void read(std::string_view json) {
        ondemand::document document;
        if (json::start(texts_->parser(), json, document)) return;
        ondemand::value value;
        if (document.get_value().get(value)) return;
        if (json.starts_with('{')) {
            read_members(value, {}, 0);
        } else {
            read_elements(value);
        }
    }

  private:
    static constexpr int k_deepest = 6;  // the depth of CloudTrail's paths

    void set(std::string_view path, std::string_view text) {
        const auto line = std::ranges::find(cloudtrail().paths, path, &ShapePath::path);
        if (line == cloudtrail().paths.end() || line->holds != Holds::text) return;
        std::string_view& field = (*event_).*line->field;
        if (field.empty() && !text.empty()) field = texts_->next() = text;
    }

    // Recurses no deeper than k_deepest.
    void read_members(ondemand::value value, const std::string& path, int depth) {
        ondemand::object object;
        if (value.get_object().get(object)) return;
        static_cast<void>(
            json::for_each_member(object, [&](std::string_view key, ondemand::value member) {
                const std::string inner =
                    path.empty() ? std::string(key) : path + '.' + std::string(key);
                auto type = ondemand::json_type::null;
                if (member.type().get(type)) return false;
                if (type != ondemand::json_type::object) {
                    set(inner, json::text_of(member));
                } else if (depth < k_deepest) {
                    read_members(member, inner, depth + 1);
                }
                return true;
            }));
    }

    void read_elements(ondemand::value value) {
        ondemand::array elements;
        if (value.get_array().get(elements)) return;
        for (auto element : elements) {
            ondemand::value pair;
            auto type = ondemand::json_type::null;
            if (std::move(element).get(pair) || pair.type().get(type)) return;
            if (type == ondemand::json_type::array) read_pair(pair);
            if (type == ondemand::json_type::object) read_named_pair(pair);
        }
    }

    void read_pair(ondemand::value pair) {
        ondemand::array parts;
        if (pair.get_array().get(parts)) return;
        std::string path;
        std::size_t number = 0;
        for (auto part : parts) {
            ondemand::value value;
            if (std::move(part).get(value)) return;
            if (number == 0) path = json::text_of(value);
            if (number == 1) set(path, json::text_of(value));
            ++number;
        }
    }

    void read_named_pair(ondemand::value pair) {
        ondemand::object object;
        if (pair.get_object().get(object)) return;
        std::string path;
        std::string text;
        static_cast<void>(
            json::for_each_member(object, [&](std::string_view key, ondemand::value value) {
                if (key == "key") path = json::text_of(value);
                if (key == "value") text = json::text_of(value);
            }));
        set(path, text);
    }

    Event* event_;
    EventTexts* texts_;
};

void complete_ocsf(Event& event, EventTexts& texts) {
    sort_names(event);
    if (event.category.contains(' ')) event.category = {};  // all kinds that the trail records
    if (!event.rest.empty()) {
        std::string& rest = texts.next();
        rest = event.rest;
        const std::size_t size = rest.size();
        rest.append(simdjson::SIMDJSON_PADDING, ' ');
        UnmappedReader(event, texts).read(std::string_view(rest).substr(0, size));
    }
    complete_aws_call(event, texts);
}

}  // namespace

const Log& ocsf() {
    static constexpr Log log = {.id = "ocsf",
                                .label = "Amazon Security Lake",
                                .mark = "product",
                                .name_key = {},
                                .sources = k_aws_sources,
                                .never_shows = k_ocsf_never_shows,
                                .paths = k_ocsf_paths,
                                .recognises = recognises_ocsf,
                                .complete = complete_ocsf,
                                .usable_id = usable_aws_id,
                                .is_report = is_aws_report,
                                .interpret = interpret_aws_call,
                                .read_details = read_aws_details,
                                .stop = stop_aws_principal};
    return log;
}

}  // namespace cloudhijack::log
