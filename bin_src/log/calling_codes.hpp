#pragma once

#include <string_view>

namespace cloudhijack::log {

/// The country to which a phone number belongs, by the longest calling code with which it begins:
/// its code in ISO 3166, two where two countries share a calling code (`US/CA`), and the calling
/// code itself for networks of no country, such as satellites (`+881`). The number begins with a
/// plus, before which a channel can be named: `whatsapp:+44...`. Empty for any other text.
std::string_view country_of_number(std::string_view number);

}  // namespace cloudhijack::log
