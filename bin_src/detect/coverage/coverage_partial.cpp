// Writes a CoverageActivity as items of partial documents, and reads them.

#include <string_view>

#include "detect/coverage/coverage_activity.hpp"
#include "partial/document_reader.hpp"
#include "partial/document_writer.hpp"
#include "partial/fields.hpp"
#include "text/quote.hpp"

namespace cloudhijack::detect {
namespace {

// Logs, by their ids; at least one.
template <class Fields>
void logs_by_id(Fields& fields, const log::LogSet& known, LogsById& logs) {
    const std::size_t most = known.members().size();
    if constexpr (Fields::k_reads) {
        std::size_t count = 0;
        for (fields.positive(count, most); count > 0; --count) {
            std::string_view id;
            fields.text(id);
            const log::Log* log = known.find(id);
            if (log == nullptr) return fields.refuse();
            logs.insert(log);
        }
    } else {
        fields.positive(logs.size(), most);
        for (const log::Log* log : logs) fields.text(log->id);
    }
}

}  // namespace

void CoverageActivity::write(partial::DocumentWriter& documents) const {
    for (const auto& each : seen_) {
        documents.add("coverage", [&](partial::ItemWriter& item) {
            ServiceInRegion place = each.first;
            EventCounts seen = each.second;
            describe(item, *catalogue_, *logs_, place, seen);
        });
    }
}

Result<> CoverageActivity::take(std::string_view list, partial::ItemReader& item) {
    if (list != "coverage") return failure("has an unknown list " + text::quoted(list));
    ServiceInRegion place;
    EventCounts seen{.first = 0, .last = 0};
    describe(item, *catalogue_, *logs_, place, seen);
    seen_[place].add(seen);
    return {};
}

template <class Fields>
void CoverageActivity::describe(Fields& fields, const rules::Catalogue& catalogue,
                                const log::LogSet& logs, ServiceInRegion& place,
                                EventCounts& seen) {
    fields.text(place.account);
    partial::service(fields, catalogue, place.service);
    fields.text(place.region);
    fields.number(seen.management, partial::k_largest_count);
    fields.number(seen.data, partial::k_largest_count);
    fields.number(seen.first, -partial::k_most_seconds, partial::k_most_seconds);
    fields.number(seen.last, -partial::k_most_seconds, partial::k_most_seconds);
    fields.number(seen.tampering.second, -partial::k_most_seconds, partial::k_most_seconds);
    const std::size_t calls = catalogue.call_count(place.service);
    fields.number(seen.tampering.call, calls == 0 ? 0 : calls - 1);
    logs_by_id(fields, logs, seen.logs);
}

}  // namespace cloudhijack::detect
