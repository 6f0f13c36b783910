#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "json/check.hpp"

namespace cloudhijack::json {

/// Finds the whole objects in a damaged text, so that damage costs the record that it is in and not
/// those after it.
///
/// An object is looked for only where one can begin: at a `{` before a key in quotes and its colon.
/// Inside a string these quotes would be written as `\"`, so text in a string is never taken for an
/// object. Neither are parts of another object: whole arrays, and whole objects that are a key's
/// value, are passed over with everything in them.
class WholeObjects {
  public:
    struct WholeObject {
        std::size_t begin = 0;
        std::size_t end = 0;
        /// How many objects began between the object before and this one, and are not whole.
        std::size_t damaged_before = 0;
    };

    struct Surroundings {
        /// The text is an element of a list. The elements after one that was cut inside an array
        /// have become elements of that array: those that begin with the same key are found, too.
        bool is_element = false;
        /// The key that objects begin with which are looked for in an array that is a value, unless
        /// the text itself begins with it. Empty: none are.
        std::string_view first_key = {};
    };

    WholeObjects(std::string_view text, const Surroundings& around);

    /// The next object, in the order of the text. All of them together take time linear in it.
    std::optional<WholeObject> next();

    /// How many objects after the last one that next() gave are not whole.
    [[nodiscard]] std::size_t damaged() const { return broken_; }

  private:
    [[nodiscard]] char character_before(std::size_t place) const;
    [[nodiscard]] bool is_value(std::size_t bracket) const;
    [[nodiscard]] bool is_nested(std::size_t bracket) const;
    [[nodiscard]] bool begins_object(std::size_t bracket) const;
    [[nodiscard]] bool is_list_of_objects(std::size_t bracket) const;
    void go_on_after(std::size_t bracket, const Check& damaged);
    void go_on_at_next_line(std::size_t bracket);
    bool go_on_at_element(std::size_t bracket, const Check& broken);

    std::string_view text_;
    bool is_element_;
    std::string object_start_;  ///< of those in arrays; empty: none are looked for
    std::size_t next_;  ///< where an object would begin that follows the one before directly
    std::size_t at_ = 0;
    std::size_t broken_elements_ = 0;
    /// Where an object is one although it is in the place of a value, behind one that was cut.
    std::size_t forced_ = std::string_view::npos;
    std::size_t array_end_ = 0;  ///< of one in which there was damage
    std::size_t broken_ = 0;
};

}  // namespace cloudhijack::json
