#include "rules/allowlist.hpp"

#include <algorithm>
#include <utility>

namespace cloudhijack::rules {

void Allowlist::Index::add(std::string_view text, std::size_t number) {
    numbers[std::string(text)].push_back(number);
    sizes.insert(text.size());
}

void Allowlist::add(Exception exception) {
    const std::size_t number = exceptions_.size();
    const std::string_view pattern = exception.principal;
    const std::size_t first = pattern.find('*');
    const std::string_view prefix = pattern.substr(0, first);
    const std::string_view suffix = pattern.substr(pattern.rfind('*') + 1);
    if (first == std::string_view::npos) {
        whole_.add(pattern, number);
    } else if (suffix.size() > prefix.size()) {
        by_suffix_.add(suffix, number);
    } else {
        by_prefix_.add(prefix, number);
    }
    exceptions_.push_back(std::move(exception));
}

// Lists can be long, and events choose the names, so only the exceptions that could match are
// tried.
Exceptions Allowlist::of(std::string_view principal) const {
    std::vector<std::size_t> numbers;
    const auto look_up = [&numbers](const Index& index, std::string_view text) {
        const auto found = index.numbers.find(text);
        if (found == index.numbers.end()) return;
        numbers.insert(numbers.end(), found->second.begin(), found->second.end());
    };
    look_up(whole_, principal);
    for (const std::size_t size : by_prefix_.sizes) {
        if (size <= principal.size()) look_up(by_prefix_, principal.substr(0, size));
    }
    for (const std::size_t size : by_suffix_.sizes) {
        if (size <= principal.size()) {
            look_up(by_suffix_, principal.substr(principal.size() - size));
        }
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
