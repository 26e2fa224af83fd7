// Ed25519, ECDSA P-256 and RSA signatures. Internal to signing/.
#pragma once

#include "signing/schemes/scheme_data.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace katydid::signing {

struct FreeKey {
    void operator()(evp_pkey_st* key) const noexcept;
};
using KeyHandle = std::unique_ptr<evp_pkey_st, FreeKey>;

/// Raw Ed25519 bytes, DER or PEM, a certificate in PEM; null when it is none or not of the
/// method's kind (an Ed25519 key, a P-256 key, an RSA key of 1024 bits or more).
[[nodiscard]] KeyHandle load_public_key(const Method& method, std::string_view bytes);
/// The same for the private half: a seed of 32 bytes, PKCS#8 DER or PEM.
[[nodiscard]] KeyHandle load_private_key(const Method& method, std::string_view bytes);

[[nodiscard]] bool verify_signature(const Method& method, evp_pkey_st& key,
                                    std::string_view message, std::string_view signature);
[[nodiscard]] std::optional<std::string> make_signature(const Method& method, evp_pkey_st& key,
                                                        std::string_view message);

}  // namespace katydid::signing
