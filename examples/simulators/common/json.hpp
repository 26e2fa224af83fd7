// Reading JSON that somebody else wrote: nothing here throws on a wrong shape.
#pragma once

#include "hub/core/error.hpp"

#include <boost/json/object.hpp>

#include <string_view>

namespace katydid::simulators {

/// Errors: invalid_argument when the text is not one JSON object.
result<boost::json::object> parse_object(std::string_view text);

/// The string at that key, empty when there is none. A view into the object.
[[nodiscard]] std::string_view text_at(const boost::json::object& object, std::string_view key);

/// The object at that key, or an empty one.
[[nodiscard]] const boost::json::object& object_at(const boost::json::object& object,
                                                   std::string_view key);

}  // namespace katydid::simulators
