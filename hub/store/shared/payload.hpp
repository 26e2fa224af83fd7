// How an event's bytes are stored: as they came or compressed, always with their SHA-256.
#pragma once

#include "hub/core/error.hpp"
#include "hub/core/event.hpp"

#include <array>

namespace katydid::store {

using Digest = std::array<std::uint8_t, 32>;

enum class Encoding : std::uint8_t { plain = 0, zstd = 1, erased = 2, gzip = 3 };

/// Below this size compression costs more than the page it could save.
constexpr std::size_t compress_bytes_min = 4 * 1024;

struct StoredPayload {
    Digest digest{};  ///< SHA-256 of the original bytes
    Encoding encoding = Encoding::plain;
    std::string compressed;  ///< the bytes to store unless the encoding is plain
};

[[nodiscard]] Digest sha256(std::string_view bytes);

/// Compresses when that saves at least an eighth; what came compressed is stored as it came. Meant
/// for the caller's thread, so that the store's own thread does not pay for it.
[[nodiscard]] StoredPayload encode_payload(const Event& event);

/// A payload as it is stored.
struct PayloadRow {
    std::string_view stored;
    Encoding encoding;
    std::size_t bytes_expected;  ///< length of the original
    std::string_view digest;
};

/// Sets the event's payload, and its bytes as they came where they came compressed. Errors:
/// corrupt when it does not match the digest.
[[nodiscard]] result<void> decode_payload(const PayloadRow& row, Event& event);

}  // namespace katydid::store
