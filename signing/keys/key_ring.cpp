#include "signing/keys/key_ring.hpp"

#include "hub/core/codec/encoding.hpp"
#include "hub/core/codec/openssl.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>

namespace katydid::signing {
namespace {

constexpr std::size_t secret_bytes = 32;
constexpr std::size_t kept_keys_max = 8;

Secret encoded(std::string_view prefix, std::string_view bytes)
{
    std::string body = encode(Encoding::base64, bytes);
    std::string text{prefix};
    text.reserve(prefix.size() + body.size());
    text += body;
    OPENSSL_cleanse(body.data(), body.size());
    return Secret{std::move(text)};
}

void fill_random(std::span<char> out)
{
    auto* const data = reinterpret_cast<unsigned char*>(out.data());
    if (RAND_priv_bytes(data, static_cast<int>(out.size())) != 1)
        throw Failure{Error{errc::internal, "the system gives no randomness for a secret"}};
}

}  // namespace

KeyPair generate_key_pair()
{
    std::array<char, secret_bytes> seed{};
    fill_random(seed);
    const Owned<EVP_PKEY, EVP_PKEY_free> key{EVP_PKEY_new_raw_private_key(
        EVP_PKEY_ED25519, nullptr, reinterpret_cast<const unsigned char*>(seed.data()),
        seed.size())};
    std::array<char, secret_bytes> shared{};
    std::size_t size = shared.size();
    if (!key
        || EVP_PKEY_get_raw_public_key(key.get(), reinterpret_cast<unsigned char*>(shared.data()),
                                       &size)
               != 1)
        throw Failure{Error{errc::internal, "OpenSSL cannot make an Ed25519 key"}};
    KeyPair pair{encoded("whsk_", {seed.data(), seed.size()}),
                 "whpk_" + encode(Encoding::base64, {shared.data(), size})};
    OPENSSL_cleanse(seed.data(), seed.size());
    return pair;
}

KeyRing rotate(const KeyRing& ring, Key fresh, Timestamp now, milliseconds overlap)
{
    KeyRing rotated;
    rotated.keys.reserve(ring.keys.size() + 1);
    rotated.keys.push_back(std::move(fresh));
    const Timestamp end = now + overlap;
    for (const auto& key : ring.keys) {
        if (key.not_after && *key.not_after <= now) continue;  // expired
        if (rotated.keys.size() == kept_keys_max) break;       // the oldest go first
        rotated.keys.push_back(key);
        auto& not_after = rotated.keys.back().not_after;
        if (!not_after || end < *not_after) not_after = end;
    }
    return rotated;
}

}  // namespace katydid::signing
