// Hashes and message authentication codes over scattered bytes, without an allocation.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace katydid::signing {

enum class Hash : std::uint8_t { sha1, sha256, sha384, sha512 };

/// A message as the pieces it is made of, so that the body is never copied.
using Parts = std::span<const std::string_view>;

/// The output of a hash or HMAC.
struct Digest {
    std::array<char, 64> bytes{};
    std::size_t size = 0;

    [[nodiscard]] std::string_view view() const noexcept { return {bytes.data(), size}; }
};

/// Thread safety: all calls from any thread.
[[nodiscard]] Digest digest(Hash hash, Parts message);
/// RFC 2104.
[[nodiscard]] Digest hmac(Hash hash, std::string_view key, Parts message);

[[nodiscard]] Digest digest(Hash hash, std::string_view message);
[[nodiscard]] Digest hmac(Hash hash, std::string_view key, std::string_view message);

/// "sha256" of the bytes as lower-case hex.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

/// CRC-32 as in ISO 3309 (zip, PNG).
[[nodiscard]] std::uint32_t crc32(std::string_view bytes) noexcept;

/// Whether two byte strings are the same, in a time that depends only on their lengths.
[[nodiscard]] bool equal_bytes(std::string_view a, std::string_view b) noexcept;

}  // namespace katydid::signing
