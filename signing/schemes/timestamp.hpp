// The formats in which senders write the time. Internal to signing/.
#pragma once

#include "signing/schemes/scheme_data.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace katydid::signing {

/// Strict: unsigned decimals without sign or space; RFC 3339; IMF-fixdate (RFC 9110, 5.6.7).
[[nodiscard]] std::optional<Timestamp> parse_time(TimeFormat format, std::string_view text);
[[nodiscard]] std::string format_time(TimeFormat format, Timestamp time);

}  // namespace katydid::signing
