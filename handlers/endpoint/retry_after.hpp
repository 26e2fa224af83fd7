// How long a receiver asks us to wait.
#pragma once

#include "hub/core/clock.hpp"

#include <optional>
#include <string_view>

namespace katydid::handlers::endpoint {

/// Reads a date in any of the three forms of RFC 9110, section 5.6.7.
[[nodiscard]] std::optional<Timestamp> parse_http_date(std::string_view text);

/// Reads a Retry-After value: seconds, or a date (RFC 9110, section 10.2.3). The past is 0.
/// nullopt when it is neither.
[[nodiscard]] std::optional<milliseconds> parse_retry_after(std::string_view text, Timestamp now);

}  // namespace katydid::handlers::endpoint
