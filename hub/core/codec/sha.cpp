#include "hub/core/codec/sha.hpp"

#include <openssl/crypto.h>

namespace katydid {

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

ShaState::ShaState(Sha kind) noexcept : kind_{kind}
{
    switch (kind_) {
    case Sha::sha1: SHA1_Init(&sha1_); break;
    case Sha::sha256: SHA256_Init(&sha256_); break;
    case Sha::sha384: SHA384_Init(&sha512_); break;
    case Sha::sha512: SHA512_Init(&sha512_); break;
    }
}

ShaState::~ShaState()
{
    switch (kind_) {
    case Sha::sha1: OPENSSL_cleanse(&sha1_, sizeof sha1_); break;
    case Sha::sha256: OPENSSL_cleanse(&sha256_, sizeof sha256_); break;
    default: OPENSSL_cleanse(&sha512_, sizeof sha512_); break;
    }
}

void ShaState::update(std::string_view bytes) noexcept
{
    switch (kind_) {
    case Sha::sha1: SHA1_Update(&sha1_, bytes.data(), bytes.size()); break;
    case Sha::sha256: SHA256_Update(&sha256_, bytes.data(), bytes.size()); break;
    case Sha::sha384: SHA384_Update(&sha512_, bytes.data(), bytes.size()); break;
    case Sha::sha512: SHA512_Update(&sha512_, bytes.data(), bytes.size()); break;
    }
}

void ShaState::finish(unsigned char* out) noexcept
{
    switch (kind_) {
    case Sha::sha1: SHA1_Final(out, &sha1_); break;
    case Sha::sha256: SHA256_Final(out, &sha256_); break;
    case Sha::sha384: SHA384_Final(out, &sha512_); break;
    case Sha::sha512: SHA512_Final(out, &sha512_); break;
    }
}

#pragma GCC diagnostic pop

}  // namespace katydid
