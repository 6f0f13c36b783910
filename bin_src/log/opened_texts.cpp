#include "log/opened_texts.hpp"

#include <algorithm>

#include "io/window.hpp"

namespace cloudhijack::log {

OpenedTexts::Opened& OpenedTexts::open(std::string_view text) {
    if (used_ == opened_.size()) {
        opened_.push_back({.bytes = {}, .text = {}, .parser = json::make_json_parser()});
    }
    Opened& opened = opened_[used_++];
    opened.bytes.assign(text).append(io::k_padding, ' ');
    opened.text = std::string_view(opened.bytes).substr(0, text.size());
    return opened;
}

void OpenedTexts::shrink() {
    restart();
    if (std::ranges::any_of(
            opened_, [](const Opened& one) { return one.bytes.capacity() > k_kept_capacity; })) {
        opened_.clear();
    }
}

}  // namespace cloudhijack::log
