#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/prices.hpp"
#include "rules/seen_values.hpp"

namespace cloudhijack::rules {

/// Normal activity as the baseline's file holds it: a row for each principal and service. Times are
/// seconds since 1970. History answers the rules' questions about it.
class Baseline {
  public:
    /// The service of the row that describes the principal itself; see Row.
    static constexpr std::string_view k_principal_service = "account";

    struct PairView {
        std::string_view account;
        std::string_view principal;
        std::string_view service;

        auto operator<=>(const PairView&) const = default;
    };

    /// A principal in an account, and a service's id.
    struct Pair {
        std::string account;
        std::string principal;
        std::string service;

        auto operator<=>(const Pair&) const = default;
        auto operator<=>(const PairView& other) const {
            const PairView own{.account = account, .principal = principal, .service = service};
            return own <=> other;
        }
    };

    /// A call that made a principal, or a credential of a principal. Once such a call is recorded
    /// as coming from a stranger's source, it stays so, regardless of anything learned later.
    struct Making {
        static constexpr std::size_t k_most = 4;  ///< a row keeps the newest

        std::int64_t second = 0;
        std::string maker = {};  ///< the principal that made the call
        bool is_from_known_source = false;

        auto operator<=>(const Making&) const = default;
    };

    /// The number of an ISO week, in weeks since the one that began on Monday, 29 December 1969.
    using Week = std::int32_t;

    struct Row {
        std::int64_t first_seen = 0;  ///< any call, whatever its outcome
        std::int64_t last_seen = 0;
        std::uint64_t peak_hour = 0;  ///< the most messages of successful use in a UTC hour
        std::optional<std::uint64_t> peak_day =
            {};  ///< the most in a UTC day; older versions' files do not have it
        std::map<Week, std::uint64_t> peaks = {};  ///< the peak hour of each week with use
        SeenValues phases = {};                    ///< of successful calls
        SeenValues models = {};                    ///< of successful use, like the regions
        SeenValues regions = {};
        SeenValues networks =
            {};  ///< of all calls; from here on, filled only in the principal's own row
        SeenValues clients = {};
        /// The principals that assume the role, whether or not the role acts.
        SeenValues parents = {};
        std::vector<Making> made = {};  ///< how the principal came to be: sorted, each once
        /// The highest cost of a UTC hour; nullopt: the cost is unknown, or an older version wrote
        /// the file. Files give it in dollars with four decimals.
        std::optional<Cost> peak_cost = {};

        void add(const Row& other);
        void add_making(const Making& making);
        /// Whether the row only records what others did with the principal (made it, assumed it),
        /// and does not show that the principal ever acted.
        [[nodiscard]] bool has_only_links() const;
        /// Whether there was successful use.
        [[nodiscard]] bool has_use() const { return peak_hour > 0; }
        [[nodiscard]] std::uint64_t day_peak() const;
        bool operator==(const Row&) const = default;
    };

    /// Adds to the row of the pair.
    void add(const Pair& pair, const Row& row);

    /// Null if the pair is not known.
    [[nodiscard]] const Row* find(std::string_view account, std::string_view principal,
                                  std::string_view service) const;
    [[nodiscard]] const Row* find(const Pair& pair) const {
        return find(pair.account, pair.principal, pair.service);
    }

    [[nodiscard]] const auto& rows() const { return rows_; }

  private:
    std::map<Pair, Row, std::less<>> rows_;
};

}  // namespace cloudhijack::rules
