// Finds members that a JSON object has twice.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace katydid::input {

/// The pointer of the first member whose name its object has already, comparing what the names
/// say and not how they are escaped. nullopt: there is none, or the text is not JSON.
/// \param opaque  a top-level member whose value is not looked into: its bytes are the caller's own
[[nodiscard]] std::optional<std::string> find_duplicate_key(std::string_view text,
                                                            std::string_view opaque = {});

}  // namespace katydid::input
