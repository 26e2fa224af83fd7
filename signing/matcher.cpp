#include "signing/matcher.hpp"

#include "signing/algorithms/asymmetric.hpp"
#include "signing/handshake_token.hpp"
#include "signing/algorithms/jwt.hpp"
#include "signing/keys/key_material.hpp"

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

std::uint64_t Matcher::work_max(std::size_t body_bytes) noexcept
{
    constexpr std::uint64_t least = 4 * 1024 * 1024;
    return least + keys_max * std::uint64_t{body_bytes} / 2;
}

bool Matcher::may_go_on() noexcept
{
    gave_up_ = gave_up_ || work_.is_reached();
    return !gave_up_;
}

bool Matcher::belong_together(std::size_t message, const Candidate& candidate) const
{
    return !options_.each_has_its_own || &candidate == candidates_.begin() + message;
}

bool Matcher::try_key(const Secret& secret)
{
    const auto& methods = values_.scheme().methods;
    return std::any_of(methods.begin(), methods.end(), [&](const Method& method) {
        return suits(values_.scheme(), method, secret) && try_method(method, secret);
    });
}

bool Matcher::try_method(const Method& method, const Secret& secret)
{
    KeyMaterial material;
    if (!material.decode(method.key, secret)) return false;
    values_.set_secret(material.bytes());
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
    const auto fits = [&](Parts message, std::size_t index) {
        if (!may_go_on() || !is_safe(method, message)) return false;
        const auto expected = method.algorithm == Algorithm::hmac ? hmac(method.hash, key, message)
                                                                  : digest(method.hash, message);
        return any_candidate_equals(method, expected, index);
    };
    const auto& messages = options_.messages;
    for (std::size_t i = 0; i < messages.size(); ++i) {
        const std::string_view message = messages[i];
        if (!fits(Parts{&message, 1}, i)) continue;
        signed_text_ = message;
        return true;
    }
    if (!messages.empty()) return false;
    const auto message = values_.message(values_.scheme().message);
    return message && fits(message->view(), 0);
}

/// Whether a good signature of this text proves that the provider sent it as it is.
bool Matcher::is_safe(const Method& method, Parts message)
{
    // A person who knows a plain hash can go on from it: after the padding, which holds zeros.
    const bool is_extended = method.algorithm == Algorithm::hash
                             && std::any_of(message.begin(), message.end(),
                                            [](std::string_view part) {
                                                return part.find('\0') != std::string_view::npos;
                                            });
    if (is_extended) reason_ = "the text holds zero bytes, as one does that was extended";
    return !is_extended && !may_be_told(message);
}

/// Anybody who asks for a handshake gets the MAC of such a text.
bool Matcher::may_be_told(Parts message)
{
    const bool is_told = values_.scheme().answers_with_mac
                         || values_.request().expected.mac_is_told;
    const bool is_token = is_told && is_handshake_token(message);
    if (is_token) reason_ = "what is signed could be the token of a handshake";
    return is_token;
}

bool Matcher::any_candidate_equals(const Method& method, const Digest& expected,
                                   std::size_t message)
{
    SignatureBuffer buffer;
    for (const auto& candidate : candidates_) {
        if (!belong_together(message, candidate)) continue;
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
    if (!may_go_on()) return false;
    const auto public_key = options_.remote_key.empty()
                                ? load_for_verifying(method, secret, key)
                                : load_public_key(method, options_.remote_key);
    if (!public_key) return false;
    ++keys_decoded_;
    std::string made;
    std::span<const std::string> messages = options_.messages;
    if (messages.empty()) {
        const auto parts = values_.message(values_.scheme().message);
        if (!parts) return false;
        made = parts->joined();
        messages = {&made, 1};
    }
    SignatureBuffer buffer;
    for (const auto& candidate : candidates_) {
        const auto signature = decoded(method, candidate, buffer);
        for (std::size_t i = 0; signature && i < messages.size(); ++i) {
            if (!belong_together(i, candidate)) continue;
            if (!may_go_on()) return false;
            if (!verify_signature(method, *public_key, messages[i], *signature)) continue;
            if (!options_.messages.empty()) signed_text_ = messages[i];
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
        if (!may_go_on()) return false;
        ++signatures_decoded_;
        const auto& request = values_.request();
        const auto signed_part = candidate.text.substr(0, candidate.text.rfind('.'));
        const bool is_mac = values_.scheme().jwt.algorithm == "HS256";
        if (is_mac && may_be_told(Parts{&signed_part, 1})) continue;
        reason_ = check_jwt(values_.scheme().jwt, {candidate.text, key, options_.remote_key,
                                                   request.body, options_.now, request.expected});
        if (!reason_.empty()) continue;
        signed_text_ = signed_part;
        return true;
    }
    return false;
}

}  // namespace katydid::signing
