// What both sides' contexts have in common.
#pragma once

#include "certs/tls.hpp"

#include <array>

namespace katydid::certs {

inline constexpr std::array<unsigned char, 9> http11_alpn{8,   'h', 't', 't', 'p',
                                                          '/', '1', '.', '1'};

/// Throws Failure: "cannot use the certificate FILE: why".
[[noreturn]] void fail_on(const std::string& what, const std::string& file,
                          const boost::system::error_code& error);

/// TLS 1.2 and 1.3, forward secrecy and authenticated encryption only (RFC 9325).
void harden(boost::asio::ssl::context& tls);

/// Throws Failure when the files cannot be read or do not belong together.
void use_certificate(boost::asio::ssl::context& tls, const CertificatePair& files);

}  // namespace katydid::certs
