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

namespace cloudhijack::log {

/// What calls of one name are about.
struct TopicOfCall {
    std::string_view name;
    CallTopic topic = CallTopic::other;
};

/// What a log's read_details() works with, kept from call to call.
struct DetailsScratch {
    json::OwnedJsonParser parser = json::make_json_parser();
    PolicyReader policies;
    std::string joined;                 ///< a detail that is put together
    std::vector<CallSubject> subjects;  ///< those of the current call
};

/// All that the engine knows of a log. A new log is such a table, in a file of its own, and a line
/// in logs.cpp.
struct Log {
    std::string_view id;     ///< `cloudtrail`, in messages and documentation
    std::string_view label;  ///< `CloudTrail`, in rows and messages
    /// A text that occurs in each of its records, so that no text that may be one of them is passed
    /// over unread as a record of another log.
    std::string_view mark;
    /// The key under which a record names its call, for passing over unwanted calls unread: those
    /// of the main log. Empty: every record is read.
    std::string_view name_key;
    /// The first two keys of nearly all of its records, of a short string and of an object. Records
    /// of other logs may begin with any key that their users choose, but not with an object under
    /// this one: such a text need not be searched for the marks of other logs.
    std::string_view first_key = {};
    std::string_view second_key = {};
    /// The sources that its calls have, at least one. An entry that begins with a dot stands for
    /// all sources that end so. See own_source().
    std::span<const std::string_view> sources;
    std::string_view never_shows;  ///< about the log as a whole; the words follow "never shows "
    bool has_addresses = true;     ///< whether records say from where most calls come
    bool ignores_case = false;     ///< whether a call's name is the same in any case
    /// Whether most of its records are compact, so that it pays to try a CompactReader first, if it
    /// is the main log of its set. Then no two of its paths feed one field, and none opens a
    /// string.
    bool is_compact = false;
    /// Whether mode=volume counts a call once per usable id, at the record's own time, because the
    /// provider delivers records again. If not, it counts every delivery, at the row's time.
    bool counts_once = false;
    /// The id of another log whose records have the same ids, if both show the same calls: a call
    /// that is in both counts once. Empty: the ids are those of this log alone.
    std::string_view shares_ids_with = {};
    std::span<const ShapePath> paths;

    /// Whether an event that was read by the log's paths is one of its records.
    bool (*recognises)(const Event&);
    /// Puts right what a table of paths cannot say; can be null. What it makes lives in the texts.
    void (*complete)(Event&, EventTexts&) = nullptr;
    /// The id by which deliveries of one call are known. Empty if a record has none that
    /// distinguishes calls: then each of its deliveries counts.
    std::string_view (*usable_id)(const Event&);
    /// Whether a record only repeats calls that other records show; null: none does.
    bool (*is_report)(const Event&) = nullptr;
    /// What Splunk's index has of a record of a call, as one token that no search for the call may
    /// miss, in any case; null: the call's name.
    std::string (*index_token)(std::string_view call_name) = nullptr;
    /// Who made the call, how it ended and what is known of its caller.
    Call (*interpret)(const Event&);
    /// What a call of this topic says in its parameters.
    CallDetails (*read_details)(const Event&, CallTopic, DetailsScratch&);
    std::span<const TopicOfCall> topics = {};  ///< counts for the logs of all_logs()

    /// The source of calls in records that do not name a service: the first one. Empty: there is
    /// none, since the log's records name theirs.
    [[nodiscard]] std::string_view own_source() const {
        return sources.front().starts_with('.') ? std::string_view{} : sources.front();
    }

    /// Whether its calls can have this source.
    [[nodiscard]] bool can_show(std::string_view source) const {
        return std::ranges::any_of(sources, [source](std::string_view one) {
            return one.starts_with('.') ? source.ends_with(one) : source == one;
        });
    }

    /// Makes an event that was read by the log's paths, and that it recognises, one of its own.
    void finish(Event& event, EventTexts& texts) const {
        event.log = this;
        if (event.source.empty()) event.source = own_source();
        if (complete != nullptr) complete(event, texts);
    }

    /// The path that feeds a field, for messages; empty if there is none.
    [[nodiscard]] std::string_view path_of(std::string_view Event::* field) const {
        const auto found = std::ranges::find(paths, field, &ShapePath::field);
        return found == paths.end() ? std::string_view{} : found->path;
    }
};

/// Reads the details of calls, of any log.
class CallDetailsReader {
  public:
    CallDetails read(const Event& event, CallTopic topic) {
        return event.log->read_details(event, topic, scratch_);
    }

  private:
    DetailsScratch scratch_;
};

}  // namespace cloudhijack::log
