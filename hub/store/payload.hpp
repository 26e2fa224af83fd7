// How an event's bytes lie in the file: as they came or compressed, always with their SHA-256.
#pragma once

#include "hub/core/error.hpp"
#include "hub/core/event.hpp"

#include <array>

namespace katydid::store {

using Digest = std::array<std::uint8_t, 32>;

enum class Encoding : std::uint8_t { plain = 0, zstd = 1, erased = 2 };

/// Below this size compression costs more than the page it could save.
constexpr std::size_t compress_bytes_min = 4 * 1024;

struct StoredPayload {
    Digest digest{};  ///< SHA-256 of the original bytes
    Encoding encoding = Encoding::plain;
    std::string compressed;  ///< the bytes to store when the encoding is zstd
};

[[nodiscard]] Digest sha256(std::string_view bytes);

/// Compresses when that saves at least an eighth. Meant for the caller's thread, so that the
/// store's own thread does not pay for it.
[[nodiscard]] StoredPayload encode_payload(const std::string& bytes);

/// The original bytes; errc::corrupt when they do not match the digest.
/// \param bytes_expected  length of the original
[[nodiscard]] result<Payload> decode_payload(std::string_view stored, Encoding encoding,
                                             std::size_t bytes_expected, std::string_view digest);

}  // namespace katydid::store
