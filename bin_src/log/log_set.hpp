#pragma once

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
    /// counts. The very first one is the log whose fields Splunk may have extracted, for
    /// input=fields.
    explicit LogSet(std::span<const Log* const> logs);

    [[nodiscard]] std::span<const ShapedLog> members() const { return members_; }
    [[nodiscard]] const ShapedLog& first() const { return members_.front(); }

    /// The keys by which the records of all logs are found in a stream: of lists, and of the named
    /// log's calls.
    [[nodiscard]] const json::RecordKeys& record_keys() const { return record_keys_; }

    /// The log whose calls are known by name without reading the record: the first that has a name
    /// key. Null: there is none.
    [[nodiscard]] const Log* named_log() const;

    /// The marks of all logs but that one.
    [[nodiscard]] std::vector<std::string_view> other_marks() const;

  private:
    std::vector<ShapedLog> members_;
    json::RecordKeys record_keys_;
};

/// Every log that the program knows.
const LogSet& all_logs();

}  // namespace cloudhijack::log
