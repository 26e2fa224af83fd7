// OpenSSL 3 calls these functions deprecated in favour of EVP; see the class comment for why they
// are used here all the same.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "bench/load/hmac.hpp"

#include <cstring>
#include <stdexcept>

#include <openssl/evp.h>

namespace katydid::bench {

HmacSha256::HmacSha256(std::string_view key)
{
    std::array<unsigned char, SHA256_CBLOCK> block{};
    if (key.size() > block.size())
        SHA256(reinterpret_cast<const unsigned char*>(key.data()), key.size(), block.data());
    else std::memcpy(block.data(), key.data(), key.size());

    auto inner = block;
    auto outer = block;
    for (auto& byte : inner) byte ^= 0x36;
    for (auto& byte : outer) byte ^= 0x5c;
    SHA256_Init(&inner_);
    SHA256_Update(&inner_, inner.data(), inner.size());
    SHA256_Init(&outer_);
    SHA256_Update(&outer_, outer.data(), outer.size());
}

Digest HmacSha256::sign(std::initializer_list<std::string_view> parts) const noexcept
{
    Digest digest;
    SHA256_CTX context = inner_;
    for (const auto part : parts) SHA256_Update(&context, part.data(), part.size());
    SHA256_Final(digest.data(), &context);
    context = outer_;
    SHA256_Update(&context, digest.data(), digest.size());
    SHA256_Final(digest.data(), &context);
    return digest;
}

void write_hex(const Digest& digest, char* out) noexcept
{
    constexpr std::string_view digits = "0123456789abcdef";
    for (const auto byte : digest) {
        *out++ = digits[byte >> 4];
        *out++ = digits[byte & 15];
    }
}

void write_base64(const Digest& digest, char* out) noexcept
{
    std::array<unsigned char, base64_chars + 1> text;
    EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(digest.size()));
    std::memcpy(out, text.data(), base64_chars);
}

std::string encode_base64(std::string_view bytes)
{
    std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const auto size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                      reinterpret_cast<const unsigned char*>(bytes.data()),
                                      static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

std::string decode_base64(std::string_view text)
{
    std::string bytes(text.size() / 4 * 3 + 3, '\0');
    const auto size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                      reinterpret_cast<const unsigned char*>(text.data()),
                                      static_cast<int>(text.size()));
    if (size < 0) throw std::invalid_argument{"not base64: " + std::string{text}};
    // EVP_DecodeBlock counts the padding as zero bytes.
    auto length = static_cast<std::size_t>(size);
    if (text.ends_with("==")) length -= 2;
    else if (text.ends_with('=')) length -= 1;
    bytes.resize(length);
    return bytes;
}

}  // namespace katydid::bench
