// The text of an id where a text of the hub's own takes it in.
#pragma once

#include "hub/core/id.hpp"

namespace katydid {

/// 26 Crockford base32 digits, as to_ulid_text(), without memory of their own.
[[nodiscard]] std::array<char, 26> to_ulid_digits(const IdBytes& bytes) noexcept;

}  // namespace katydid
