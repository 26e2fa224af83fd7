#include "signing/matcher.hpp"

#include "signing/asymmetric.hpp"
#include "signing/jwt.hpp"
#include "signing/key_material.hpp"

#include <algorithm>

namespace katydid::signing {
namespace {

/// Enough for RSA with 8192 bits.
using SignatureBuffer = std::array<char, 1024>;

bool is_for(const Method& method, const Candidate& candidate) noexcept
{
    return candidate.field == method.field || method.field == "*";
}

KeyHandle load_for_verifying(const Method& method, const Secret& secret, std::string_view bytes)
{
    // The private half of a pair verifies as well: who signs can check what it signed.
    if (secret.text().starts_with("whsk_")) return load_private_key(method, bytes);
    return load_public_key(method, bytes);
}

}  // namespace

bool Matcher::try_key(const Secret& secret)
{
    const auto& methods = exchange_.scheme().methods;
    return std::any_of(methods.begin(), methods.end(), [&](const Method& method) {
        return suits(exchange_.scheme(), method, secret) && try_method(method, secret);
    });
}

bool Matcher::try_method(const Method& method, const Secret& secret)
{
    KeyMaterial material;
    if (!material.decode(method.key, secret)) return false;
    exchange_.set_secret(material.bytes());
    switch (method.algorithm) {
    case Algorithm::hmac:
    case Algorithm::hash: return try_keyed_hash(method, material.bytes());
    case Algorithm::token: return try_token(method, material.bytes());
    case Algorithm::jwt: return try_jwt(method, material.bytes());
    case Algorithm::ed25519:
    case Algorithm::ecdsa_p256:
    case Algorithm::rsa: return try_public_key(method, secret, material.bytes());
    }
    return false;
}

bool Matcher::try_keyed_hash(const Method& method, std::string_view key)
{
    ++keys_decoded_;
    const auto expected = [&](Parts message) {
        return method.algorithm == Algorithm::hmac ? hmac(method.hash, key, message)
                                                   : digest(method.hash, message);
    };
    for (const std::string_view message : options_.messages) {
        if (!any_candidate_equals(method, expected(Parts{&message, 1}))) continue;
        signed_text_ = message;
        return true;
    }
    if (!options_.messages.empty()) return false;
    const auto message = exchange_.message(exchange_.scheme().message);
    return message && any_candidate_equals(method, expected(message->view()));
}

bool Matcher::any_candidate_equals(const Method& method, const Digest& expected)
{
    SignatureBuffer buffer;
    for (const auto& candidate : candidates_) {
        const auto signature = decoded(method, candidate, buffer);
        if (signature && equal_bytes(expected.view(), *signature)) return true;
    }
    return false;
}

std::optional<std::string_view> Matcher::decoded(const Method& method, const Candidate& candidate,
                                                 std::span<char> out)
{
    if (!is_for(method, candidate)) return std::nullopt;
    const auto size = decode(method.encoding, candidate.text, out);
    if (!size || *size == 0) return std::nullopt;
    ++signatures_decoded_;
    return std::string_view{out.data(), *size};
}

bool Matcher::try_public_key(const Method& method, const Secret& secret, std::string_view key)
{
    const auto public_key = options_.remote_key.empty()
                                ? load_for_verifying(method, secret, key)
                                : load_public_key(method, options_.remote_key);
    if (!public_key) return false;
    ++keys_decoded_;
    std::string made;
    std::span<const std::string> messages = options_.messages;
    if (messages.empty()) {
        const auto parts = exchange_.message(exchange_.scheme().message);
        if (!parts) return false;
        made = parts->joined();
        messages = {&made, 1};
    }
    SignatureBuffer buffer;
    for (const auto& candidate : candidates_) {
        const auto signature = decoded(method, candidate, buffer);
        if (!signature) continue;
        for (const auto& message : messages) {
            if (!verify_signature(method, *public_key, message, *signature)) continue;
            if (!options_.messages.empty()) signed_text_ = message;
            return true;
        }
    }
    return false;
}

/// Compares hashes, so that not even the length of the secret shows in the time it takes.
bool Matcher::try_token(const Method& method, std::string_view key)
{
    ++keys_decoded_;
    const Digest expected = digest(Hash::sha256, key);
    for (const auto& candidate : candidates_) {
        if (!is_for(method, candidate)) continue;
        ++signatures_decoded_;
        if (equal_bytes(digest(Hash::sha256, candidate.text).view(), expected.view())) return true;
    }
    return false;
}

bool Matcher::try_jwt(const Method& method, std::string_view key)
{
    ++keys_decoded_;
    for (const auto& candidate : candidates_) {
        if (!is_for(method, candidate)) continue;
        ++signatures_decoded_;
        reason_ = check_jwt(exchange_.scheme().jwt, {candidate.text, key, options_.remote_key,
                                                     exchange_.request().body, options_.now});
        if (!reason_.empty()) continue;
        signed_text_ = candidate.text.substr(0, candidate.text.rfind('.'));
        return true;
    }
    return false;
}

}  // namespace katydid::signing
