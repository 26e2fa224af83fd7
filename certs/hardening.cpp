#include "certs/hardening.hpp"

#include <openssl/ssl.h>

namespace katydid::certs {
namespace {

/// TLS 1.2 with forward secrecy and authenticated encryption only (RFC 9325, section 4.2).
constexpr const char* tls12_ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL:!SHA1";
constexpr const char* key_exchange_groups = "X25519:P-256:P-384";

}  // namespace

void fail_on(const std::string& what, const std::string& file,
             const boost::system::error_code& error)
{
    throw Failure{{errc::tls_failed, what + " " + file + ": " + error.message()}};
}

void harden(boost::asio::ssl::context& tls)
{
    SSL_CTX* handle = tls.native_handle();
    SSL_CTX_set_min_proto_version(handle, TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(handle, tls12_ciphers);
    SSL_CTX_ctrl(handle, SSL_CTRL_SET_GROUPS_LIST, 0, const_cast<char*>(key_exchange_groups));
    SSL_CTX_set_options(handle, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION
                                    | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(handle, SSL_MODE_RELEASE_BUFFERS);  // 10,000 idle connections stay small
}

void use_certificate(boost::asio::ssl::context& tls, const CertificatePair& files)
{
    boost::system::error_code error;
    tls.use_certificate_chain_file(files.certificate_file, error);
    if (error) fail_on("cannot use the certificate", files.certificate_file, error);
    tls.use_private_key_file(files.key_file, boost::asio::ssl::context::pem, error);
    if (error) fail_on("cannot use the private key", files.key_file, error);
    if (SSL_CTX_check_private_key(tls.native_handle()) != 1)
        throw Failure{{errc::tls_failed, "the private key " + files.key_file
                                             + " does not belong to the certificate "
                                             + files.certificate_file}};
}

}  // namespace katydid::certs
