// Percent-encoding, RFC 3986 section 2.1.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace katydid::http {

/// Whether '+' stands for a space, as in a query string written by a form.
enum class PlusSign { literal, space };

/// The bytes behind the escapes. nullopt for a broken escape ("%", "%4", "%zz") and for %00.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text,
                                                        PlusSign plus = PlusSign::literal);

}  // namespace katydid::http
