#include "certs/hardening.hpp"
#include "certs/session_store.hpp"
#include "certs/x509.hpp"

#include <openssl/ssl.h>

namespace katydid::certs {
namespace {

using Context = boost::asio::ssl::context;

std::shared_ptr<Context> make_context(const ClientTls::Options& options)
{
    auto tls = std::make_shared<Context>(Context::tls_client);
    harden(*tls);
    tls->set_verify_mode(options.trusts_anyone ? boost::asio::ssl::verify_none
                                               : boost::asio::ssl::verify_peer);
    SSL_CTX_set_alpn_protos(tls->native_handle(), http11_alpn.data(), http11_alpn.size());
    SessionStore::prepare(tls->native_handle());
    boost::system::error_code error;
    if (options.ca_file.empty()) {
        tls->set_default_verify_paths(error);
        if (error) fail_on("cannot use the trust store of", "the system", error);
    } else {
        tls->load_verify_file(options.ca_file, error);
        if (error) fail_on("cannot use the CA", options.ca_file, error);
    }
    if (!options.certificate_file.empty())
        use_certificate(*tls, {options.certificate_file, options.key_file});
    return tls;
}

}  // namespace

ClientTls::ClientTls(Options options)
    : options_{std::move(options)},
      reading_{make_context(options_), 0}
{}

ClientTls::Reading ClientTls::current() const
{
    const std::lock_guard lock{mutex_};
    return reading_;
}

std::shared_ptr<Context> ClientTls::context() const { return current().context; }

result<void> ClientTls::reload()
{
    try {
        auto fresh = make_context(options_);
        const std::lock_guard lock{mutex_};
        reading_ = {std::move(fresh), reading_.number + 1};
        return {};
    } catch (const Failure& failure) {
        return failure.error();
    }
}

std::vector<std::filesystem::path> ClientTls::files() const
{
    std::vector<std::filesystem::path> files;
    for (const auto* file : {&options_.ca_file, &options_.certificate_file, &options_.key_file})
        if (!file->empty()) files.emplace_back(*file);
    return files;
}

std::vector<CertificateExpiry> ClientTls::expiries() const
{
    if (options_.certificate_file.empty()) return {};
    const auto tls = context();
    const X509* shown = SSL_CTX_get0_certificate(tls->native_handle());
    return {{options_.certificate_file, to_timestamp(X509_get0_notAfter(shown))}};
}

}  // namespace katydid::certs
