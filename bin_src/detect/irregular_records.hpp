#pragma once

#include <cstdint>
#include <string_view>

#include "detect/mode_activity.hpp"
#include "log/log.hpp"
#include "partial/document_reader.hpp"
#include "partial/document_writer.hpp"

namespace cloudhijack::detect {

/// Records without something that a mode needs. They still count.
struct IrregularRecords {
    std::uint64_t without_id = 0;  ///< no usable id, so that each delivery counts
    /// The log omitted the parameters, so the subject of the call is not known.
    std::uint64_t without_parameters = 0;

    void add(const IrregularRecords& other) {
        add_to(without_id, other.without_id);
        add_to(without_parameters, other.without_parameters);
    }

    [[nodiscard]] bool is_none() const { return without_id == 0 && without_parameters == 0; }
};

/// The list of partial documents that contains them.
inline constexpr std::string_view k_irregular_list = "irregular";

/// The fields of the list's item, for a partial::ItemWriter as well as a partial::ItemReader.
template <class Fields>
void describe(Fields& fields, IrregularRecords& records) {
    fields.number(records.without_id, partial::k_largest_count);
    fields.number(records.without_parameters, partial::k_largest_count);
}

inline void write(const IrregularRecords& records, partial::DocumentWriter& documents) {
    if (records.is_none()) return;
    documents.add(k_irregular_list, [&records](partial::ItemWriter& item) {
        IrregularRecords written = records;
        describe(item, written);
    });
}

inline void take(IrregularRecords& records, partial::ItemReader& item) {
    IrregularRecords more;
    describe(item, more);
    records.add(more);
}

}  // namespace cloudhijack::detect
