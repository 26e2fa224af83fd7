#include "hub/http/server/handshake.hpp"

#include "certs/x509.hpp"

#include <boost/asio/ssl/error.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace katydid::http {

std::string client_subject(SSL* ssl)
{
    X509* certificate = SSL_get0_peer_certificate(ssl);
    if (certificate == nullptr || SSL_get_verify_result(ssl) != X509_V_OK) return {};
    return certs::name_text(X509_get_subject_name(certificate));
}

bool is_no_tls(const boost::system::error_code& error) noexcept
{
    if (error.category() != boost::asio::error::get_ssl_category()) return false;
    const auto reason = ERR_GET_REASON(static_cast<unsigned long>(error.value()));
    return reason == SSL_R_HTTP_REQUEST || reason == SSL_R_HTTPS_PROXY_REQUEST
           || reason == SSL_R_WRONG_VERSION_NUMBER;
}

}  // namespace katydid::http
