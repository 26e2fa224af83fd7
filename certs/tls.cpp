#include "certs/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>

namespace katydid::certs {
namespace {

using boost::asio::ssl::context;

/// TLS 1.2 with forward secrecy and authenticated encryption only (RFC 9325, section 4.2).
constexpr const char* tls12_ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL:!SHA1";
constexpr std::array<unsigned char, 9> http11_alpn{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
constexpr std::array<unsigned char, 7> session_context{'k', 'a', 't', 'y', 'd', 'i', 'd'};

[[noreturn]] void fail(const std::string& what, const std::string& file,
                       const boost::system::error_code& error)
{
    throw Failure{{errc::tls_failed, what + " " + file + ": " + error.message()}};
}

void use_certificate(context& tls, const std::string& certificate_file, const std::string& key_file)
{
    boost::system::error_code error;
    tls.use_certificate_chain_file(certificate_file, error);
    if (error) fail("cannot use the certificate", certificate_file, error);
    tls.use_private_key_file(key_file, context::pem, error);
    if (error) fail("cannot use the private key", key_file, error);
    if (SSL_CTX_check_private_key(tls.native_handle()) != 1)
        throw Failure{{errc::tls_failed, "the private key " + key_file
                                             + " does not belong to the certificate "
                                             + certificate_file}};
}

void harden(context& tls)
{
    SSL_CTX* handle = tls.native_handle();
    SSL_CTX_set_min_proto_version(handle, TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(handle, tls12_ciphers);
    SSL_CTX_set_options(handle, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION
                                    | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(handle, SSL_MODE_RELEASE_BUFFERS);  // 10,000 idle connections stay small
}

/// http/1.1 when the peer offers it; a peer that offers only others is refused (RFC 7301, 3.2).
int choose_alpn(SSL*, const unsigned char** out, unsigned char* out_length,
                const unsigned char* offered, unsigned offered_length, void*)
{
    unsigned char* chosen = nullptr;
    const int match = SSL_select_next_proto(&chosen, out_length, http11_alpn.data(),
                                            http11_alpn.size(), offered, offered_length);
    if (match != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

std::shared_ptr<context> make_server_context(const ServerTls::Options& options)
{
    auto tls = std::make_shared<context>(context::tls_server);
    harden(*tls);
    use_certificate(*tls, options.certificate_file, options.key_file);
    SSL_CTX_set_alpn_select_cb(tls->native_handle(), &choose_alpn, nullptr);
    SSL_CTX_set_session_id_context(tls->native_handle(), session_context.data(),
                                   session_context.size());
    if (options.client_ca_file.empty()) {
        if (options.client_required)
            throw Failure{{errc::tls_failed,
                           "client certificates are required, but no client CA file is set"}};
        return tls;
    }
    boost::system::error_code error;
    tls->load_verify_file(options.client_ca_file, error);
    if (error) fail("cannot use the client CA", options.client_ca_file, error);
    SSL_CTX_set_client_CA_list(tls->native_handle(),
                               SSL_load_client_CA_file(options.client_ca_file.c_str()));
    auto mode = boost::asio::ssl::verify_peer;
    if (options.client_required) mode |= boost::asio::ssl::verify_fail_if_no_peer_cert;
    tls->set_verify_mode(mode);
    return tls;
}

}  // namespace

ServerTls::ServerTls(Options options)
    : options_{std::move(options)}, context_{make_server_context(options_)}
{
}

std::shared_ptr<context> ServerTls::context() const
{
    const std::lock_guard lock{mutex_};
    return context_;
}

result<void> ServerTls::reload()
{
    try {
        auto fresh = make_server_context(options_);
        const std::lock_guard lock{mutex_};
        context_ = std::move(fresh);
        return {};
    } catch (const Failure& failure) {
        return failure.error();
    }
}

ClientTls::ClientTls(Options options) : context_{context::tls_client}
{
    harden(context_);
    context_.set_verify_mode(boost::asio::ssl::verify_peer);
    SSL_CTX_set_alpn_protos(context_.native_handle(), http11_alpn.data(), http11_alpn.size());
    boost::system::error_code error;
    if (options.ca_file.empty()) {
        context_.set_default_verify_paths(error);
        if (error) fail("cannot use the trust store of", "the system", error);
    } else {
        context_.load_verify_file(options.ca_file, error);
        if (error) fail("cannot use the CA", options.ca_file, error);
    }
    if (!options.certificate_file.empty())
        use_certificate(context_, options.certificate_file, options.key_file);
}

}  // namespace katydid::certs
