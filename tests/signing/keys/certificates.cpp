#include "tests/signing/keys/certificates.hpp"

#include "hub/core/codec/encoding.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace katydid::signing::test {
namespace {

EVP_PKEY* key_of(const Issued& issued) { return static_cast<EVP_PKEY*>(issued.key.get()); }
X509* certificate_of(const Issued& issued) { return static_cast<X509*>(issued.certificate.get()); }

void add_extension(X509* certificate, int kind, const char* value)
{
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

std::string to_pem(X509* certificate)
{
    BIO* const bio = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(bio, certificate);
    char* text = nullptr;
    const auto size = BIO_get_mem_data(bio, &text);
    std::string pem{text, static_cast<std::size_t>(size)};
    BIO_free(bio);
    return pem;
}

Issued make(const std::string& name, const Issued* issuer, bool may_issue)
{
    Issued made;
    made.key = {EVP_RSA_gen(2048), [](void* key) { EVP_PKEY_free(static_cast<EVP_PKEY*>(key)); }};
    made.certificate = {X509_new(), [](void* x) { X509_free(static_cast<X509*>(x)); }};
    auto* const certificate = certificate_of(made);
    static long serial = 1;
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 10 * 86'400);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509_set_issuer_name(
        certificate,
        X509_get_subject_name(issuer != nullptr ? certificate_of(*issuer) : certificate));
    X509_set_pubkey(certificate, key_of(made));
    add_extension(certificate, NID_basic_constraints,
                  may_issue ? "critical,CA:TRUE" : "critical,CA:FALSE");
    if (X509_sign(certificate, key_of(issuer != nullptr ? *issuer : made), EVP_sha256()) <= 0)
        throw std::runtime_error{"OpenSSL cannot sign a certificate"};
    made.pem = to_pem(certificate);
    return made;
}

}  // namespace

Issued make_authority(const std::string& name, const Issued* issuer)
{
    return make(name, issuer, true);
}

Issued make_leaf(const std::string& name, const Issued& issuer)
{
    return make(name, &issuer, false);
}

std::string sign_rsa_sha256(const Issued& signer, const std::string& message)
{
    EVP_MD_CTX* const context = EVP_MD_CTX_new();
    std::string signature(512, '\0');
    std::size_t size = signature.size();
    const bool good
        = EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key_of(signer)) == 1
          && EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size,
                            reinterpret_cast<const unsigned char*>(message.data()), message.size())
                 == 1;
    EVP_MD_CTX_free(context);
    if (!good) throw std::runtime_error{"OpenSSL cannot sign"};
    signature.resize(size);
    return signature;
}

std::string to_jwk(const Issued& issued, const std::string& kid)
{
    const auto number = [&](const char* name) {
        BIGNUM* value = nullptr;
        EVP_PKEY_get_bn_param(key_of(issued), name, &value);
        std::string bytes(static_cast<std::size_t>(BN_num_bytes(value)), '\0');
        BN_bn2bin(value, reinterpret_cast<unsigned char*>(bytes.data()));
        BN_free(value);
        return encode(Encoding::base64url, bytes);
    };
    return R"({"kty":"RSA","use":"sig","alg":"RS256","kid":")" + kid + R"(","n":")" + number("n")
           + R"(","e":")" + number("e") + "\"}";
}

std::string make_jwt(const Issued& signer, const std::string& kid, const std::string& claims)
{
    const std::string head = R"({"alg":"RS256","kid":")" + kid + "\"}";
    const auto signed_part = encode(Encoding::base64url, head) + "."
                             + encode(Encoding::base64url, claims);
    return signed_part + "." + encode(Encoding::base64url, sign_rsa_sha256(signer, signed_part));
}

}  // namespace katydid::signing::test
