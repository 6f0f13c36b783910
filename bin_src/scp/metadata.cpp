#include "scp/metadata.hpp"

#include <nlohmann/json.hpp>
#include <utility>

namespace cloudhijack::scp {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

// Metadata can be 16 MiB of anything: only what is read below is ever built in memory. Keys of the
// document stand at depth 1, those of searchinfo at 2, the elements of its lists at 3.
bool keep(int depth, json::parse_event_t event, const json& parsed) {
    if (event != json::parse_event_t::key) return depth <= 3;
    const auto& key = parsed.get_ref<const std::string&>();
    if (depth == 1) return key == "action" || key == "finished" || key == "searchinfo";
    return key == "args" || key == "maxresultrows";
}

std::unexpected<Error> malformed(const std::string& what) {
    return failure("malformed metadata: " + what);
}

Result<> read_args(const json& args, Request& request) {
    if (!args.is_array()) return malformed("\"args\" is not a list");
    for (const json& arg : args) {
        if (!arg.is_string()) return malformed("\"args\" holds something other than strings");
        request.args.push_back(arg.get<std::string>());
    }
    return {};
}

Result<> read_searchinfo(const json& searchinfo, Request& request) {
    if (!searchinfo.is_object()) return malformed("\"searchinfo\" is not an object");
    if (const auto found = searchinfo.find("maxresultrows");
        found != searchinfo.end() && found->is_number_unsigned()) {
        request.max_result_rows = found->get<std::uint64_t>();
    }
    const auto args = searchinfo.find("args");
    return args != searchinfo.end() ? read_args(*args, request) : Result<>{};
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

ordered_json to_json(const Inspector& inspector) {
    ordered_json object;
    for (const Message& message : inspector.messages) {
        object["messages"].push_back({name_of(message.severity), message.text});
    }
    for (const Metric& metric : inspector.metrics) {
        object["metric." + metric.name] = {metric.elapsed_seconds, metric.invocations,
                                           metric.input_count, metric.output_count};
    }
    return object;
}

// Texts can quote bytes of the input, and a reply must be UTF-8.
std::string to_text(const ordered_json& reply) {
    return reply.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace

Result<Request> parse_request(std::string_view metadata) {
    const json document = json::parse(metadata, keep, /*allow_exceptions=*/false);
    if (document.is_discarded()) return malformed("it is not JSON");
    if (!document.is_object()) return malformed("it is not a JSON object");
    const auto action = document.find("action");
    if (action == document.end() || !action->is_string()) {
        return malformed("it has no \"action\", which must be a string");
    }
    Request request;
    request.action = action->get<std::string>();
    if (const auto finished = document.find("finished"); finished != document.end()) {
        if (!finished->is_boolean()) return malformed("\"finished\" is not true or false");
        request.finished = finished->get<bool>();
    }
    if (const auto searchinfo = document.find("searchinfo"); searchinfo != document.end()) {
        if (auto read = read_searchinfo(*searchinfo, request); !read) {
            return std::unexpected(read.error());
        }
    }
    return request;
}

std::string reporting_getinfo_reply(const std::vector<std::string>& required_fields) {
    const ordered_json reply = {{"type", "reporting"},
                                {"generating", false},
                                {"required_fields", required_fields},
                                {"finished", false}};
    return to_text(reply);
}

std::string execute_reply(bool finished, const Inspector& inspector) {
    ordered_json reply = {{"finished", finished}};
    if (ordered_json told = to_json(inspector); !told.is_null()) {
        reply["inspector"] = std::move(told);
    }
    return to_text(reply);
}

std::string error_reply(std::string_view text) {
    const ordered_json reply = {{"finished", true}, {"error", text}};
    return to_text(reply);
}

}  // namespace cloudhijack::scp
