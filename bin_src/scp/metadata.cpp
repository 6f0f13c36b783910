#include "scp/metadata.hpp"

#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "io/window.hpp"
#include "json/json.hpp"
#include "scp/limits.hpp"
#include "text/utf8.hpp"

namespace cloudhijack::scp {
namespace {

namespace ondemand = simdjson::ondemand;

std::unexpected<Error> malformed(const std::string& what) {
    return failure("malformed metadata: " + what);
}

std::unexpected<Error> not_json() { return malformed("it is not JSON"); }

Result<std::string> read_string(ondemand::value value, const std::string& otherwise) {
    std::string_view text;
    const auto error = value.get_string(/*allow_replacement=*/true).get(text);
    if (error == simdjson::INCORRECT_TYPE) return malformed(otherwise);
    if (error != simdjson::SUCCESS) return not_json();
    return std::string(text);
}

Result<> read_args(ondemand::value value, Request& request) {
    ondemand::array args;
    const auto error = value.get_array().get(args);
    if (error == simdjson::INCORRECT_TYPE) return malformed("\"args\" is not a list");
    if (error != simdjson::SUCCESS) return not_json();
    for (auto item : args) {
        ondemand::value arg;
        if (std::move(item).get(arg) != simdjson::SUCCESS) return not_json();
        auto text = read_string(arg, "\"args\" has an element that is not a string");
        if (!text) return std::unexpected(text.error());
        if (request.args.size() == k_argument_cap) {
            return failure("the search has more than " + std::to_string(k_argument_cap) +
                           " arguments, which is the limit; remove some");
        }
        request.args.push_back(std::move(*text));
    }
    return {};
}

Result<> read_max_result_rows(ondemand::value value, Request& request) {
    std::uint64_t rows = 0;
    if (value.get_uint64().get(rows) == simdjson::SUCCESS) request.max_result_rows = rows;
    return {};
}

Result<> read_action(ondemand::value value, Request& request) {
    auto action = read_string(value, "\"action\" is not a string");
    if (!action) return std::unexpected(action.error());
    request.action = std::move(*action);
    return {};
}

Result<> read_finished(ondemand::value value, Request& request) {
    const auto error = value.get_bool().get(request.finished);
    if (error == simdjson::INCORRECT_TYPE) return malformed("\"finished\" is not true or false");
    return error == simdjson::SUCCESS ? Result<>{} : not_json();
}

using ReadValue = Result<> (*)(ondemand::value, Request&);

/// The readers of an object's keys. Unknown keys are skipped; null counts as absent.
using Readers = std::map<std::string_view, ReadValue>;

Result<> read_object(ondemand::object object, const Readers& readers, Request& request) {
    Result<> read;
    const auto error =
        json::for_each_member(object, [&](std::string_view key, ondemand::value value) {
            const auto reader = readers.find(key);
            if (reader == readers.end()) return true;
            bool is_null = false;
            if (value.is_null().get(is_null) == simdjson::SUCCESS && is_null) return true;
            read = reader->second(value, request);
            return read.has_value();
        });
    if (error != simdjson::SUCCESS) return not_json();
    return read;
}

Result<> read_searchinfo(ondemand::value value, Request& request) {
    static const Readers readers = {{"args", read_args}, {"maxresultrows", read_max_result_rows}};
    ondemand::object searchinfo;
    const auto error = value.get_object().get(searchinfo);
    if (error == simdjson::INCORRECT_TYPE) return malformed("\"searchinfo\" is not an object");
    if (error != simdjson::SUCCESS) return not_json();
    return read_object(searchinfo, readers, request);
}

std::string_view name_of(Severity severity) {
    switch (severity) {
        case Severity::debug:
            return "DEBUG";
        case Severity::info:
            return "INFO";
        case Severity::warn:
            return "WARN";
        case Severity::error:
            return "ERROR";
    }
    std::unreachable();
}

// Replies are written member by member: the library allocates memory to destroy an object, so a
// lack of it would end the process.

// Texts can quote bytes of the input, but a reply must be valid UTF-8.
std::string quoted_text(std::string_view text) {
    using nlohmann::json;
    return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string bool_text(bool value) { return value ? "true" : "false"; }

// `[a,b]` of what `write` makes of each item.
std::string list_text(const auto& items, const auto& write) {
    std::string list;
    for (const auto& item : items) {
        list += list.empty() ? '[' : ',';
        list += write(item);
    }
    return list.empty() ? "[]" : list + ']';
}

std::string message_text(const Message& message) {
    return '[' + quoted_text(name_of(message.severity)) + ',' + quoted_text(message.text) + ']';
}

std::string metric_text(const Metric& metric) {
    return quoted_text("metric." + metric.name) + ":[" +
           nlohmann::json(metric.elapsed_seconds).dump() + ',' +
           std::to_string(metric.invocations) + ',' + std::to_string(metric.input_count) + ',' +
           std::to_string(metric.output_count) + ']';
}

std::string inspector_text(const Inspector& inspector) {
    std::string members;
    if (!inspector.messages.empty()) {
        members = "\"messages\":" + list_text(inspector.messages, message_text);
    }
    for (const Metric& metric : inspector.metrics) {
        if (!members.empty()) members += ',';
        members += metric_text(metric);
    }
    return '{' + members + '}';
}

}  // namespace

Result<Request> parse_request(std::string_view metadata) {
    static const Readers readers = {
        {"action", read_action}, {"finished", read_finished}, {"searchinfo", read_searchinfo}};
    // The metadata quotes the whole search, into which a subsearch can put text of events: bytes
    // that are not UTF-8 must not stop a search.
    std::string repaired;
    std::string text(text::valid_utf8(metadata, repaired));
    const std::size_t size = text.size();
    text.append(io::k_padding, ' ');
    ondemand::parser parser;
    ondemand::document document;
    ondemand::object object;
    const auto error =
        json::parse_object(parser, std::string_view(text).substr(0, size), document, object);
    if (error == simdjson::INCORRECT_TYPE) return malformed("it is not a JSON object");
    if (error != simdjson::SUCCESS) return not_json();

    Request request;
    if (auto read = read_object(object, readers, request); !read) {
        return std::unexpected(read.error());
    }
    if (!document.at_end()) return malformed("it has text after its JSON object");
    if (request.action.empty()) return malformed("it has no \"action\"");
    return request;
}

std::string reporting_getinfo_reply(const std::vector<std::string>& required_fields,
                                    std::string_view streaming_preop) {
    std::string reply = R"({"type":"reporting","generating":false,"required_fields":)" +
                        list_text(required_fields, quoted_text);
    if (!streaming_preop.empty()) reply += ",\"streaming_preop\":" + quoted_text(streaming_preop);
    return reply + ",\"finished\":false}";
}

std::string streaming_getinfo_reply() {
    return R"({"type":"streaming","generating":false,"finished":false})";
}

std::string execute_reply(bool finished, const Inspector& inspector) {
    std::string reply = "{\"finished\":" + bool_text(finished);
    if (!inspector.messages.empty() || !inspector.metrics.empty()) {
        reply += ",\"inspector\":" + inspector_text(inspector);
    }
    return reply + '}';
}

std::string error_reply(std::string_view text) {
    return R"({"finished":true,"error":)" + quoted_text(text) + '}';
}

}  // namespace cloudhijack::scp
