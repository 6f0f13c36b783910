#include "detect/allowlist.hpp"

#include <algorithm>
#include <utility>

namespace cloudhijack::detect {

void Allowlist::add(Exception exception) {
    const std::size_t number = exceptions_.size();
    const std::size_t wildcard = exception.principal.find('*');
    if (wildcard == std::string::npos) {
        whole_[exception.principal].push_back(number);
    } else {
        by_prefix_[exception.principal.substr(0, wildcard)].push_back(number);
        prefix_sizes_.insert(wildcard);
    }
    exceptions_.push_back(std::move(exception));
}

// Names come from events and can be made to be slow: only what could match is looked at.
Exceptions Allowlist::of(std::string_view principal) const {
    std::vector<std::size_t> numbers;
    if (const auto same = whole_.find(principal); same != whole_.end()) numbers = same->second;
    for (const std::size_t size : prefix_sizes_) {
        if (size > principal.size()) break;
        const auto found = by_prefix_.find(principal.substr(0, size));
        if (found == by_prefix_.end()) continue;
        std::ranges::copy_if(found->second, std::back_inserter(numbers), [&](std::size_t number) {
            return matches_wildcards(exceptions_[number].principal, principal);
        });
    }
    std::ranges::sort(numbers);
    Exceptions exceptions;
    for (const std::size_t number : numbers) exceptions.push_back(&exceptions_[number]);
    return exceptions;
}

// The first place that fits each part is as good as any later one, so nothing is tried twice.
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

}  // namespace cloudhijack::detect
