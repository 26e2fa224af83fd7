#include "tests/signing/oracle.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <array>
#include <memory>
#include <stdexcept>

namespace katydid::signing::oracle {
namespace {

const unsigned char* bytes(std::string_view text)
{
    return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

struct FreeKey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeBio {
    void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
struct FreeCertificate {
    void operator()(X509* x) const { X509_free(x); }
};
struct FreeSignature {
    void operator()(ECDSA_SIG* s) const { ECDSA_SIG_free(s); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using Bio = std::unique_ptr<BIO, FreeBio>;

void need(bool good)
{
    if (!good) throw std::runtime_error{"the oracle's OpenSSL call failed"};
}

std::string text_of(BIO* bio)
{
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

Pair pair_of(EVP_PKEY* raw)
{
    const Key key{raw};
    need(key != nullptr);
    Pair pair;
    const Bio secret{BIO_new(BIO_s_mem())};
    need(PEM_write_bio_PrivateKey(secret.get(), raw, nullptr, nullptr, 0, nullptr, nullptr) == 1);
    pair.private_pem = text_of(secret.get());
    const Bio shared{BIO_new(BIO_s_mem())};
    need(PEM_write_bio_PUBKEY(shared.get(), raw) == 1);
    pair.public_pem = text_of(shared.get());
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(raw, &der);
    need(size > 0);
    pair.public_der.assign(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return pair;
}

Key private_key(const Pair& pair)
{
    const Bio bio{
        BIO_new_mem_buf(pair.private_pem.data(), static_cast<int>(pair.private_pem.size()))};
    Key key{PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr)};
    need(key != nullptr);
    return key;
}

}  // namespace

std::string hmac(const char* hash, std::string_view key, std::string_view message)
{
    std::string out(EVP_MAX_MD_SIZE, '\0');
    unsigned size = 0;
    need(HMAC(EVP_get_digestbyname(hash), key.data(), static_cast<int>(key.size()), bytes(message),
              message.size(), bytes(out), &size)
         != nullptr);
    out.resize(size);
    return out;
}

std::string digest(const char* hash, std::string_view message)
{
    std::string out(EVP_MAX_MD_SIZE, '\0');
    unsigned size = 0;
    need(EVP_Digest(message.data(), message.size(), bytes(out), &size, EVP_get_digestbyname(hash),
                    nullptr)
         == 1);
    out.resize(size);
    return out;
}

std::string hex(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        std::array<char, 3> two{};
        std::snprintf(two.data(), two.size(), "%02x",
                      static_cast<unsigned>(static_cast<unsigned char>(c)));
        out += two.data();
    }
    return out;
}

std::string base64(std::string_view text)
{
    std::string out(4 * ((text.size() + 2) / 3) + 1, '\0');
    const int size = EVP_EncodeBlock(bytes(out), bytes(text), static_cast<int>(text.size()));
    out.resize(static_cast<std::size_t>(size));
    return out;
}

std::string base64url(std::string_view text)
{
    std::string out = base64(text);
    for (char& c : out) c = c == '+' ? '-' : c == '/' ? '_' : c;
    while (out.ends_with('=')) out.pop_back();
    return out;
}

std::string unhex(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2)
        out += static_cast<char>(std::stoi(std::string{text.substr(i, 2)}, nullptr, 16));
    return out;
}

std::string unbase64(std::string_view text)
{
    std::string out(3 * text.size() / 4 + 3, '\0');
    const int size = EVP_DecodeBlock(bytes(out), bytes(text), static_cast<int>(text.size()));
    need(size >= 0);
    std::size_t padding = 0;
    while (text.ends_with('=')) {
        text.remove_suffix(1);
        ++padding;
    }
    out.resize(static_cast<std::size_t>(size) - padding);
    return out;
}

Pair make_ed25519() { return pair_of(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")); }
Pair make_p256() { return pair_of(EVP_EC_gen("P-256")); }
Pair make_rsa() { return pair_of(EVP_RSA_gen(2048)); }

std::string raw_ed25519(const Pair& pair)
{
    return pair.public_der.substr(pair.public_der.size() - 32);
}

std::string sign(const Pair& pair, const char* hash, std::string_view message)
{
    const Key key = private_key(pair);
    const std::unique_ptr<EVP_MD_CTX, FreeContext> context{EVP_MD_CTX_new()};
    const EVP_MD* md = hash != nullptr ? EVP_get_digestbyname(hash) : nullptr;
    need(EVP_DigestSignInit(context.get(), nullptr, md, nullptr, key.get()) == 1);
    std::string out(1024, '\0');
    std::size_t size = out.size();
    need(EVP_DigestSign(context.get(), bytes(out), &size, bytes(message), message.size()) == 1);
    out.resize(size);
    return out;
}

std::string sign_raw_p256(const Pair& pair, std::string_view message)
{
    const std::string der = sign(pair, "SHA256", message);
    const unsigned char* in = bytes(der);
    const std::unique_ptr<ECDSA_SIG, FreeSignature> signature{
        d2i_ECDSA_SIG(nullptr, &in, static_cast<long>(der.size()))};
    std::string out(64, '\0');
    need(BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), bytes(out), 32) == 32);
    need(BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), bytes(out) + 32, 32) == 32);
    return out;
}

std::string certificate(const Pair& pair, long valid_from, long valid_until)
{
    const Key key = private_key(pair);
    const std::unique_ptr<X509, FreeCertificate> x{X509_new()};
    need(ASN1_TIME_set(X509_getm_notBefore(x.get()), valid_from) != nullptr);
    need(ASN1_TIME_set(X509_getm_notAfter(x.get()), valid_until) != nullptr);
    need(X509_set_pubkey(x.get(), key.get()) == 1);
    need(X509_sign(x.get(), key.get(), EVP_sha256()) > 0);
    const Bio bio{BIO_new(BIO_s_mem())};
    need(PEM_write_bio_X509(bio.get(), x.get()) == 1);
    return text_of(bio.get());
}

}  // namespace katydid::signing::oracle
