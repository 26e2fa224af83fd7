// One member of a JSON value, named by its path.
#pragma once

#include "hub/core/error.hpp"

#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace katydid::signing::samples {

/// "data.object.amount" or, where a name has dots, the JSON pointer "/data/a.b": its steps. "" is
/// the whole value.
[[nodiscard]] std::vector<std::string> steps_of(std::string_view path);

/// Puts `value` at the path. Objects on the way are made; an array takes the index of one of its
/// items, or the next one. Errors: invalid_argument, with a sentence.
[[nodiscard]] result<void> set_member(boost::json::value& document, std::string_view path,
                                      boost::json::value value);

}  // namespace katydid::signing::samples
