// JSON text with something taken out of it.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace katydid::json_text {

/// The same document for a strict parser: no byte order mark, U+FFFD for half surrogate pairs.
[[nodiscard]] std::string repaired(std::string_view text);

/// The same document with null for every string value, and every number of eight digits or more,
/// that is one of `texts`; nullopt when there is none in it.
[[nodiscard]] std::optional<std::string> without_texts(std::string_view text,
                                                       std::span<const std::string_view> texts);

}  // namespace katydid::json_text
