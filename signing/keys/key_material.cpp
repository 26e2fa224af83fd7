#include "signing/keys/key_material.hpp"

#include <openssl/crypto.h>

#include <algorithm>

namespace katydid::signing {
namespace {

std::string_view without_prefix(const KeyRule& rule, std::string_view text) noexcept
{
    for (const auto& prefix : rule.prefixes)
        if (text.starts_with(prefix)) return text.substr(prefix.size());
    return text;
}

bool has_prefix(const KeyRule& rule, std::string_view text) noexcept
{
    return std::any_of(rule.prefixes.begin(), rule.prefixes.end(),
                       [&](const std::string& prefix) { return text.starts_with(prefix); });
}

}  // namespace

KeyMaterial::~KeyMaterial()
{
    if (used_ > 0) OPENSSL_cleanse(buffer_.data(), used_);
}

bool KeyMaterial::decode(const KeyRule& rule, const Secret& secret)
{
    const auto text = without_prefix(rule, secret.text());
    const bool is_pem = text.starts_with("-----BEGIN");
    if (rule.decode == Encoding::text || is_pem) {
        bytes_ = text;
    } else {
        const auto size = katydid::decode(rule.decode, text, buffer_);
        used_ = std::max(used_, buffer_.size());  // also what a failed decoding left
        if (!size) return false;
        bytes_ = {buffer_.data(), *size};
    }
    if (bytes_.empty()) return false;
    if (rule.derive_sha1) {
        const Digest derived = digest(Hash::sha1, bytes_);
        std::copy_n(derived.bytes.begin(), derived.size, buffer_.begin());
        used_ = buffer_.size();
        bytes_ = {buffer_.data(), derived.size};
    }
    return true;
}

bool has_public_key(const Scheme& scheme, const Method& method) noexcept
{
    if (scheme.remote_key.kind != RemoteKeyRule::Kind::none) return true;
    switch (method.algorithm) {
    case Algorithm::ed25519:
    case Algorithm::ecdsa_p256:
    case Algorithm::rsa: return true;
    case Algorithm::jwt: return scheme.jwt.algorithm != "HS256";
    case Algorithm::hmac:
    case Algorithm::hash:
    case Algorithm::token: return false;
    }
    return false;
}

bool suits(const Scheme& scheme, const Method& method, const Secret& secret) noexcept
{
    // What is written as a public key is known to others: no shared secret, whatever the scheme.
    if (!has_public_key(scheme, method)
        && (secret.text().starts_with("whpk_") || secret.text().starts_with("-----BEGIN")))
        return false;
    if (method.key.prefix_required) return has_prefix(method.key, secret.text());
    return std::none_of(scheme.methods.begin(), scheme.methods.end(), [&](const Method& other) {
        return other.key.prefix_required && has_prefix(other.key, secret.text());
    });
}

}  // namespace katydid::signing
