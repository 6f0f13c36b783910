#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cloudhijack::rules {

/// The place of a key, for messages.
struct ConfPlace {
    std::string file;  ///< empty: the mistake's text names it
    std::size_t line = 0;
    std::string stanza;  ///< empty: outside any stanza
    std::string key;     ///< empty: a line that is not `key = value`
};

/// One `key = value`. A value that continues after a `\` at the end of a line keeps its line
/// breaks.
struct Setting {
    ConfPlace place;
    std::string value;
};

/// A mistake in a conf file.
struct Mistake {
    ConfPlace place;
    std::string text;
};

/// `local/cloudhijack.conf:12: [service:ses] threshold: ...`
std::string to_text(const Mistake& mistake);

/// A file in the form of Splunk's .conf files: `[stanza]`, `key = value`, `# comment`.
struct ConfFile {
    std::vector<Setting> settings;  ///< in order; of equal keys in a stanza the last one counts
    std::vector<Mistake> mistakes;  ///< lines in none of these forms
};

/// `file` is the file's name for messages.
ConfFile parse(std::string_view file, std::string_view text);

}  // namespace cloudhijack::rules
