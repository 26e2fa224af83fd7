// SHA-1 and SHA-2, step by step and without memory of their own.
#pragma once

#include <openssl/sha.h>

#include <cstdint>
#include <string_view>

namespace katydid {

enum class Sha : std::uint8_t { sha1, sha256, sha384, sha512 };

/// One hash under way.
///
/// OpenSSL's EVP functions free and make a context at every start, below locks. The functions used
/// here are the ones that EVP ends at; OpenSSL 3 calls them deprecated, since no provider can take
/// their place.
/// Thread safety: none.
class ShaState {
public:
    explicit ShaState(Sha kind) noexcept;
    /// Forgets what it holds: a key may have gone through it.
    ~ShaState();
    ShaState(const ShaState&) = delete;
    ShaState& operator=(const ShaState&) = delete;

    void update(std::string_view bytes) noexcept;
    /// \param out  gets 20, 32, 48 or 64 bytes
    void finish(unsigned char* out) noexcept;

private:
    Sha kind_;
    union {
        SHA_CTX sha1_;
        SHA256_CTX sha256_;
        SHA512_CTX sha512_;  ///< also of SHA-384
    };
};

}  // namespace katydid
