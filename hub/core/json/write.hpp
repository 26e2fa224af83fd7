// JSON text for people and programs alike: numbers as both write them.
#pragma once

#include <boost/json/value.hpp>

#include <string>

namespace katydid::json_text {

/// The value as JSON text: 2.5 and 1, where Boost.JSON writes 2.5E0 and 1E0. Pure.
[[nodiscard]] std::string write(const boost::json::value& value);

}  // namespace katydid::json_text
