// OpenSSL's certificate objects with owners, and what is asked of them in several places.
#pragma once

#include "hub/core/clock.hpp"
#include "hub/core/codec/openssl.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <string>
#include <vector>

namespace katydid::certs {

using Bio = Owned<BIO, BIO_free_all>;
using Key = Owned<EVP_PKEY, EVP_PKEY_free>;
using Certificate = Owned<X509, X509_free>;

[[nodiscard]] Timestamp to_timestamp(const ASN1_TIME* time);
/// "CN=localhost,O=Katydid development" (RFC 2253).
[[nodiscard]] std::string name_text(const X509_NAME* name);
/// All certificates of a PEM text in their order; stops at the first that is damaged.
/// \param damaged  set when it stopped before the end; may be null
[[nodiscard]] std::vector<Certificate> read_certificates(std::string_view pem, bool* damaged);

}  // namespace katydid::certs
