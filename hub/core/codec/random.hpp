// Bytes that cannot be guessed.
#pragma once

#include <cstddef>
#include <string>

namespace katydid {

/// From the system's randomness. Throws when it is not available.
[[nodiscard]] std::string random_bytes(std::size_t count);

}  // namespace katydid
