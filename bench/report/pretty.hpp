// JSON that people and `git diff` can read.
#pragma once

#include <boost/json/value.hpp>

#include <string>

namespace katydid::bench {

/// Indented by two blanks; arrays and objects that hold no others stand on one line; numbers are
/// written without an exponent where they are short.
std::string to_pretty(const boost::json::value& value);

}  // namespace katydid::bench
