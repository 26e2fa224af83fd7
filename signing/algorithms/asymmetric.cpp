#include "signing/algorithms/asymmetric.hpp"

#include "hub/core/codec/openssl.hpp"
#include "signing/algorithms/work.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace katydid::signing {

void FreeKey::operator()(evp_pkey_st* key) const noexcept { EVP_PKEY_free(key); }

namespace {

constexpr std::size_t ed25519_bytes = 32;
constexpr std::size_t p256_half_bytes = 32;
constexpr int rsa_bits_min = 1024;

using Context = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;
using EcdsaSignature = Owned<ECDSA_SIG, ECDSA_SIG_free>;

/// No password is ever asked for on a terminal.
int no_password(char*, int, int, void*) { return 0; }

bool is_of_kind(const Method& method, const EVP_PKEY* key)
{
    switch (method.algorithm) {
    case Algorithm::ed25519: return EVP_PKEY_is_a(key, "ED25519") == 1;
    case Algorithm::ecdsa_p256:
        return EVP_PKEY_is_a(key, "EC") == 1 && EVP_PKEY_get_bits(key) == 256;
    case Algorithm::rsa:
        return EVP_PKEY_is_a(key, "RSA") == 1 && EVP_PKEY_get_bits(key) >= rsa_bits_min;
    default: return false;
    }
}

KeyHandle checked(const Method& method, EVP_PKEY* key)
{
    count_work(public_key_work);
    KeyHandle handle{key};
    ERR_clear_error();
    if (handle && !is_of_kind(method, key)) handle.reset();
    return handle;
}

EVP_PKEY* read_pem_public(std::string_view pem)
{
    const Owned<BIO, BIO_free> bio{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
    if (!bio) return nullptr;
    if (pem.find("BEGIN CERTIFICATE") == std::string_view::npos)
        return PEM_read_bio_PUBKEY(bio.get(), nullptr, no_password, nullptr);
    const Owned<X509, X509_free> certificate{
        PEM_read_bio_X509(bio.get(), nullptr, no_password, nullptr)};
    return certificate ? X509_get_pubkey(certificate.get()) : nullptr;
}

const EVP_MD* md_of(const Method& method)
{
    if (method.algorithm == Algorithm::ed25519) return nullptr;
    switch (method.hash) {
    case Hash::sha1: return EVP_sha1();
    case Hash::sha256: return EVP_sha256();
    case Hash::sha384: return EVP_sha384();
    case Hash::sha512: return EVP_sha512();
    }
    return nullptr;
}

/// r and s, 32 bytes each, as the DER that OpenSSL takes.
std::optional<std::string> der_of(std::string_view raw)
{
    if (raw.size() != 2 * p256_half_bytes) return std::nullopt;
    const EcdsaSignature signature{ECDSA_SIG_new()};
    BIGNUM* const r = BN_bin2bn(bytes_of(raw), p256_half_bytes, nullptr);
    BIGNUM* const s = BN_bin2bn(bytes_of(raw) + p256_half_bytes, p256_half_bytes, nullptr);
    if (!signature || ECDSA_SIG_set0(signature.get(), r, s) != 1) {
        BN_free(r);
        BN_free(s);
        return std::nullopt;
    }
    std::string der(80, '\0');
    unsigned char* out = bytes_of(der);
    const int size = i2d_ECDSA_SIG(signature.get(), &out);
    if (size <= 0) return std::nullopt;
    der.resize(static_cast<std::size_t>(size));
    return der;
}

std::optional<std::string> raw_of(std::string_view der)
{
    const unsigned char* in = bytes_of(der);
    const EcdsaSignature signature{d2i_ECDSA_SIG(nullptr, &in, static_cast<long>(der.size()))};
    if (!signature) return std::nullopt;
    std::string raw(2 * p256_half_bytes, '\0');
    const bool good
        = BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), bytes_of(raw), p256_half_bytes) > 0
          && BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), bytes_of(raw) + p256_half_bytes,
                          p256_half_bytes)
                 > 0;
    return good ? std::optional{raw} : std::nullopt;
}

}  // namespace

KeyHandle load_public_key(const Method& method, std::string_view bytes)
{
    if (bytes.starts_with("-----BEGIN")) return checked(method, read_pem_public(bytes));
    if (method.algorithm == Algorithm::ed25519 && bytes.size() == ed25519_bytes)
        return checked(method, EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr,
                                                           bytes_of(bytes), bytes.size()));
    const unsigned char* in = bytes_of(bytes);
    return checked(method, d2i_PUBKEY(nullptr, &in, static_cast<long>(bytes.size())));
}

KeyHandle load_private_key(const Method& method, std::string_view bytes)
{
    if (bytes.starts_with("-----BEGIN")) {
        const Owned<BIO, BIO_free> bio{
            BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size()))};
        return checked(method, PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
    }
    // The reference implementations write an Ed25519 key as seed and public key, 64 bytes.
    if (method.algorithm == Algorithm::ed25519
        && (bytes.size() == ed25519_bytes || bytes.size() == 2 * ed25519_bytes))
        return checked(method, EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr,
                                                            bytes_of(bytes), ed25519_bytes));
    const unsigned char* in = bytes_of(bytes);
    return checked(method, d2i_AutoPrivateKey(nullptr, &in, static_cast<long>(bytes.size())));
}

bool verify_signature(const Method& method, evp_pkey_st& key, std::string_view message,
                      std::string_view signature)
{
    count_work(public_key_work + message.size());
    std::optional<std::string> der;
    if (method.algorithm == Algorithm::ecdsa_p256 && method.raw_ecdsa) {
        der = der_of(signature);
        if (!der) return false;
        signature = *der;
    }
    const Context context{EVP_MD_CTX_new()};
    const bool good = context
                      && EVP_DigestVerifyInit(context.get(), nullptr, md_of(method), nullptr, &key)
                             == 1
                      && EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(),
                                          bytes_of(message), message.size())
                             == 1;
    ERR_clear_error();
    return good;
}

std::optional<std::string> make_signature(const Method& method, evp_pkey_st& key,
                                          std::string_view message)
{
    const Context context{EVP_MD_CTX_new()};
    std::size_t size = 0;
    if (!context || EVP_DigestSignInit(context.get(), nullptr, md_of(method), nullptr, &key) != 1
        || EVP_DigestSign(context.get(), nullptr, &size, bytes_of(message), message.size()) != 1)
        return std::nullopt;
    std::string signature(size, '\0');
    if (EVP_DigestSign(context.get(), bytes_of(signature), &size, bytes_of(message), message.size())
        != 1)
        return std::nullopt;
    signature.resize(size);
    if (method.algorithm == Algorithm::ecdsa_p256 && method.raw_ecdsa) return raw_of(signature);
    return signature;
}

}  // namespace katydid::signing
