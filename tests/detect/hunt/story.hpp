#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/setup.hpp"
#include "detect/hunt/hunt_activity.hpp"
#include "rules/networks.hpp"

namespace cloudhijack::detect {

/// One event of a test, as its record would tell it.
struct Told {
    std::string time = {};  ///< `10:00:00` on 2 March 2026, or a whole time
    std::string call = {};  ///< a call's name; its source is looked up in the catalogue
    std::string error = {};
    std::string message = {};
    std::string region = "us-east-1";
    std::string address = "198.51.100.1";
    std::string agent = "aws-cli";
    std::string parameters = "{}";
    std::string key = "ASIA1";
    std::string console = "true";  ///< the key is of a login at the console
    std::string type = "IAMUser";
    std::string arn = "arn:aws:iam::111122223333:user/eve";
    std::string issuer = {};
    std::string account = "111122223333";
    std::string invoked_by = {};
    std::string category = {};
    std::string workload = {};
    std::string provider = {};  ///< of a web identity
    std::string bearer = {};
    std::string id = {};  ///< one of its own where it is empty
    std::string log = "cloudtrail";
    std::string model = {};  ///< of a log whose records name it themselves, as are the rest
    std::string result = {};
    std::uint32_t input_tokens = 0;
    std::uint32_t output_tokens = 0;
    std::uint32_t cache_read_tokens = 0;
};

using Story = std::vector<Told>;

/// In seconds.
constexpr std::int64_t hours(std::int64_t count) { return count * 3600; }

/// `10:00:00` and so many seconds later.
std::string clock(std::int64_t seconds_after_ten);

/// Events with what their views view.
class ToldEvents {
  public:
    explicit ToldEvents(const Story& story);

    [[nodiscard]] const std::vector<log::Event>& events() const { return events_; }

  private:
    std::deque<std::string> texts_;
    std::vector<log::Event> events_;
};

/// What the rules know besides the events.
struct Usual {
    rules::Baseline baseline = {};
    rules::Allowlist allowlist = {};
    rules::Networks networks = {};
    std::set<std::string, std::less<>> own_accounts = {};
};

/// A principal's normal activity with one service, since some days before the stories and until the
/// day before them.
struct Habit {
    std::string principal = "arn:aws:iam::111122223333:user/eve";
    std::string service = "account";
    std::uint64_t peak_hour = 0;
    std::optional<std::uint64_t> peak_day = {};
    std::vector<std::string> phases = {};
    std::vector<std::string> models = {};
    std::vector<std::string> regions = {};
    std::vector<std::string> networks = {};
    std::vector<std::string> clients = {};  ///< their names
    std::int32_t days = 60;
    std::string account = "111122223333";
    std::optional<std::uint64_t> peak_dollars = {};
};

/// A baseline of habits, and of somebody else in the account who uses no service, from 203.0.113.1
/// with the client `colleague`: so the account is known, with networks and clients.
Usual with_habits(const std::vector<Habit>& habits);

/// Adds a making of a principal, some days before the stories.
void add_making(Usual& usual, std::string principal, std::int64_t days, bool is_from_known_source);

/// The built-in rules with what else is known.
rules::HuntRules rules_for_all(const config::Setup& setup, const Usual& usual,
                               std::uint64_t min_risk = 0);

/// Every principal of a story, whatever its risk, with the built-in rules under a conf file's text.
std::vector<HuntFinding> hunt(const Story& story, std::string_view conf = {},
                              const Usual& usual = {});

/// The score of one evidence for the first principal of a story, 0 where it does not hold. All ways
/// of delivery are tried (backwards, twice, in parts that are merged) and must give the same; and
/// where it holds, switching it off must end it.
std::uint64_t score(std::string_view evidence, const Story& story, std::string_view conf = {},
                    const Usual& usual = {});

/// Its reason, empty where it does not hold.
std::string reason(std::string_view evidence, const Story& story, std::string_view conf = {},
                   const Usual& usual = {});

/// A call with request parameters, some seconds after ten.
Told call(std::string name, std::string parameters = "{}", std::int64_t second = 0,
          std::string error = {});

/// `story` and more.
Story operator+(Story story, const Story& more);

/// One event so many times, so many seconds apart.
Story repeated(const Told& told, std::int64_t first_second, int times, std::int64_t apart = 1);

}  // namespace cloudhijack::detect
