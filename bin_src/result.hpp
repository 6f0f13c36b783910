#pragma once

#include <expected>
#include <string>
#include <utility>

namespace cloudhijack {

/// Why something could not be done. Errors are values until an interface turns them into a protocol
/// reply or an exit code.
struct Error {
    enum class Kind {
        failed,  ///< the user must read `text`
        gone,  ///< the other side has closed its end: nobody is left to tell, and nothing is wrong
        stopped,  ///< the user asked to stop, and nothing is wrong
    };

    std::string text;
    Kind kind = Kind::failed;
};

template <class T = void>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> failure(std::string text) {
    return std::unexpected(Error{.text = std::move(text)});
}

inline std::unexpected<Error> peer_gone() {
    return std::unexpected(Error{.text = {}, .kind = Error::Kind::gone});
}

inline std::unexpected<Error> stopped() {
    return std::unexpected(Error{.text = "was stopped", .kind = Error::Kind::stopped});
}

}  // namespace cloudhijack
