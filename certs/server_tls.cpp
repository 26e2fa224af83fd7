#include "certs/hardening.hpp"
#include "certs/ticket_keys.hpp"
#include "certs/x509.hpp"
#include "hub/core/text/text.hpp"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace katydid::certs {
namespace {

using Context = boost::asio::ssl::context;

constexpr std::array<unsigned char, 7> session_context{'k', 'a', 't', 'y', 'd', 'i', 'd'};

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

void ask_for_client_certificate(Context& tls, const ServerTls::Options& options)
{
    boost::system::error_code error;
    tls.load_verify_file(options.client_ca_file, error);
    if (error) fail_on("cannot use the client CA", options.client_ca_file, error);
    SSL_CTX_set_client_CA_list(tls.native_handle(),
                               SSL_load_client_CA_file(options.client_ca_file.c_str()));
    auto mode = boost::asio::ssl::verify_peer;
    if (options.client_required) mode |= boost::asio::ssl::verify_fail_if_no_peer_cert;
    tls.set_verify_mode(mode);
}

std::unique_ptr<Context> make_context(const ServerTls::Options& options,
                                      const CertificatePair& pair)
{
    auto tls = std::make_unique<Context>(Context::tls_server);
    harden(*tls);
    use_certificate(*tls, pair);
    SSL_CTX* handle = tls->native_handle();
    SSL_CTX_set_alpn_select_cb(handle, &choose_alpn, nullptr);
    SSL_CTX_set_session_id_context(handle, session_context.data(), session_context.size());
    SSL_CTX_set_session_cache_mode(handle, SSL_SESS_CACHE_OFF);  // tickets hold what is needed
    if (!options.client_ca_file.empty()) ask_for_client_certificate(*tls, options);
    return tls;
}

Timestamp expiry_of(Context& tls)
{
    return to_timestamp(X509_get0_notAfter(SSL_CTX_get0_certificate(tls.native_handle())));
}

}  // namespace

/// One reading of the files: a context for each certificate, all with the same ticket keys.
struct ServerTls::Bundle {
    TicketKeys tickets;
    std::vector<std::unique_ptr<Context>> contexts;

    static int choose(SSL* ssl, int*, void* bundle);
};

/// Puts the certificate for the name the client asks for into place.
int ServerTls::Bundle::choose(SSL* ssl, int*, void* bundle)
{
    const char* asked = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    if (asked == nullptr) return SSL_TLSEXT_ERR_NOACK;
    const auto name = without_root(asked);
    for (const auto& each : static_cast<const Bundle*>(bundle)->contexts) {
        SSL_CTX* handle = each->native_handle();
        const int fits = X509_check_host(SSL_CTX_get0_certificate(handle), name.data(), name.size(),
                                         X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, nullptr);
        if (fits != 1) continue;
        SSL_set_SSL_CTX(ssl, handle);
        break;
    }
    return SSL_TLSEXT_ERR_OK;
}

std::shared_ptr<const ServerTls::Bundle> ServerTls::make_bundle(const Options& options)
{
    if (options.certificates.empty())
        throw Failure{{errc::tls_failed, "TLS needs a certificate, but none is set"}};
    if (options.client_required && options.client_ca_file.empty())
        throw Failure{
            {errc::tls_failed, "client certificates are required, but no client CA file is set"}};
    auto bundle = std::make_shared<Bundle>();
    for (const auto& pair : options.certificates) {
        auto tls = make_context(options, pair);
        bundle->tickets.install(tls->native_handle());
        bundle->contexts.push_back(std::move(tls));
    }
    SSL_CTX* first = bundle->contexts.front()->native_handle();
    // What OpenSSL's macros of these names do, without their old-style casts.
    SSL_CTX_callback_ctrl(first, SSL_CTRL_SET_TLSEXT_SERVERNAME_CB,
                          reinterpret_cast<void (*)()>(&Bundle::choose));
    SSL_CTX_ctrl(first, SSL_CTRL_SET_TLSEXT_SERVERNAME_ARG, 0, bundle.get());
    return bundle;
}

ServerTls::ServerTls(Options options) : options_{std::move(options)}, bundle_{make_bundle(options_)}
{}

std::shared_ptr<Context> ServerTls::context() const
{
    const std::lock_guard lock{mutex_};
    return {bundle_, bundle_->contexts.front().get()};
}

result<void> ServerTls::reload()
{
    try {
        auto fresh = make_bundle(options_);
        const std::lock_guard lock{mutex_};
        bundle_ = std::move(fresh);
        return {};
    } catch (const Failure& failure) {
        return failure.error();
    }
}

std::vector<std::filesystem::path> ServerTls::files() const
{
    std::vector<std::filesystem::path> files;
    for (const auto& pair : options_.certificates) {
        files.emplace_back(pair.certificate_file);
        files.emplace_back(pair.key_file);
    }
    if (!options_.client_ca_file.empty()) files.emplace_back(options_.client_ca_file);
    return files;
}

std::vector<CertificateExpiry> ServerTls::expiries() const
{
    const std::lock_guard lock{mutex_};
    std::vector<CertificateExpiry> expiries;
    for (std::size_t i = 0; i < options_.certificates.size(); ++i)
        expiries.push_back(
            {options_.certificates[i].certificate_file, expiry_of(*bundle_->contexts[i])});
    return expiries;
}

}  // namespace katydid::certs
