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

/// Tells records of calls that nobody asked for from others, without reading them: most events of a
/// search are such, and reading them is most of the work.
///
/// A record is passed over only where no way of reading it can give a wanted call's name. Letters
/// of a name can be written in two ways, as they are or as `\u` and four digits. So without any
/// `\u`, a text in which the key of the name occurs once, before a string that is not a wanted
/// name, holds no wanted call. Anything else is for the reader to judge: the key twice or not at
/// all, another type of value, an escape in the name, a text that is no object from its first byte
/// to its last, and, unless it begins as only records of the main log do, a text that is a list,
/// one without the key of its sources, and one in which the mark of another log occurs.
class CallFilter {
  public:
    /// The key of the records' names, and the names of the wanted calls. Without a key no record
    /// is passed over.
    CallFilter(json::NameKey key, std::span<const std::string_view> names,
               simd::Cpu cpu = simd::best_cpu());

    /// The same for records of several logs: those of the main log can be passed over, and no text
    /// that may hold a record of another one.
    CallFilter(const LogSet& logs, std::span<const std::string_view> names);

    /// What a look at a text shows, before it is read.
    struct Look {
        /// It is one record, or one in an envelope, that is certainly of no wanted call.
        bool passes_over = false;
        /// The key of the name occurs once, so that no other record can be in the text.
        bool has_one_name = false;
    };

    /// io::k_padding bytes behind the text must be readable.
    [[nodiscard]] Look look_at(std::string_view json, json::Quotes quotes) const;
    [[nodiscard]] bool passes_over(std::string_view json, json::Quotes quotes) const {
        return look_at(json, quotes).passes_over;
    }

    /// The same of an object in which, as somebody has seen, the key occurs at this place only
    /// and that no letter is written as `\u`. Nothing behind it need be readable.
    [[nodiscard]] bool passes_over_object(std::string_view json, std::size_t only_name_key) const;

  private:
    /// How a record begins, with a short string between two parts.
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
    Start plain_start_;                          ///< as only records of the main log begin
    Start doubled_start_;                        ///< the same with doubled quotes
    std::string_view source_key_;                ///< of its sources
    text::KeyTable lists_;                       ///< keys of records' lists
    std::vector<std::string_view> other_marks_;  ///< of what must be read
};

}  // namespace cloudhijack::log
