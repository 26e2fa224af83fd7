// JSON as TOML, for documents that people go on writing.
#pragma once

#include <boost/json/object.hpp>

#include <string>
#include <string_view>

namespace katydid::cli::declare {

/// "text" with what TOML wants escaped. Pure.
[[nodiscard]] std::string toml_text(std::string_view text);

/// A key, quoted where it must be. Pure.
[[nodiscard]] std::string toml_key(std::string_view key);

/// A value on one line: tables as { a = 1 }. Empty where TOML cannot have it: null, and integers
/// beyond 64 bits with a sign. Pure.
[[nodiscard]] std::string toml_value(const boost::json::value& value);

/// JSON with a member a line, as a text of TOML with several lines. Pure.
[[nodiscard]] std::string toml_json_text(const boost::json::value& value);

}  // namespace katydid::cli::declare
