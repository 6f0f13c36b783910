#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "counting/hash_index.hpp"
#include "scan/state.hpp"

namespace cloudhijack::scan {

/// Finds inputs that several states have. It needs about 100 bytes per input.
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
    struct SeenInput {
        FileContent content;
        TimeRange range;
        std::uint32_t state = 0;  ///< the first that has it
    };
    struct SeenState {
        std::string name;
        StateEnd end;
    };

    std::vector<SeenState> states_;
    std::vector<SeenInput> inputs_;
    counting::HashIndex index_;
    std::uint64_t found_ = 0;
    std::string first_;  ///< the first of those found, for a message
};

}  // namespace cloudhijack::scan
