// TOML as JSON.
#pragma once

#include <boost/json.hpp>
#include <toml++/toml.h>

namespace katydid::config {

/// Whether to_json() can write it: JSON has no dates, no `nan` and no `inf`.
[[nodiscard]] bool is_json(const toml::node& node);
[[nodiscard]] boost::json::value to_json(const toml::node& node);

}  // namespace katydid::config
