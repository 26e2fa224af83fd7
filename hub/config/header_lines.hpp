// Headers written one a line, as `katydid verify --header` takes them.
#pragma once

#include "hub/core/error.hpp"
#include "hub/core/text/headers.hpp"

#include <string_view>

namespace katydid::config {

/// "Authorization: Bearer x" and more such lines. Empty lines do not count.
/// Errors: a line that is no header, or one that the client writes itself. The message names the
/// line's number and the header but not its value, which may be secret.
[[nodiscard]] result<Headers> parse_header_lines(std::string_view text);

}  // namespace katydid::config
