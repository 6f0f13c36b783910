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

/// Normal activity as the file of a baseline holds it: a row for each principal and service. Times
/// are seconds since 1970. History answers the questions that rules ask of it.
class Baseline {
  public:
    /// The service of the row with what belongs to a principal itself; see Row.
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

    /// A call that made a principal, or a credential of it. Once it is said to come from a
    /// stranger's source, it stays so, whatever is learned later.
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
            {};  ///< in a UTC day; files of older versions have none
        std::map<Week, std::uint64_t> peaks = {};  ///< the peak hour of each week with use
        SeenValues phases = {};                    ///< of successful calls
        SeenValues models = {};                    ///< of successful use, as are the regions
        SeenValues regions = {};
        SeenValues networks =
            {};  ///< of all calls; these and the rest only of the principal's own row
        SeenValues clients = {};
        SeenValues parents = {};        ///< who assumes the role, whether it acts or not
        std::vector<Making> made = {};  ///< how the principal came to be: sorted, each once
        /// The most that a UTC hour cost; nullopt: the cost is unknown, or the file is of an older
        /// version. Files have it in dollars with four decimals.
        std::optional<Cost> peak_cost = {};

        void add(const Row& other);
        void add_making(const Making& making);
        /// Whether it only says what others have to do with the principal (who made it, who assumes
        /// it), and not that it ever acted.
        [[nodiscard]] bool has_only_links() const;
        /// Whether there was successful use.
        [[nodiscard]] bool has_use() const { return peak_hour > 0; }
        [[nodiscard]] std::uint64_t day_peak() const;
        bool operator==(const Row&) const = default;
    };

    /// Adds to what is known of the pair.
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
