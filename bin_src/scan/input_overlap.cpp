#include "scan/input_overlap.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "detect/hunt/evidence/words.hpp"

namespace cloudhijack::scan {
namespace {

constexpr std::uint64_t k_most_named = 3;
constexpr std::string_view k_accept = ", or accept it with --allow-overlap";

}  // namespace

void InputOverlap::begin(std::string state) {
    states_.push_back({.name = std::move(state), .end = {}});
    found_ = 0;
    first_.clear();
}

void InputOverlap::add(const StateInput& input) {
    if (input.records == 0) return;
    const InputKey key{.content = input.content,
                       .from = input.range.from.value_or(text::Time::min())};
    const text::Time to = input.range.to.value_or(text::Time::max());
    if (to <= key.from) return;  // only a forged range has no time
    const std::size_t current = states_.size() - 1;
    auto found = find(key, to);
    if (found == inputs_.end())
        found = inputs_.emplace(key, SeenInput{.to = to, .state = current}).first;
    const std::size_t state = found->second.state;
    if (state == current || ++found_ > k_most_named) return;
    first_ += (first_.empty() ? "" : ", ") + input.name + " (in " + states_[state].name + ')';
}

// The input with the same content whose range has a time in common with the one up to `to`.
InputOverlap::SeenInputs::const_iterator InputOverlap::find(const InputKey& key,
                                                            text::Time to) const {
    const auto next = inputs_.lower_bound(key);
    if (next != inputs_.end() && next->first.content == key.content && next->first.from < to) {
        return next;
    }
    if (next == inputs_.begin()) return inputs_.end();
    const auto before = std::prev(next);
    const bool overlaps = before->first.content == key.content && key.from < before->second.to;
    return overlaps ? before : inputs_.end();
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
