// What a TLS handshake of the listener came to.
#pragma once

#include <boost/system/error_code.hpp>

#include <openssl/types.h>

#include <string>

namespace katydid::http {

/// Of a client certificate that was verified, else empty.
[[nodiscard]] std::string client_subject(SSL* ssl);

/// Whether a handshake failed since the first bytes were none of TLS. OpenSSL names some methods of
/// HTTP; the others are a record with a version that no TLS has.
[[nodiscard]] bool is_no_tls(const boost::system::error_code& error) noexcept;

}  // namespace katydid::http
