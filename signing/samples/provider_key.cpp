#include "signing/samples/provider_key.hpp"

#include "hub/core/codec/encoding.hpp"
#include "hub/core/codec/openssl.hpp"
#include "signing/algorithms/asymmetric.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>

namespace katydid::signing::samples {
namespace {

bool is_asymmetric(const Method& method) noexcept
{
    return method.algorithm == Algorithm::ed25519 || method.algorithm == Algorithm::ecdsa_p256
           || method.algorithm == Algorithm::rsa;
}

std::string text_of(BIO& bio)
{
    char* data = nullptr;
    const auto size = BIO_get_mem_data(&bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

EVP_PKEY* make(const Method& method)
{
    constexpr std::size_t rsa_bits = 2048;
    switch (method.algorithm) {
    case Algorithm::ed25519: return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    case Algorithm::ecdsa_p256: return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
    case Algorithm::rsa: return EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", rsa_bits);
    default: return nullptr;
    }
}

}  // namespace

bool needs_private_key(const Scheme& scheme) noexcept
{
    for (const auto& method : scheme.methods)
        if (!is_asymmetric(method)) return false;
    return !scheme.methods.empty();
}

bool has_named_target(const Scheme& scheme) noexcept
{
    return scheme.remote_key.kind != RemoteKeyRule::Kind::none;
}

result<std::string> make_private_key(const Scheme& scheme)
{
    if (!needs_private_key(scheme))
        return Error{errc::invalid_argument, "the scheme " + scheme.name + " has a shared secret"};
    const KeyHandle key{make(scheme.methods.front())};
    const Owned<BIO, BIO_free> bio{BIO_new(BIO_s_mem())};
    if (!key || !bio
        || PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr)
               != 1)
        return Error{errc::internal, "OpenSSL made no key"};
    return text_of(*bio);
}

result<std::string> public_half(const Scheme& scheme, std::string_view private_key)
{
    const auto& method = scheme.methods.front();
    const auto key = load_private_key(method, private_key);
    if (!key)
        return Error{errc::invalid_argument,
                     "the key is no private key of the kind that " + scheme.name + " has, in PEM"};
    if (method.algorithm == Algorithm::ed25519) {
        std::array<unsigned char, 32> raw{};
        auto size = raw.size();
        EVP_PKEY_get_raw_public_key(key.get(), raw.data(), &size);
        return encode(method.key.decode, {reinterpret_cast<const char*>(raw.data()), size});
    }
    const Owned<BIO, BIO_free> bio{BIO_new(BIO_s_mem())};
    if (method.key.format == KeyFormat::spki) {
        i2d_PUBKEY_bio(bio.get(), key.get());
        return encode(method.key.decode, text_of(*bio));
    }
    PEM_write_bio_PUBKEY(bio.get(), key.get());
    return text_of(*bio);
}

}  // namespace katydid::signing::samples
