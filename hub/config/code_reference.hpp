// The code of a transform that a table of the settings names.
#pragma once

#include "hub/config/tables/toml_text.hpp"

#include <boost/json/object.hpp>

#include <optional>

namespace katydid::config {

/// `{"language", "code"}` of `transform_file` (a name that ends in .jq is jq, any other JavaScript)
/// or of `transform_preset`. nullopt: the table has neither, or it was noted what is wrong.
[[nodiscard]] std::optional<boost::json::object> read_code(const TomlText& text,
                                                           const toml::table& table);

/// Puts it into the member `transform` of a subscription's fields, which may have a timeout there.
void add_code(const TomlText& text, const toml::table& table, boost::json::object& body);

}  // namespace katydid::config
