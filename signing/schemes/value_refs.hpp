// Reads "header:X-Event" and "v0:{timestamp}:{body}". Internal to signing/.
#pragma once

#include "hub/core/error.hpp"
#include "signing/schemes/scheme_data.hpp"

#include <string_view>

namespace katydid::signing {

/// One value: kind, name, what it is unique in after " of ", and transforms after `|`.
/// Errors: invalid_argument.
result<ValueRef> parse_value_ref(std::string_view text);

/// As it is written: "header:X-Event", "json:/id of /source".
[[nodiscard]] std::string to_text(const ValueRef& ref);

/// Text with values in braces; `{{` and `}}` are braces. Errors: invalid_argument.
result<ValueRefs> parse_template(std::string_view text);

}  // namespace katydid::signing
