#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "io/window.hpp"
#include "partial/document_reader.hpp"
#include "partial/document_writer.hpp"

namespace cloudhijack::partial {

inline const Header k_test_header = {
    .catalogue = "0123456789abcdef", .host = "idx1", .mode = "test"};

/// The content of an activity as partial documents.
std::vector<std::string> documents_of(const auto& activity) {
    std::vector<std::string> documents;
    DocumentWriter writer(k_test_header,
                          [&](std::string_view one) { documents.emplace_back(one); });
    activity.write(writer);
    writer.finish();
    return documents;
}

/// Reads one document into an activity.
Result<> read_document(std::string document, auto& activity) {
    const std::size_t size = document.size();
    document.append(io::k_padding, ' ');
    DocumentReader reader;
    return reader.read(
        std::string_view(document).substr(0, size), [](const Header&) -> Result<> { return {}; },
        [&](std::string_view list, ItemReader& item) -> Result<> {
            return activity.take(list, item);
        });
}

/// Merges another activity through its documents, each read on its own, in reverse order. `empty`
/// makes an activity without content.
template <class Activity>
void merge_documents(Activity& activity, const Activity& other, const auto& empty) {
    const auto documents = documents_of(other);
    for (auto one = documents.rbegin(); one != documents.rend(); ++one) {
        CHECK(one->size() <= k_largest_document);
        Activity part = empty();
        const auto read = read_document(*one, part);
        CHECK(read);
        activity.merge(part);
    }
}

}  // namespace cloudhijack::partial
