#include "scan/input_overlap.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <utility>

#include "counting/hash.hpp"
#include "detect/hunt/evidence/words.hpp"

namespace cloudhijack::scan {
namespace {

constexpr std::uint64_t k_most_named = 3;
constexpr std::string_view k_accept = ", or accept it with --allow-overlap";

// States can be forged, so the place of an input in the index must be secret.
std::uint32_t secret_hash_of(const FileContent& content) {
    const std::array numbers = {content.bytes, content.hash.low, content.hash.high};
    const auto bytes = std::as_bytes(std::span(numbers));
    return static_cast<std::uint32_t>(
        counting::secret_hash_of({reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
}

}  // namespace

void InputOverlap::begin(std::string state) {
    states_.push_back({.name = std::move(state), .end = {}});
    found_ = 0;
    first_.clear();
}

void InputOverlap::add(const StateInput& input) {
    if (input.records == 0) return;
    const auto current = static_cast<std::uint32_t>(states_.size() - 1);
    const auto number = index_.find_or_make(
        secret_hash_of(input.content),
        [&](std::uint32_t other) {
            return inputs_[other].content == input.content &&
                   inputs_[other].range.overlaps(input.range);
        },
        [&] {
            inputs_.push_back({.content = input.content, .range = input.range, .state = current});
            return static_cast<std::uint32_t>(inputs_.size() - 1);
        });
    const std::uint32_t state = inputs_[number].state;
    if (state == current || ++found_ > k_most_named) return;
    first_ += (first_.empty() ? "" : ", ") + input.name + " (in " + states_[state].name + ')';
}

std::string InputOverlap::finish(const StateEnd& end) {
    using detect::counted;
    SeenState& current = states_.back();
    current.end = end;
    if (found_ == 0) return {};
    const auto same = std::ranges::find(states_, end, &SeenState::end);
    if (&*same != &current) {
        return current.name + ": is the same state as " + same->name + "; give each state once" +
               std::string(k_accept);
    }
    const std::uint64_t more = found_ > k_most_named ? found_ - k_most_named : 0;
    return current.name + ": " + counted(found_, "input") + (found_ == 1 ? " is" : " are") +
           " in an earlier state, too: " + first_ +
           (more > 0 ? " and " + std::to_string(more) + " more" : "") + "; scan each input once" +
           std::string(k_accept);
}

}  // namespace cloudhijack::scan
