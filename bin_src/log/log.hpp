#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "json/json_parser.hpp"
#include "log/call.hpp"
#include "log/event.hpp"
#include "log/event_texts.hpp"
#include "log/policy_document.hpp"
#include "log/shape.hpp"
#include "log/suspect.hpp"

namespace cloudhijack::log {

/// The topic of the calls with one name.
struct TopicOfCall {
    std::string_view name;
    CallTopic topic = CallTopic::other;
};

/// The working memory of a log's read_details(), reused from call to call.
struct DetailsScratch {
    json::OwnedJsonParser parser = json::make_json_parser();
    PolicyReader policies;
    std::string joined;                 ///< a detail assembled from several texts
    std::vector<CallSubject> subjects;  ///< the subjects of the current call
};

/// Everything that the engine knows about a log. A new log is such a table in a separate file, and
/// a line in logs.cpp.
struct Log {
    std::string_view id;     ///< `cloudtrail`, in messages and documentation
    std::string_view label;  ///< `CloudTrail`, in rows and messages
    /// A text that occurs in each of the log's records. A text with this mark is never passed over
    /// unread as a record of another log.
    std::string_view mark;
    /// The key under which a record names its call. With it, records of unwanted calls are passed
    /// over unread, if this is the main log. If it is empty, every record is read.
    std::string_view name_key;
    /// The first two keys of nearly all of the log's records: the first has a short string, the
    /// second an object. Records of other logs may begin with any keys that their users choose, but
    /// not with an object under the second one, so a text that begins like this need not be
    /// searched for the marks of other logs.
    std::string_view first_key = {};
    std::string_view second_key = {};
    /// The sources of the log's calls, at least one. An entry that begins with a dot matches all
    /// sources with that suffix. See own_source().
    std::span<const std::string_view> sources;
    std::string_view never_shows;  ///< limits of the whole log; follows the words "never shows "
    bool has_addresses = true;     ///< whether records have the source addresses of most calls
    bool ignores_case = false;     ///< whether the names of calls ignore case
    /// Whether most of the log's records are compact, so that trying a CompactReader first pays off
    /// if this is the main log of its set. No two paths of such a log may feed the same field, and
    /// none may open a string.
    bool is_compact = false;
    /// Whether mode=volume counts a call once per usable id, at the record's own time, because the
    /// provider delivers records repeatedly. Otherwise it counts every delivery, at the row's time.
    bool counts_once = false;
    /// The id of another log that shows the same calls with the same record ids: a call that is in
    /// both logs counts once. If it is empty, no other log shares this log's ids.
    std::string_view shares_ids_with = {};
    std::span<const ShapePath> paths;

    /// Whether an event that was read by the log's paths is a record of this log.
    bool (*recognises)(const Event&);
    /// Completes an event with facts that a table of paths cannot express; can be null. New texts
    /// are stored in the EventTexts.
    void (*complete)(Event&, EventTexts&) = nullptr;
    /// The id by which repeated deliveries of a call are recognised. Empty if a record has no id
    /// that distinguishes calls: then each delivery counts.
    std::string_view (*usable_id)(const Event&);
    /// Whether a record only repeats calls that other records show; null if none does.
    bool (*is_report)(const Event&) = nullptr;
    /// The token that Splunk's index has for each record of a call, so that a search for it,
    /// ignoring case, misses none; null if it is the call's name.
    std::string (*index_token)(std::string_view call_name) = nullptr;
    /// Interprets an event: the caller, the outcome and facts about the caller.
    Call (*interpret)(const Event&);
    /// Reads the details of a call of the given topic.
    CallDetails (*read_details)(const Event&, CallTopic, DetailsScratch&);
    std::span<const TopicOfCall> topics = {};  ///< used for the logs of all_logs()
    /// The steps that stop a principal, each made by response_step(). The first one stops as many
    /// of its current credentials as one command can. No steps, or null: there is no such command.
    std::vector<std::string> (*stop)(const Suspect&) = nullptr;

    /// The source of calls in records that do not name a service: the first of the sources. Empty
    /// if the log's records always name their source.
    [[nodiscard]] std::string_view own_source() const {
        return sources.front().starts_with('.') ? std::string_view{} : sources.front();
    }

    /// Whether calls of this log can have the source.
    [[nodiscard]] bool can_show(std::string_view source) const {
        return std::ranges::any_of(sources, [source](std::string_view one) {
            return one.starts_with('.') ? source.ends_with(one) : source == one;
        });
    }

    /// Completes an event that was read by the log's paths and that the log recognises.
    void finish(Event& event, EventTexts& texts) const {
        event.log = this;
        if (event.source.empty()) event.source = own_source();
        if (complete != nullptr) complete(event, texts);
    }

    /// The first path that feeds a field; empty if there is none.
    [[nodiscard]] std::string_view path_of(std::string_view Event::* field) const {
        const auto found = std::ranges::find(paths, field, &ShapePath::field);
        return found == paths.end() ? std::string_view{} : found->path;
    }
};

/// Reads the details of calls of any log.
class CallDetailsReader {
  public:
    CallDetails read(const Event& event, CallTopic topic) {
        return event.log->read_details(event, topic, scratch_);
    }

  private:
    DetailsScratch scratch_;
};

}  // namespace cloudhijack::log
