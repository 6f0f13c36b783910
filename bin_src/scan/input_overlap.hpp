#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "scan/state.hpp"
#include "text/time.hpp"

namespace cloudhijack::scan {

/// Finds inputs that several states have. It needs about 100 bytes per input, and takes logarithmic
/// time for each, even if states are forged.
class InputOverlap {
  public:
    /// Begins the next state, with its name in messages.
    void begin(std::string state);

    /// Notes an input of the current state. Inputs without records do not count twice, and neither
    /// do those of which different ranges of time were counted.
    void add(const StateInput& input);

    /// Whether the current state has an input that an earlier one has, too.
    [[nodiscard]] bool is_found() const { return found_ > 0; }

    /// Ends the current state. Returns a message that names its inputs that earlier states have,
    /// too; empty if there are none.
    std::string finish(const StateEnd& end);

  private:
    /// A content, and the time from which its events count. Ranges of one content that are kept
    /// have no time in common, so their order is that of their beginnings.
    struct InputKey {
        FileContent content;
        text::Time from;

        auto operator<=>(const InputKey&) const = default;
    };
    struct SeenInput {
        text::Time to;
        std::size_t state = 0;  ///< the first that has it
    };
    using SeenInputs = std::map<InputKey, SeenInput>;
    struct SeenState {
        std::string name;
        StateEnd end;
    };

    [[nodiscard]] SeenInputs::const_iterator find(const InputKey& key, text::Time to) const;

    std::vector<SeenState> states_;
    SeenInputs inputs_;
    std::uint64_t found_ = 0;
    std::string first_;  ///< the first of those found, for a message
};

}  // namespace cloudhijack::scan
