// Certificates of every kind of badness, as PEM, made in memory.
#pragma once

#include "certs/x509.hpp"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <chrono>
#include <string>
#include <vector>

namespace katydid::test {

/// A certificate with its key, and who signed it.
struct Made {
    certs::Certificate certificate;
    certs::Key key;

    [[nodiscard]] std::string pem() const
    {
        const certs::Bio memory{BIO_new(BIO_s_mem())};
        PEM_write_bio_X509(memory.get(), certificate.get());
        return drain(memory.get());
    }
    /// \param password  empty: not encrypted
    [[nodiscard]] std::string key_pem(std::string password = {}) const
    {
        const certs::Bio memory{BIO_new(BIO_s_mem())};
        const auto* cipher = password.empty() ? nullptr : EVP_aes_128_cbc();
        PEM_write_bio_PKCS8PrivateKey(memory.get(), key.get(), cipher,
                                      password.empty() ? nullptr : password.data(),
                                      static_cast<int>(password.size()), nullptr, nullptr);
        return drain(memory.get());
    }

private:
    static std::string drain(BIO* memory)
    {
        std::string text(BIO_ctrl_pending(memory), '\0');
        BIO_read(memory, text.data(), static_cast<int>(text.size()));
        return text;
    }
};

struct Wanted {
    std::string name{};
    const Made* issuer = nullptr;  ///< null: it signs itself
    bool is_authority = false;
    std::string names = "DNS:hub.example,IP:192.0.2.1";  ///< subject alternative names
    std::string use = "serverAuth";
    std::chrono::seconds from = std::chrono::hours{-1};  ///< from now
    std::chrono::seconds to = std::chrono::days{89};
    bool is_weak = false;  ///< RSA 1024
    bool is_sha1 = false;
};

inline void add(X509* certificate, X509* issuer, int nid, const std::string& value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

inline Made make(const Wanted& wanted)
{
    Made made{certs::Certificate{X509_new()},
              certs::Key{wanted.is_weak ? EVP_RSA_gen(1024) : EVP_EC_gen("P-256")}};
    X509* certificate = made.certificate.get();
    X509* issuer = wanted.issuer ? wanted.issuer->certificate.get() : certificate;
    static long serial = 0;
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate), wanted.from.count());
    X509_gmtime_adj(X509_getm_notAfter(certificate), wanted.to.count());
    X509_set_pubkey(certificate, made.key.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(wanted.name.c_str()), -1, -1,
                               0);
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
    add(certificate, issuer, NID_basic_constraints,
        wanted.is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
    add(certificate, issuer, NID_key_usage,
        wanted.is_authority ? "critical,keyCertSign" : "critical,digitalSignature");
    if (!wanted.is_authority) {
        add(certificate, issuer, NID_ext_key_usage, wanted.use);
        if (!wanted.names.empty()) add(certificate, issuer, NID_subject_alt_name, wanted.names);
    }
    X509_sign(certificate, wanted.issuer ? wanted.issuer->key.get() : made.key.get(),
              wanted.is_sha1 ? EVP_sha1() : EVP_sha256());
    return made;
}

}  // namespace katydid::test
