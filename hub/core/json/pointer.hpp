// The steps of JSON pointers (RFC 6901). Internal to hub/core/json.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace katydid::json_text {

/// The next step of a pointer, its escapes resolved, taken off the front.
[[nodiscard]] std::string take_token(std::string_view& pointer);

/// The index that a step into an array names; nullopt when it is none.
[[nodiscard]] std::optional<std::size_t> index_of(std::string_view token) noexcept;

}  // namespace katydid::json_text
