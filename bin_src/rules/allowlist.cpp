#include "rules/allowlist.hpp"

#include <algorithm>
#include <bit>
#include <tuple>
#include <utility>

namespace cloudhijack::rules {
namespace {

// Windows have few sizes, the powers of two up to this, so that a name has few windows. A pattern
// of wildcards has the empty one.
constexpr std::size_t k_longest_window = 8;

bool has_same_effect(const Exception& a, const Exception& b) {
    const auto effect = [](const Exception& one) {
        return std::tie(one.service, one.is_for_all_evidence, one.evidence, one.threshold);
    };
    return effect(a) == effect(b);
}

void extend(Exception& exception, const std::optional<std::int64_t>& expires) {
    if (!exception.expires) return;
    exception.expires = expires ? std::max(exception.expires, expires) : std::nullopt;
}

}  // namespace

bool Allowlist::add(Exception exception) {
    const std::string_view text = exception.principal;
    PatternExceptions& pattern = patterns_[std::string(text)];
    for (const std::size_t number : pattern.numbers) {
        if (!has_same_effect(exceptions_[number], exception)) continue;
        extend(exceptions_[number], exception.expires);
        return true;
    }
    const bool has_wildcard = text.contains('*');
    if (has_wildcard && !pattern.window) pattern.window = rarest_window(text);
    Numbers* alike = has_wildcard ? &windows_[*pattern.window] : &pattern.numbers;
    if (alike->size() == (has_wildcard ? k_most_of_window : k_most_of_name)) return false;
    const std::size_t number = exceptions_.size();
    if (has_wildcard) {
        alike->push_back(number);
        window_sizes_.insert(pattern.window->size());
    }
    pattern.numbers.push_back(number);
    exceptions_.push_back(std::move(exception));
    return true;
}

// The window of a pattern that the fewest exceptions have so far.
std::string Allowlist::rarest_window(std::string_view pattern) const {
    std::string_view rarest;
    std::size_t fewest = k_most_of_window + 1;
    while (!pattern.empty() && fewest > 0) {
        const std::string_view part = pattern.substr(0, pattern.find('*'));
        const std::size_t size = std::bit_floor(std::min(part.size(), k_longest_window));
        for (std::size_t at = 0; size > 0 && at + size <= part.size() && fewest > 0; ++at) {
            const std::string_view window = part.substr(at, size);
            const auto found = windows_.find(window);
            const std::size_t count = found == windows_.end() ? 0 : found->second.size();
            if (count >= fewest) continue;
            fewest = count;
            rarest = window;
        }
        pattern.remove_prefix(std::min(part.size() + 1, pattern.size()));
    }
    return std::string(rarest);
}

Exceptions Allowlist::of(std::string_view principal) const {
    Numbers numbers;
    const auto pattern = patterns_.find(principal);
    if (pattern != patterns_.end() && !pattern->second.window) numbers = pattern->second.numbers;
    // A name can have a window more than once.
    std::vector<const Numbers*> found;
    for (const std::size_t size : window_sizes_) {
        for (std::size_t at = 0; at + size <= principal.size(); ++at) {
            const auto window = windows_.find(principal.substr(at, size));
            if (window != windows_.end()) found.push_back(&window->second);
            if (size == 0) break;
        }
    }
    std::ranges::sort(found);
    const auto repeated = std::ranges::unique(found);
    found.erase(repeated.begin(), repeated.end());
    for (const Numbers* of_window : found) {
        numbers.insert(numbers.end(), of_window->begin(), of_window->end());
    }
    std::ranges::sort(numbers);
    Exceptions exceptions;
    for (const std::size_t number : numbers) {
        const Exception& exception = exceptions_[number];
        if (matches_wildcards(exception.principal, principal)) exceptions.push_back(&exception);
    }
    return exceptions;
}

// The first match of each part is as good as any later one, so there is no backtracking.
bool matches_wildcards(std::string_view pattern, std::string_view text) {
    const std::size_t first = pattern.find('*');
    if (first == std::string_view::npos) return pattern == text;
    const std::string_view front = pattern.substr(0, first);
    if (!text.starts_with(front)) return false;
    text.remove_prefix(front.size());
    pattern.remove_prefix(first + 1);
    for (std::size_t end = pattern.find('*'); end != std::string_view::npos;
         end = pattern.find('*')) {
        const std::string_view part = pattern.substr(0, end);
        const std::size_t place = text.find(part);
        if (place == std::string_view::npos) return false;
        text.remove_prefix(place + part.size());
        pattern.remove_prefix(end + 1);
    }
    return text.ends_with(pattern);
}

std::optional<std::uint64_t> allowed_volume(const Exceptions& exceptions, std::size_t service,
                                            std::int64_t second, std::uint64_t threshold) {
    for (const Exception* exception : exceptions) {
        if (!exception->is_for(k_volume_evidence) || !exception->is_for_service(service) ||
            !exception->holds_at(second)) {
            continue;
        }
        if (!exception->threshold) return std::nullopt;
        threshold = std::max(threshold, *exception->threshold);
    }
    return threshold;
}

}  // namespace cloudhijack::rules
