#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cloudhijack::rules {

/// Where a key stands, for messages.
struct ConfPlace {
    std::string file;  ///< empty: the mistake's text says it
    std::size_t line = 0;
    std::string stanza;  ///< empty: outside any
    std::string key;     ///< empty: a line that is no `key = value`
};

/// One `key = value`. A value that goes on behind a `\` at a line's end keeps the line breaks.
struct Setting {
    ConfPlace place;
    std::string value;
};

/// What is wrong at a place.
struct Mistake {
    ConfPlace place;
    std::string text;
};

/// `local/cloudhijack.conf:12: [service:ses] threshold: ...`
std::string to_text(const Mistake& mistake);

/// A file in the form of Splunk's .conf files: `[stanza]`, `key = value`, `# comment`.
struct ConfFile {
    std::vector<Setting> settings;  ///< in order; of equal keys of a stanza the last counts
    std::vector<Mistake> mistakes;  ///< lines that are none of these
};

/// `file` is the name for messages.
ConfFile parse(std::string_view file, std::string_view text);

}  // namespace cloudhijack::rules
