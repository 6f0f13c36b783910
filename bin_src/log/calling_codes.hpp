#pragma once

#include <string_view>

namespace cloudhijack::log {

/// The country to which a phone number belongs, by the longest calling code at its start: the
/// country's ISO 3166 code, two codes if two countries share a calling code (`US/CA`), or the
/// calling code itself for networks without a country, such as satellites (`+881`). The number
/// begins with a plus; a channel may precede it, as in `whatsapp:+44...`. Empty for any other text.
std::string_view country_of_number(std::string_view number);

}  // namespace cloudhijack::log
