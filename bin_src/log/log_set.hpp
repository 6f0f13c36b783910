#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "json/record_keys.hpp"
#include "log/log.hpp"
#include "log/shape.hpp"

namespace cloudhijack::log {

/// The logs whose records a search or a scan reads. One stream may hold records of several.
class LogSet {
  public:
    struct ShapedLog {
        const Log* log = nullptr;
        Shape shape;  ///< of the log's paths
    };

    /// `logs` must outlive the set and is not empty. Of several that recognise a record the first
    /// counts.
    explicit LogSet(std::span<const Log* const> logs);

    [[nodiscard]] std::span<const ShapedLog> members() const { return members_; }

    /// The log that most records are of: its calls are known by name without reading them, and it
    /// is the one whose fields Splunk may have extracted, for input=fields. It is the first that
    /// has a name key, or the first.
    [[nodiscard]] const ShapedLog& main() const { return members_[main_]; }

    /// The keys by which records are found in a stream: of lists, and of the main log's calls.
    [[nodiscard]] const json::RecordKeys& record_keys() const { return record_keys_; }

    /// The log with this id; null if there is none.
    [[nodiscard]] const Log* find(std::string_view id) const;

    /// Whether calls of one of the logs can have this source.
    [[nodiscard]] bool can_show(std::string_view source) const;

    /// Whether records of calls with this source say from where they come.
    [[nodiscard]] bool has_addresses(std::string_view source) const;

    /// Whether calls of this log can have this source. One that no log is known to have can be in
    /// any of them.
    [[nodiscard]] bool may_show(const Log& log, std::string_view source) const {
        return log.can_show(source) || !can_show(source);
    }

    /// The keys that records of other logs than the main one have at top level, and its own records
    /// do not have.
    [[nodiscard]] text::KeyTable keys_of_others() const;

    /// The marks of all logs but the main one.
    [[nodiscard]] std::vector<std::string_view> other_marks() const;

  private:
    std::vector<ShapedLog> members_;
    std::size_t main_ = 0;
    json::RecordKeys record_keys_;
};

/// Every log that the program knows.
const LogSet& all_logs();

}  // namespace cloudhijack::log
