#include "certs/hardening.hpp"
#include "certs/session_store.hpp"

#include <openssl/ssl.h>

namespace katydid::certs {

ClientTls::ClientTls(Options options) : context_{boost::asio::ssl::context::tls_client}
{
    harden(context_);
    context_.set_verify_mode(boost::asio::ssl::verify_peer);
    SSL_CTX_set_alpn_protos(context_.native_handle(), http11_alpn.data(), http11_alpn.size());
    SessionStore::prepare(context_.native_handle());
    boost::system::error_code error;
    if (options.ca_file.empty()) {
        context_.set_default_verify_paths(error);
        if (error) fail_on("cannot use the trust store of", "the system", error);
    } else {
        context_.load_verify_file(options.ca_file, error);
        if (error) fail_on("cannot use the CA", options.ca_file, error);
    }
    if (!options.certificate_file.empty())
        use_certificate(context_, {options.certificate_file, options.key_file});
}

}  // namespace katydid::certs
