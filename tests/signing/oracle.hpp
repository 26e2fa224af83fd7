// A second, plain implementation of what senders do, on OpenSSL's one-shot calls. It shares no
// code with signing/, so that a mistake there cannot hide here.
#pragma once

#include <string>
#include <string_view>

namespace katydid::signing::oracle {

/// \param hash  "SHA1", "SHA256", …
std::string hmac(const char* hash, std::string_view key, std::string_view message);
std::string digest(const char* hash, std::string_view message);
std::string hex(std::string_view bytes);
std::string base64(std::string_view bytes);
std::string base64url(std::string_view bytes);  ///< without padding
std::string unhex(std::string_view text);
std::string unbase64(std::string_view text);

/// A key pair in PEM, for tests of schemes with public keys.
struct Pair {
    std::string private_pem;
    std::string public_pem;
    std::string public_der;  ///< SubjectPublicKeyInfo
};

Pair make_ed25519();
Pair make_p256();
Pair make_rsa();
/// The raw 32 bytes of an Ed25519 public key: the end of its DER.
std::string raw_ed25519(const Pair& pair);
/// \param hash  null for Ed25519
std::string sign(const Pair& pair, const char* hash, std::string_view message);
/// r and s, 32 bytes each.
std::string sign_raw_p256(const Pair& pair, std::string_view message);
/// A certificate of the pair, self-signed, valid between two Unix times.
std::string certificate(const Pair& pair, long valid_from, long valid_until);

}  // namespace katydid::signing::oracle
