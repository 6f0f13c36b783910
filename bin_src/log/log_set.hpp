#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "json/record_keys.hpp"
#include "log/log.hpp"
#include "log/shape.hpp"

namespace cloudhijack::log {

/// The logs whose records a search or a scan reads. One stream may contain records of several logs.
class LogSet {
  public:
    struct ShapedLog {
        const Log* log = nullptr;
        Shape shape;  ///< the tree of the log's paths
    };

    /// `logs` must outlive the set and must not be empty. If several logs recognise a record, the
    /// first one counts.
    explicit LogSet(std::span<const Log* const> logs);

    [[nodiscard]] std::span<const ShapedLog> members() const { return members_; }

    /// The log of most records. The call of its records can be recognised without reading them, and
    /// for input=fields it is the log whose fields Splunk has extracted. It is the first log that
    /// has a name key, or else the first one.
    [[nodiscard]] const ShapedLog& main() const { return members_[main_]; }

    /// The keys by which records are found in a stream: those of lists, and the main log's name
    /// key.
    [[nodiscard]] const json::RecordKeys& record_keys() const { return record_keys_; }

    /// The log with this id; null if there is none.
    [[nodiscard]] const Log* find(std::string_view id) const;

    /// Whether calls of any of the logs can have the source.
    [[nodiscard]] bool can_show(std::string_view source) const;

    /// Whether records of calls with this source have source addresses.
    [[nodiscard]] bool has_addresses(std::string_view source) const;

    /// Whether the log may contain calls with the source. A source that belongs to no known log may
    /// be in any of them.
    [[nodiscard]] bool may_show(const Log& log, std::string_view source) const {
        return log.can_show(source) || !can_show(source);
    }

    /// The top-level keys that records of the other logs have and records of the main log do not
    /// have.
    [[nodiscard]] text::KeyTable keys_of_others() const;

    /// The marks of all logs except the main one.
    [[nodiscard]] std::vector<std::string_view> other_marks() const;

  private:
    std::vector<ShapedLog> members_;
    std::size_t main_ = 0;
    json::RecordKeys record_keys_;
};

/// All logs that the program knows.
const LogSet& all_logs();

}  // namespace cloudhijack::log
