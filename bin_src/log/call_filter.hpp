#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "json/record_keys.hpp"
#include "json/string_ends.hpp"
#include "log/log_set.hpp"
#include "simd/cpu.hpp"
#include "text/key_table.hpp"

namespace cloudhijack::log {

/// Recognises records of unwanted calls without reading them: most events of a search are of this
/// kind, and reading is most of the work.
///
/// A record is passed over only if no way of reading it can give the name of a wanted call. A
/// letter of a name can be written as it is, or as `\u` and four digits. So a text without any
/// `\u`, in which the key of the name occurs exactly once, before a string that is not a wanted
/// name, contains no wanted call. Everything else is left to the reader: a text in which the key
/// occurs twice or not at all, a value of another type, an escape in the name, a text that is not
/// an object from its first byte to its last. The same goes for a list, a text without the key of
/// the main log's sources and a text that contains another log's mark, unless the text begins as
/// only records of the main log do.
class CallFilter {
  public:
    /// `key` is the key under which records name their call, `names` are the wanted calls. Without
    /// a key no record is passed over.
    CallFilter(json::NameKey key, std::span<const std::string_view> names,
               simd::Cpu cpu = simd::best_cpu());

    /// The same for records of several logs. Only records of the main log can be passed over, but
    /// no text that may contain a record of another log.
    CallFilter(const LogSet& logs, std::span<const std::string_view> names);

    /// The result of examining a text before it is read.
    struct Look {
        /// The text is one record, with or without an envelope, that is certainly not of a wanted
        /// call.
        bool passes_over = false;
        /// The key of the name occurs once, so the text can contain only one record.
        bool has_one_name = false;
    };

    /// io::k_padding bytes after the text must be readable.
    [[nodiscard]] Look look_at(std::string_view json, json::Quotes quotes) const;
    [[nodiscard]] bool passes_over(std::string_view json, json::Quotes quotes) const {
        return look_at(json, quotes).passes_over;
    }

    /// The same for an object of which the caller knows that the key occurs only at this position
    /// and that no character is written as `\u`. No bytes after it need to be readable.
    [[nodiscard]] bool passes_over_object(std::string_view json, std::size_t only_name_key) const;

  private:
    /// The start of a record: two fixed parts with a short string between them.
    struct Start {
        std::string first;
        std::string second;

        [[nodiscard]] bool begins(std::string_view json) const;
    };

    [[nodiscard]] bool is_other_call(std::string_view json, std::size_t key,
                                     json::Quotes quotes) const;
    [[nodiscard]] bool is_of_main_log(std::string_view json, json::Quotes quotes) const;

    simd::Cpu cpu_;
    json::NameKey key_;
    text::KeyTable names_;
    Start plain_start_;            ///< the start that only records of the main log have
    Start doubled_start_;          ///< the same with doubled quotes
    std::string_view source_key_;  ///< the key of the main log's sources
    text::KeyTable lists_;         ///< keys under which lists of records are
    std::vector<std::string_view> other_marks_;  ///< marks of logs whose texts must be read
};

}  // namespace cloudhijack::log
