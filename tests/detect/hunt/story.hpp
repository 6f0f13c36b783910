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

/// One event of a test's story, with the fields of its record.
struct StoryEvent {
    std::string time = {};  ///< `10:00:00` on 2 March 2026, or a whole time
    std::string call = {};  ///< the name of a call; its source is looked up in the catalogue
    std::string error = {};
    std::string message = {};
    std::string region = "us-east-1";
    std::string address = "198.51.100.1";
    std::string agent = "aws-cli";
    std::string parameters = "{}";
    std::string key = "ASIA1";
    std::string console = "true";  ///< whether the key is of a console login
    std::string type = "IAMUser";
    std::string arn = "arn:aws:iam::111122223333:user/eve";
    std::string issuer = {};
    std::string account = "111122223333";
    std::string invoked_by = {};
    std::string category = {};
    std::string workload = {};
    std::string provider = {};  ///< the provider of a web identity
    std::string bearer = {};
    std::string id = {};  ///< empty: the event gets a unique id
    std::string log = "cloudtrail";
    /// Only for logs whose records name it themselves; the same applies to the rest.
    std::string model = {};
    std::string result = {};
    std::uint32_t input_tokens = 0;
    std::uint32_t output_tokens = 0;
    std::uint32_t cache_read_tokens = 0;
};

using Story = std::vector<StoryEvent>;

/// Hours as seconds.
constexpr std::int64_t hours(std::int64_t count) { return count * 3600; }

/// The time this many seconds after `10:00:00`.
std::string clock(std::int64_t seconds_after_ten);

/// Events, with the texts that they view.
class StoryEvents {
  public:
    explicit StoryEvents(const Story& story);

    [[nodiscard]] const std::vector<log::Event>& events() const { return events_; }

  private:
    std::deque<std::string> texts_;
    std::vector<log::Event> events_;
};

/// The context that the rules know besides the events.
struct Usual {
    rules::Baseline baseline = {};
    rules::Allowlist allowlist = {};
    rules::Networks networks = {};
    std::set<std::string, std::less<>> own_accounts = {};
};

/// A principal's normal activity in one service, from some days before the stories until the day
/// before them.
struct Habit {
    std::string principal = "arn:aws:iam::111122223333:user/eve";
    std::string service = "account";
    std::uint64_t peak_hour = 0;
    std::optional<std::uint64_t> peak_day = {};
    std::vector<std::string> phases = {};
    std::vector<std::string> models = {};
    std::vector<std::string> regions = {};
    std::vector<std::string> networks = {};
    std::vector<std::string> clients = {};  ///< names of clients
    std::int32_t days = 60;
    std::string account = "111122223333";
    std::optional<std::uint64_t> peak_dollars = {};
};

/// A baseline of habits, and of another principal in the account that uses no service, from
/// 203.0.113.1 with the client `colleague`. So the account is known, with networks and clients.
Usual with_habits(const std::vector<Habit>& habits);

/// Adds a making of a principal, this many days before the stories.
void add_making(Usual& usual, std::string principal, std::int64_t days, bool is_from_known_source);

/// The built-in rules with this context.
rules::HuntRules rules_for_all(const config::Setup& setup, const Usual& usual,
                               std::uint64_t min_risk = 0);

/// The finding of every principal of a story, whatever its risk, with the built-in rules and a conf
/// file's text on top.
std::vector<HuntFinding> hunt(const Story& story, std::string_view conf = {},
                              const Usual& usual = {});

/// The score of one evidence rule for the first principal of a story, or 0 if the rule does not
/// fire. All ways of delivery are tried (backwards, twice, in parts that are merged) and must give
/// the same result. If the rule fires, switching it off must end the match.
std::uint64_t score(std::string_view evidence, const Story& story, std::string_view conf = {},
                    const Usual& usual = {});

/// The reason of the same match; empty if the rule does not fire.
std::string reason(std::string_view evidence, const Story& story, std::string_view conf = {},
                   const Usual& usual = {});

/// A call with request parameters, this many seconds after ten.
StoryEvent call(std::string name, std::string parameters = "{}", std::int64_t second = 0,
                std::string error = {});

/// `story` followed by `more`.
Story operator+(Story story, const Story& more);

/// One event this many times, with this many seconds between.
Story repeated(const StoryEvent& event, std::int64_t first_second, int times,
               std::int64_t apart = 1);

}  // namespace cloudhijack::detect
