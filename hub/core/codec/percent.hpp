// Percent-encoding, RFC 3986 section 2.1.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace katydid {

/// Whether '+' stands for a space, as in a query string written by a form.
enum class PlusSign { literal, space };

/// The bytes that the escapes stand for. nullopt for a broken escape ("%", "%4", "%zz") and for
/// %00.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text,
                                                        PlusSign plus = PlusSign::literal);

/// Escapes all but ASCII letters, digits and what is in `kept`; the default is what RFC 3986 calls
/// unreserved.
[[nodiscard]] std::string percent_encode(std::string_view text, std::string_view kept = "-._~");

/// One escape: "%2F".
void append_percent(std::string& out, char byte);

}  // namespace katydid
