#pragma once

#include <expected>
#include <string>
#include <utility>

namespace cloudhijack {

/// The reason why an operation failed. Errors are values until an interface turns them into a
/// protocol reply or an exit code.
struct Error {
    enum class Kind {
        failed,   ///< an error that the user must see: `text` describes it
        gone,     ///< the other side has closed its end: there is no one to report to, and no error
        stopped,  ///< the user asked to stop; not an error
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
