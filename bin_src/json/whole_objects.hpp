#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "json/check.hpp"

namespace cloudhijack::json {

/// Finds the complete objects in a damaged text, so that damage costs the record that it is in but
/// not the records after it.
///
/// An object is looked for only where one can begin: at a `{` before a key in quotes and its colon.
/// Inside a string these quotes would be written as `\"`, so text in a string is never mistaken for
/// an object. Parts of another object are not, either: complete arrays, and complete objects that
/// are the value of a key, are skipped with everything in them.
class WholeObjects {
  public:
    struct WholeObject {
        std::size_t begin = 0;
        std::size_t end = 0;
        /// The number of incomplete objects that began between the previous object and this one.
        std::size_t damaged_before = 0;
    };

    struct Surroundings {
        /// The text is an element of a list. If an element was truncated inside an array, the
        /// elements after it have become elements of that array: those that begin with the same key
        /// are found, too.
        bool is_element = false;
        /// The first key of the objects to find in an array that is a value, unless the text itself
        /// begins with that key. If it is empty, no objects are looked for there.
        std::string_view first_key = {};
    };

    WholeObjects(std::string_view text, const Surroundings& around);

    /// The next object, in the order of the text. Finding all of them takes time linear in its
    /// length.
    std::optional<WholeObject> next();

    /// The number of incomplete objects after the last one that next() returned.
    [[nodiscard]] std::size_t damaged() const { return damaged_; }

  private:
    [[nodiscard]] char character_before(std::size_t position) const;
    [[nodiscard]] bool is_value(std::size_t bracket) const;
    [[nodiscard]] bool is_nested(std::size_t bracket) const;
    [[nodiscard]] bool begins_object(std::size_t bracket) const;
    [[nodiscard]] bool is_list_of_objects(std::size_t bracket) const;
    void go_on_after(std::size_t bracket, const Check& damaged);
    void go_on_at_next_line(std::size_t bracket);
    bool go_on_at_element(std::size_t bracket, const Check& damaged);
    std::size_t next_closing_bracket(std::size_t position);

    std::string_view text_;
    bool is_element_;
    std::string object_start_;  ///< the start of objects in arrays; empty if none are looked for
    std::size_t next_;          ///< where an object that directly follows the previous one begins
    std::size_t at_ = 0;
    std::size_t checked_ = 0;  ///< the bytes of damaged elements
    /// The position of an object that counts although it looks like a value, because a truncated
    /// object precedes it.
    std::size_t forced_ = std::string_view::npos;
    std::size_t array_end_ = 0;  ///< the end of an array that contains damage
    // The last `]` that was searched for, and the position from which on it is the first. Text
    // without one would otherwise be searched again for each array.
    std::size_t closing_ = 0;
    std::size_t closing_from_ = std::string_view::npos;
    std::size_t damaged_ = 0;
};

}  // namespace cloudhijack::json
