#include "log/principal.hpp"

#include "text/bounded_text.hpp"

namespace cloudhijack::log {

bool PrincipalParts::are_long() const {
    return account.size() > text::k_longest_text ||
           name.size() + person.size() >= text::k_longest_text;
}

Principal PrincipalParts::joined() const {
    std::string whole(name);
    if (!person.empty()) whole.append(1, '/').append(person);
    return {
        .account = text::bounded(account), .name = text::bounded(whole), .one_actor = one_actor};
}

}  // namespace cloudhijack::log
