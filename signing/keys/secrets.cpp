#include "signing/keys/secrets.hpp"

#include "hub/core/text/text.hpp"
#include "signing/algorithms/asymmetric.hpp"
#include "signing/algorithms/jwt.hpp"
#include "signing/keys/key_material.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>

namespace katydid::signing {
namespace {

constexpr std::size_t random_bytes = 32;
constexpr std::size_t secret_bytes_max = 8 * 1024;

Error unfit(const Scheme& scheme, const std::string& why)
{
    return {errc::invalid_argument, "the scheme " + scheme.name + " cannot use it: " + why};
}

std::string expected_form(const KeyRule& rule)
{
    std::string text = rule.decode == Encoding::hex         ? "it has to be hexadecimal"
                       : rule.decode == Encoding::base64    ? "it has to be base64"
                       : rule.decode == Encoding::base64url ? "it has to be base64url"
                                                            : "it has to be a text";
    if (rule.format == KeyFormat::spki) text += ", or a key in PEM";
    for (const auto& prefix : rule.prefixes)
        text += (prefix != rule.prefixes.front() ? " or "
                 : rule.prefix_required          ? ", after "
                                                 : ", also after ")
                + prefix;
    return text;
}

bool is_asymmetric(const Method& method) noexcept
{
    return method.algorithm == Algorithm::ed25519 || method.algorithm == Algorithm::ecdsa_p256
           || method.algorithm == Algorithm::rsa;
}

bool is_jwt_key(const Scheme& scheme, std::string_view bytes)
{
    Method method;
    method.algorithm = scheme.jwt.algorithm == "RS256" ? Algorithm::rsa : Algorithm::ecdsa_p256;
    return bytes.starts_with("-----BEGIN") ? load_public_key(method, bytes) != nullptr
                                           : load_jwk(scheme.jwt.algorithm, bytes, {}) != nullptr;
}

/// Empty when the method can use the key; else why not.
std::string method_fault(const Scheme& scheme, const Method& method, const Secret& secret,
                         KeyUse use)
{
    KeyMaterial material;
    if (!material.decode(method.key, secret)) return expected_form(method.key);
    const bool is_configured_value = scheme.remote_key.kind != RemoteKeyRule::Kind::none;
    if (method.algorithm == Algorithm::jwt && has_public_key(scheme, method)
        && !is_configured_value)
        return is_jwt_key(scheme, material.bytes()) ? std::string{}
                                                    : "it has to be a public key: a JWK, or PEM";
    if (is_configured_value) return {};
    if (!is_asymmetric(method)) {
        const bool is_guessable = material.bytes().size() < secret_bytes_min;
        return use == KeyUse::verify && is_guessable
                   ? "it is too short to be a secret: anybody could guess it and forge webhooks"
                   : "";
    }
    const bool is_private = secret.text().starts_with("whsk_");
    if (use == KeyUse::sign) {
        if (secret.text().starts_with("whpk_"))
            return "whpk_ is the public key, which verifies; whsk_ signs";
        return load_private_key(method, material.bytes())
                   ? std::string{}
                   : "it has to be the private key of its kind; " + expected_form(method.key);
    }
    const bool loads = is_private ? load_private_key(method, material.bytes()) != nullptr
                                  : load_public_key(method, material.bytes()) != nullptr;
    return loads ? std::string{}
                 : "it has to be the provider's public key; " + expected_form(method.key);
}

std::string random_text(const KeyRule& rule)
{
    std::array<char, random_bytes> bytes{};
    auto* const data = reinterpret_cast<unsigned char*>(bytes.data());
    if (RAND_priv_bytes(data, static_cast<int>(bytes.size())) != 1)
        throw Failure{Error{errc::internal, "the system gives no randomness for a secret"}};
    const bool is_text = rule.decode == Encoding::text;
    std::string encoded = encode(is_text ? Encoding::base64url : rule.decode,
                                 {bytes.data(), bytes.size()});
    OPENSSL_cleanse(bytes.data(), bytes.size());
    if (!rule.prefixes.empty()) encoded.insert(0, rule.prefixes.front());
    return encoded;
}

const Method* find_method(const Scheme& scheme, std::initializer_list<Algorithm> algorithms)
{
    for (const auto algorithm : algorithms)
        for (const auto& method : scheme.methods)
            if (method.algorithm == algorithm) return &method;
    return nullptr;
}

constexpr std::string_view blanks = " \t\r\n\v\f";

/// What stands beside a secret that was copied from a page or a document: U+0085, U+00A0, the
/// blanks and marks from U+2000 to U+200F, line ends, U+202F, U+205F, U+2060, U+3000, U+FEFF.
constexpr std::array<std::string_view, 24> wide_blanks{
    "\xC2\x85",     "\xC2\xA0",     "\xE2\x80\x80", "\xE2\x80\x81", "\xE2\x80\x82", "\xE2\x80\x83",
    "\xE2\x80\x84", "\xE2\x80\x85", "\xE2\x80\x86", "\xE2\x80\x87", "\xE2\x80\x88", "\xE2\x80\x89",
    "\xE2\x80\x8A", "\xE2\x80\x8B", "\xE2\x80\x8C", "\xE2\x80\x8D", "\xE2\x80\x8E", "\xE2\x80\x8F",
    "\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\xA0", "\xE3\x80\x80", "\xEF\xBB\xBF"};

std::string_view without_surroundings(std::string_view text)
{
    for (bool is_clean = false; !is_clean;) {
        text = trimmed(text, blanks);
        is_clean = true;
        for (const auto blank : wide_blanks) {
            if (text.starts_with(blank)) text.remove_prefix(blank.size());
            else if (text.ends_with(blank)) text.remove_suffix(blank.size());
            else continue;
            is_clean = false;
        }
    }
    return text;
}

bool has_shared_secret(const Scheme& scheme) noexcept
{
    return std::ranges::any_of(
        scheme.methods, [&](const Method& method) { return !has_public_key(scheme, method); });
}

}  // namespace

Secret read_secret(std::string_view text)
{
    return Secret{std::string{without_surroundings(text)}};
}

std::string secret_doubt(std::string_view text)
{
    if (text.starts_with("-----BEGIN")) return {};
    const bool is_quoted = text.size() >= 2 && text.front() == text.back()
                           && std::string_view{"\"'`"}.find(text.front()) != std::string_view::npos;
    if (is_quoted) return "has quotes around it";
    if (text.ends_with("\\n") || text.ends_with("\\r")) return "ends with a written-out line end";
    if (text.find_first_of(blanks) != std::string_view::npos) return "has white space in it";
    const auto is_strange = [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte >= 0x7F;
    };
    if (std::ranges::any_of(text, is_strange))
        return "has characters in it that cannot be seen, or that are beyond ASCII";
    return {};
}

result<void> check_secret(const Scheme& scheme, const Secret& secret, KeyUse use)
{
    if (secret.empty()) return unfit(scheme, "a secret must not be empty");
    if (secret.text().size() > secret_bytes_max) return unfit(scheme, "it is far too long");
    std::string fault;
    for (const auto& method : scheme.methods) {
        if (!suits(scheme, method, secret)) continue;
        const auto found = method_fault(scheme, method, secret, use);
        if (found.empty()) return {};
        if (fault.empty()) fault = found;
    }
    if (scheme.methods.empty()) return {};
    return unfit(scheme, fault.empty() ? expected_form(scheme.methods.front().key) : fault);
}

result<MadeSecret> make_secret(const Scheme& scheme, KeyUse use)
{
    const auto* const shared = find_method(scheme,
                                           {Algorithm::hmac, Algorithm::hash, Algorithm::token});
    const bool is_given = scheme.remote_key.kind != RemoteKeyRule::Kind::none
                          || scheme.builtin == Builtin::sns;
    if (shared != nullptr && !is_given) {
        const bool is_basic = scheme.signature.refs.front().kind == ValueKind::basic;
        return MadeSecret{Secret{(is_basic ? "katydid:" : "") + random_text(shared->key)}, {}};
    }
    const auto* const pair_method = find_method(scheme, {Algorithm::ed25519});
    const bool takes_pair = pair_method != nullptr
                            && std::ranges::find(pair_method->key.prefixes, "whsk_")
                                   != pair_method->key.prefixes.end();
    if (takes_pair && use == KeyUse::sign) {
        auto pair = generate_key_pair();
        return MadeSecret{std::move(pair.private_key), std::move(pair.public_key)};
    }
    return Error{errc::invalid_argument,
                 "the scheme " + scheme.name + " has no secret that the hub could make: give the "
                     + (use == KeyUse::sign ? "private key" : "value the provider shows")};
}

KeyRingPtr keys_for(const Scheme& scheme, std::span<const SchemePtr> schemes, KeyRingPtr keys)
{
    const auto takes_as_public = [](const Scheme& taker, const Secret& secret) {
        return std::ranges::any_of(taker.methods, [&](const Method& method) {
            return has_public_key(taker, method) && suits(taker, method, secret)
                   && method_fault(taker, method, secret, KeyUse::verify).empty();
        });
    };
    if (schemes.size() < 2 || !has_shared_secret(scheme)) return keys;
    auto own = std::make_shared<KeyRing>();
    for (const auto& key : keys->keys) {
        const bool is_anothers = std::ranges::any_of(schemes, [&](const SchemePtr& other) {
            return other.get() != &scheme && takes_as_public(*other, key.secret);
        });
        if (!is_anothers || takes_as_public(scheme, key.secret)) own->keys.push_back(key);
    }
    return own;
}

std::string mix_fault(std::span<const SchemePtr> schemes)
{
    const auto fetches = std::ranges::find_if(schemes, [](const SchemePtr& scheme) {
        return scheme->remote_key.kind != RemoteKeyRule::Kind::none
               && !std::ranges::all_of(scheme->methods, [](const Method& method) {
                      return method.key.prefix_required;
                  });
    });
    const auto shares = std::ranges::find_if(
        schemes, [](const SchemePtr& scheme) { return has_shared_secret(*scheme); });
    if (fetches == schemes.end() || shares == schemes.end()) return {};
    return "the secret of " + (*fetches)->name + " is a value that others know, so "
           + (*shares)->name + " needs a source of its own";
}

std::string public_key_of(const Secret& secret)
{
    constexpr std::string_view prefix = "whsk_";
    if (!secret.text().starts_with(prefix)) return {};
    Method method;
    method.algorithm = Algorithm::ed25519;
    method.key.prefixes = {std::string{prefix}};
    method.key.decode = Encoding::base64;
    KeyMaterial material;
    if (!material.decode(method.key, secret)) return {};
    const auto key = load_private_key(method, material.bytes());
    std::array<char, random_bytes> shared{};
    std::size_t size = shared.size();
    if (!key
        || EVP_PKEY_get_raw_public_key(key.get(), reinterpret_cast<unsigned char*>(shared.data()),
                                       &size)
               != 1)
        return {};
    return "whpk_" + encode(Encoding::base64, {shared.data(), size});
}

}  // namespace katydid::signing
