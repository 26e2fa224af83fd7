// The settings of a source as JSON.
#pragma once

#include "hub/core/source_settings.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace katydid::registry {

constexpr milliseconds tolerance_max = std::chrono::hours{24 * 7};

/// As the API shows them: every member is there, null where nothing is chosen; of the verify token
/// only whether there is one.
[[nodiscard]] boost::json::object to_json(const SourceSettings& settings);
[[nodiscard]] std::string to_text(const SourceSettings& settings);
void set_verify_token(SourceSettings& settings, std::string_view token);
/// What is not there or cannot be read is left at its default.
[[nodiscard]] SourceSettings read_source_settings(std::string_view text);

[[nodiscard]] std::string_view to_text(Unsigned choice) noexcept;
[[nodiscard]] std::optional<Unsigned> parse_unsigned(std::string_view text) noexcept;

}  // namespace katydid::registry
