// What a VolumeActivity holds, as items of partial documents.

#include <string_view>

#include "detect/partial/fields.hpp"
#include "detect/volume_activity.hpp"
#include "text/quote.hpp"

namespace cloudhijack::detect {

void VolumeActivity::write(partial::DocumentWriter& documents) const {
    for (const auto& [key, tally] : groups_) {
        const auto head = [&](partial::ItemWriter& item, bool goes_on) {
            Key group = key;
            Tally numbers{.event_count = goes_on ? 0 : tally.event_count,
                          .source_addresses = {},
                          .first_event = tally.first_event,
                          .last_event = tally.last_event};
            describe(item, *catalogue_, group, numbers);
        };
        documents.add_all(
            "groups", tally.source_addresses, head,
            [](partial::ItemWriter& item, std::string_view text) { item.text(text); });
    }
}

Result<> VolumeActivity::take(std::string_view list, partial::ItemReader& item) {
    if (list != "groups") return failure("has an unknown list " + text::quoted(list));
    Key key{};
    Tally theirs;
    describe(item, *catalogue_, key, theirs);
    Tally& tally = group(key);
    tally.add(theirs.event_count, theirs.first_event, theirs.last_event);
    while (!item.is_at_end()) {
        std::string_view address;
        item.text(address);
        tally.source_addresses.insert(keep(address));
    }
    return {};
}

// The fields of an item, before its addresses.
template <class Fields>
void VolumeActivity::describe(Fields& fields, const Catalogue& catalogue, Key& key, Tally& tally) {
    partial::time(fields, key.span_start);
    partial::service(fields, catalogue, key.service);
    fields.text(key.caller_arn);
    fields.text(key.caller_type);
    fields.text(key.region);
    fields.number(tally.event_count, partial::k_largest_count);
    partial::time(fields, tally.first_event);
    partial::time(fields, tally.last_event);
}

}  // namespace cloudhijack::detect
