// The code of a transform as people give it: a file, or the name of a preset.
#pragma once

#include <boost/json/value.hpp>

#include <string>

namespace katydid::cli {

/// `{"language", "code"}` of a file: one that ends in .jq is jq, any other JavaScript; "null" takes
/// a transform away. Throws CommandEnd.
[[nodiscard]] boost::json::value transform_of_file(const std::string& path);
/// Throws CommandEnd with the names that there are.
[[nodiscard]] boost::json::value transform_of_preset(const std::string& name);

}  // namespace katydid::cli
