#include "log/envelopes.hpp"

#include <array>
#include <optional>

#include "json/json.hpp"
#include "log/shape.hpp"
#include "log/shape_walk.hpp"
#include "text/base64.hpp"
#include "text/time.hpp"
#include "text/trim.hpp"

namespace cloudhijack::log {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr ShapePath holds_records(std::string_view path) {
    return {.path = path, .holds = Holds::records};
}

constexpr ShapePath is_sign(std::string_view path) { return {.path = path, .holds = Holds::sign}; }

constexpr std::string_view k_pushed = "data";  // base64 in Pub/Sub's push subscriptions
constexpr std::string_view k_log_line = "message";
constexpr std::string_view k_parsed = "aws";

// A value at one of these paths is opened: an object, an array or a string that holds JSON. Nested
// envelopes are opened one after the other.
constexpr std::array k_envelope_paths = {
    // Files in S3, SQS and SNS notices; relays of Azure's Event Hub; pages of AWS's, Twilio's and
    // SendGrid's interfaces; Splunk's exports.
    holds_records("Records"),
    holds_records("records"),
    holds_records("Events"),
    holds_records("events"),
    holds_records("Messages"),
    holds_records("messages"),
    holds_records("results"),
    // lookup-events; EventBridge; SNS; SQS and Event Hub.
    holds_records("CloudTrailEvent"),
    holds_records("detail"),
    holds_records("Message"),
    holds_records("Sns.Message"),
    holds_records("body"),
    holds_records("Body"),
    // CloudWatch Logs: deliveries of subscriptions, and single lines with the name of their group.
    holds_records("logEvents[].message"),
    holds_records("message"),
    is_sign("logGroup"),
    is_sign("logStreamName"),
    // Splunk's HTTP event collector and exports.
    holds_records("event"),
    holds_records("result._raw"),
    holds_records("_raw"),
    // Google Pub/Sub.
    holds_records("data"),
    holds_records("message.data"),
    // Elastic, Wazuh, Loki, Steampipe.
    holds_records("_source"),
    holds_records("original"),
    holds_records(k_parsed),
    holds_records("streams[].values[]"),
    holds_records("cloud_trail_event"),
};

const Shape& envelope_shape() {
    static const Shape shape(k_envelope_paths);
    return shape;
}

/// Collects the contents of an envelope.
class EnclosedTaker {
  public:
    explicit EnclosedTaker(std::vector<EnclosedText>& enclosed) : enclosed_(&enclosed) {
        enclosed.clear();
    }

    simdjson::error_code take(const Shape::Node& node, ondemand::value value) {
        if (node.holds == Holds::sign) {
            is_log_line_ = true;
            return simdjson::SUCCESS;
        }
        if (node.holds != Holds::records) return simdjson::SUCCESS;
        auto type = ondemand::json_type::null;
        if (const auto error = value.type().get(type)) return error;
        if (type == ondemand::json_type::string) return take_string(node, value);
        const bool is_json =
            type == ondemand::json_type::object || type == ondemand::json_type::array;
        if (!is_json) return simdjson::SUCCESS;
        std::string_view text;
        if (const auto error = value.raw_json().get(text)) return error;
        add(node, {.form = EnclosedForm::json, .text = text::trimmed(text)});
        return simdjson::SUCCESS;
    }

    static simdjson::error_code take_opened(const Shape::Node&, std::string_view) {
        return simdjson::SUCCESS;
    }

    // Any log can have a `message` with any content: it counts only as a line of a log group.
    // Elastic's documents contain a parsed copy next to the original record; the copy counts only
    // if there is nothing else.
    void finish() {
        if (line_ && is_log_line_) enclosed_->push_back(*line_);
        if (parsed_ && enclosed_->empty()) enclosed_->push_back(*parsed_);
    }

  private:
    simdjson::error_code take_string(const Shape::Node& node, ondemand::value value) {
        std::string_view text;
        if (const auto error = json::read_text(value, text)) return error;
        if (&node == pushed_) {
            const auto decoded = text::decoded_base64(text);
            if (decoded && may_hold_records(*decoded)) {
                add(node, {.form = EnclosedForm::base64, .text = text});
                return simdjson::SUCCESS;
            }
        }
        if (may_hold_records(text)) {
            add(node, {.form = EnclosedForm::text, .text = text});
        }
        return simdjson::SUCCESS;
    }

    void add(const Shape::Node& node, const EnclosedText& found) {
        if (&node == line_node_) {
            line_ = found;
        } else if (&node == parsed_node_) {
            parsed_ = found;
        } else {
            enclosed_->push_back(found);
        }
    }

    static bool may_hold_records(std::string_view text) {
        const std::string_view json = without_time(text);
        return json.starts_with('{') || json.starts_with('[');
    }

    std::vector<EnclosedText>* enclosed_;
    const Shape::Node* line_node_ = envelope_shape().root().child(k_log_line);
    const Shape::Node* pushed_ = line_node_->child(k_pushed);
    const Shape::Node* parsed_node_ = envelope_shape().root().child(k_parsed);
    std::optional<EnclosedText> line_;
    std::optional<EnclosedText> parsed_;
    bool is_log_line_ = false;
};

}  // namespace

std::string_view without_time(std::string_view line) {
    line = text::trimmed(line);
    const auto blank = line.find(' ');
    if (blank == std::string_view::npos || line.starts_with('{')) return line;
    const std::string_view record = text::trimmed(line.substr(blank));
    const std::string_view time = line.substr(0, blank);
    const bool is_record =
        record.starts_with('{') && time.contains('T') && text::parse_time(time).has_value();
    return is_record ? record : line;
}

simdjson::error_code read_envelope(ondemand::object object, OpenedTexts& opened,
                                   std::vector<EnclosedText>& enclosed) {
    EnclosedTaker taker(enclosed);
    const auto error = ShapeWalk(envelope_shape(), opened, taker).run(object);
    taker.finish();
    return error;
}

const text::KeyTable& keys_of_lists() {
    static const text::KeyTable keys(
        std::to_array<std::string_view>({"Records", "records", "Events", "events", "Messages",
                                         "messages", "results", "data", "body", "detail"}));
    return keys;
}

}  // namespace cloudhijack::log
