#include "partial/document_writer.hpp"

#include <cassert>
#include <nlohmann/json.hpp>
#include <utility>

namespace cloudhijack::partial {
namespace {

// The bytes of a list besides its items and its name: ,"name":[]
constexpr std::size_t k_around_a_list = 6;

std::string in_json(std::string_view text) {
    using nlohmann::json;
    return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

void append_to(std::string& list, std::string_view element) {
    if (!list.empty()) list += ',';
    list += element;
}

}  // namespace

void ItemWriter::append(std::string_view field) { append_to(item_, field); }

void ItemWriter::text(std::string_view value) {
    auto found = document_->text_numbers_.find(value);
    if (found == document_->text_numbers_.end()) {
        const std::string element = in_json(value);
        new_texts_ += element.size();
        append_to(document_->text_list_, element);
        found = document_->text_numbers_.emplace(value, document_->texts_.size()).first;
        document_->texts_.emplace_back(found);
    }
    append(std::to_string(found->second));
}

bool ItemWriter::is_long() const { return item_.size() + new_texts_ > k_enough_for_an_item; }

DocumentWriter::DocumentWriter(const Header& header, Take take)
    : head_("{\"cloudhijack\":" + std::to_string(header.format) +
            ",\"catalogue\":" + in_json(header.catalogue) + ",\"host\":" + in_json(header.host) +
            ",\"mode\":" + in_json(header.mode) +
            (header.program.empty() ? "" : ",\"program\":" + in_json(header.program))),
      take_(std::move(take)) {}

void DocumentWriter::add(std::string_view list, const std::function<void(ItemWriter&)>& fill) {
    const std::size_t texts_before = texts_.size();
    const std::size_t text_list_before = text_list_.size();
    const auto write = [&] {
        ItemWriter item(*this);
        fill(item);
        return '[' + item.item_ + ']';
    };
    std::string item = write();
    const bool is_new_list = !lists_.contains(list);
    const std::size_t more = item.size() + 1 + (is_new_list ? list.size() + k_around_a_list : 0);
    if (size() + more > k_full_document) {
        forget_texts_from(texts_before);
        text_list_.resize(text_list_before);
        finish();
        item = write();
        assert(size() + item.size() + list.size() + k_around_a_list <= k_full_document);
    }
    append_to(lists_[std::string(list)], item);
}

void DocumentWriter::finish() {
    std::string document = head_ + ",\"texts\":[" + text_list_ + ']';
    for (const auto& [name, items] : lists_) {
        document.append(",\"").append(name).append("\":[").append(items).append("]");
    }
    document += '}';
    take_(document);
    ++finished_;
    forget_texts_from(0);
    text_list_.clear();
    lists_.clear();
}

std::size_t DocumentWriter::size() const {
    constexpr std::string_view around = R"(,"texts":[]})";
    std::size_t size = head_.size() + text_list_.size() + around.size();
    for (const auto& [name, items] : lists_) size += name.size() + items.size() + k_around_a_list;
    return size;
}

void DocumentWriter::forget_texts_from(std::size_t number) {
    while (texts_.size() > number) {
        text_numbers_.erase(texts_.back());
        texts_.pop_back();
    }
}

}  // namespace cloudhijack::partial
