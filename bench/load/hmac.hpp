// HMAC-SHA256 fast enough to sign and verify every request of a load test.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include <openssl/sha.h>

namespace katydid::bench {

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

/// One key's HMAC-SHA256 (RFC 2104). Keeps the two key blocks hashed, so that a signature costs
/// two struct copies and the message itself; EVP_MAC costs a microsecond more per call. It is the
/// bench's own on purpose: a fault in the hub's signing must not be able to hide here.
///
/// Thread safety: immutable after construction.
class HmacSha256 {
public:
    explicit HmacSha256(std::string_view key);

    /// The MAC of the parts, one after another.
    [[nodiscard]] Digest sign(std::initializer_list<std::string_view> parts) const noexcept;

private:
    SHA256_CTX inner_{};
    SHA256_CTX outer_{};
};

constexpr std::size_t hex_chars = 64;     ///< of a digest
constexpr std::size_t base64_chars = 44;  ///< of a digest

void write_hex(const Digest& digest, char* out) noexcept;     ///< 64 characters, lower case
void write_base64(const Digest& digest, char* out) noexcept;  ///< 44 characters

std::string encode_base64(std::string_view bytes);
std::string decode_base64(std::string_view text);  ///< throws std::invalid_argument

}  // namespace katydid::bench
