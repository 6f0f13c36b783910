#include "scan/file_times.hpp"

#include <re2/re2.h>

#include <array>
#include <chrono>
#include <string>

namespace cloudhijack::scan {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

/// The form of the paths of one service. The groups of the pattern are year, month, day, and, if
/// the path has them, hour and minute.
struct PathForm {
    RE2 pattern;
    minutes length;  ///< from the time in the path to the end of the time that it means
    minutes slack;   ///< how far events can be before and after that
};

// CloudTrail's stamp is the minute in which it delivered the file. AWS documents that the events
// are before it, by 5 minutes on average, without a guarantee: 15 minutes cover nearly all. Those
// after the stamp only cover a clock that is wrong.
//
// For folders a day of slack covers Firehose, which can use any time zone and names a folder after
// the oldest record in the file, services that name it after the time of delivery, and the Bedrock
// log, of whose stamp AWS documents nothing. Only the innermost folders count, because those around
// them can have been made by the user.
const std::array<PathForm, 5>& path_forms() {
    constexpr minutes stamp_slack{15};
    static const std::array<PathForm, 5> forms{{
        {.pattern = {R"((?:^|/)\d{12}_CloudTrail_[a-z0-9-]+_)"
                     R"((\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z_[^/]+$)",
                     RE2::Latin1},
         .length = minutes{0},
         .slack = stamp_slack},
        {.pattern = {R"((?:^|/)(\d{4})(\d\d)(\d\d)T\d{9}Z_[0-9A-Za-z]+\.json[^/]*$)", RE2::Latin1},
         .length = days{1},
         .slack = days{1}},
        {.pattern = {R"((?:^|/)y=(\d{4})/m=(\d\d)/d=(\d\d)/h=\d\d/m=\d\d/[^/]+$)", RE2::Latin1},
         .length = days{1},
         .slack = days{1}},
        {.pattern = {R"((?:^|/)eventDay=(\d{4})(\d\d)(\d\d)/[^/]+$)", RE2::Latin1},
         .length = days{1},
         .slack = days{1}},
        {.pattern = {R"((?:^|/)(\d{4})/(\d\d)/(\d\d)/(?:\d\d/)?[^/]+$)", RE2::Latin1},
         .length = days{1},
         .slack = days{1}},
    }};
    return forms;
}

std::optional<FileTimes> times_by(const PathForm& form, std::string_view path) {
    std::array<re2::StringPiece, 6> groups;  // the first is the whole match
    const int count = 1 + form.pattern.NumberOfCapturingGroups();
    if (!form.pattern.Match(path, 0, path.size(), RE2::UNANCHORED, groups.data(), count)) {
        return std::nullopt;
    }
    const auto text_of = [&groups](std::size_t group) { return groups.at(group).as_string(); };
    if (text_of(1) < "2000" || text_of(1) > "2100") return std::nullopt;
    std::string text = text_of(1) + '-' + text_of(2) + '-' + text_of(3);
    if (count > 4) text += 'T' + text_of(4) + ':' + text_of(5);
    const auto time = text::parse_iso_time(text);
    if (!time) return std::nullopt;
    return FileTimes{.begin = *time - form.slack, .end = *time + form.length + form.slack};
}

}  // namespace

std::optional<FileTimes> times_in_name(std::string_view path) {
    for (const PathForm& form : path_forms()) {
        if (const auto times = times_by(form, path)) return times;
    }
    return std::nullopt;
}

}  // namespace cloudhijack::scan
