// Certificates made for a test, valid for ten days.
#pragma once

#include <memory>
#include <string>

namespace katydid::signing::test {

struct Issued {
    std::string pem;
    std::shared_ptr<void> key;          ///< EVP_PKEY
    std::shared_ptr<void> certificate;  ///< X509
};

/// A certificate that may issue others; null issuer: its own.
Issued make_authority(const std::string& name, const Issued* issuer);
/// One that may not, with an RSA key.
Issued make_leaf(const std::string& name, const Issued& issuer);

/// RSA, PKCS#1 v1.5 with SHA-256.
std::string sign_rsa_sha256(const Issued& signer, const std::string& message);

/// The public key as a JSON Web Key with that `kid`.
std::string to_jwk(const Issued& issued, const std::string& kid);
/// A JSON Web Token, RS256.
std::string make_jwt(const Issued& signer, const std::string& kid, const std::string& claims);

}  // namespace katydid::signing::test
