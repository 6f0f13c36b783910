// What a VolumeActivity holds, as items of partial documents.

#include <string_view>
#include <vector>

#include "detect/volume/volume_activity.hpp"
#include "partial/document_reader.hpp"
#include "partial/document_writer.hpp"
#include "partial/fields.hpp"
#include "text/quote.hpp"

namespace cloudhijack::detect {

void VolumeActivity::write(partial::DocumentWriter& documents) const {
    std::vector<std::string_view> addresses;
    for (const Group& group : groups_) {
        const auto head = [&](partial::ItemWriter& item, bool goes_on) {
            Name name = name_of(group.key);
            GroupTally tally = group.tally;
            if (goes_on) tally.event_count = 0;
            describe(item, *catalogue_, name, tally);
        };
        list_addresses(group, addresses);
        documents.add_all(
            "groups", addresses, head,
            [](partial::ItemWriter& item, std::string_view text) { item.text(text); });
    }
}

Result<> VolumeActivity::take(std::string_view list, partial::ItemReader& item) {
    if (list != "groups") return failure("has an unknown list " + text::quoted(list));
    Name name;
    GroupTally tally;
    describe(item, *catalogue_, name, tally);
    const auto number = group(name);
    groups_[number].tally.add(tally);
    while (!item.is_at_end()) {
        std::string_view address;
        item.text(address);
        add_address(number, keep(address));
    }
    return {};
}

// The fields of an item, before its addresses.
template <class Fields>
void VolumeActivity::describe(Fields& fields, const rules::Catalogue& catalogue, Name& name,
                              GroupTally& tally) {
    partial::time(fields, name.span_start);
    partial::service(fields, catalogue, name.service);
    fields.text(name.caller_arn);
    fields.text(name.caller_type);
    fields.text(name.region);
    fields.number(tally.event_count, partial::k_largest_count);
    partial::time(fields, tally.first_event);
    partial::time(fields, tally.last_event);
}

}  // namespace cloudhijack::detect
