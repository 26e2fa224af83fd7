#include "signing/algorithms/jwt.hpp"

#include "signing/request/request_values.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>

namespace katydid::signing {
namespace {

namespace json = boost::json;

constexpr std::size_t token_bytes_max = 8 * 1024;
constexpr std::size_t token_depth_max = 8;

/// The three dotted parts of a compact JWS.
struct Token {
    json::object header;
    json::object claims;
    std::string_view signed_part;
    std::string signature;
};

std::optional<Token> parse_token(std::string_view text)
{
    const auto first = text.find('.');
    const auto last = text.rfind('.');
    if (text.size() > token_bytes_max || first == std::string_view::npos || first == last)
        return std::nullopt;
    auto header = read_token_part(text.substr(0, first), token_depth_max);
    auto claims = read_token_part(text.substr(first + 1, last - first - 1), token_depth_max);
    auto signature = decode(Encoding::base64url, text.substr(last + 1));
    if (!header || !claims || !signature) return std::nullopt;
    return Token{std::move(*header), std::move(*claims), text.substr(0, last),
                 std::move(*signature)};
}

std::string text_of(const json::object& object, std::string_view name)
{
    const auto* const value = object.if_contains(name);
    return value != nullptr ? scalar_text(*value).value_or("") : std::string{};
}

std::optional<Timestamp> time_of(const json::object& object, std::string_view name)
{
    constexpr std::int64_t seconds_max = 1'000'000'000'000;
    const auto* const value = object.if_contains(name);
    if (value == nullptr || !value->is_int64() || value->get_int64() < 0
        || value->get_int64() > seconds_max)
        return std::nullopt;
    return Timestamp{milliseconds{value->get_int64() * 1000}};
}

bool is_signed_by(const JwtRule& rule, const JwtInput& input, const Token& token)
{
    if (rule.algorithm == "HS256")
        return equal_bytes(hmac(Hash::sha256, input.key, token.signed_part).view(),
                           token.signature);
    Method method;
    method.algorithm = rule.algorithm == "RS256" ? Algorithm::rsa : Algorithm::ecdsa_p256;
    method.raw_ecdsa = true;
    const auto source = input.remote.empty() ? input.key : input.remote;
    const auto key = source.starts_with("-----BEGIN")
                         ? load_public_key(method, source)
                         : load_jwk(rule.algorithm, source, text_of(token.header, "kid"));
    return key && verify_signature(method, *key, token.signed_part, token.signature);
}

std::string check_times(const JwtRule& rule, const JwtInput& input, const Token& token)
{
    const auto now = input.now;
    const auto leeway = std::max<milliseconds>(clock_skew_max, input.expected.tolerance);
    const auto expires = time_of(token.claims, "exp");
    if (token.claims.contains("exp") && !expires) return "the token's exp is no time";
    if (!expires && !rule.age_max) return "the token does not say when it expires (exp)";
    if (expires && now >= *expires + leeway) return "the token has expired";
    const auto not_before = time_of(token.claims, "nbf");
    if (not_before && now + leeway < *not_before) return "the token is not valid yet";
    if (!rule.age_max) return {};
    const auto issued = time_of(token.claims, "iat");
    if (!issued) return "the token does not say when it was issued (iat)";
    if (now - *issued > std::max(*rule.age_max, input.expected.tolerance)) {
        const auto age = std::chrono::duration_cast<std::chrono::seconds>(now - *issued);
        return "the token is " + std::to_string(age.count()) + " s old";
    }
    if (*issued > now + leeway) return "the token was issued in the future";
    return {};
}

bool has_claim(const Token& token, std::string_view name, std::string_view expected)
{
    const auto* const value = token.claims.if_contains(name);
    if (value == nullptr) return false;
    if (!value->is_array()) return scalar_text(*value) == expected;
    const auto& items = value->get_array();
    return std::any_of(items.begin(), items.end(),
                       [&](const json::value& item) { return scalar_text(item) == expected; });
}

/// "a|b" allows either.
bool has_any(const Token& token, std::string_view name, std::string_view expected)
{
    for (;;) {
        const auto bar = expected.find('|');
        if (has_claim(token, name, expected.substr(0, bar))) return true;
        if (bar == std::string_view::npos) return false;
        expected.remove_prefix(bar + 1);
    }
}

/// The issuer signs for anybody: only the principal's tokens are the sender's.
std::string check_principal(const JwtRule& rule, const JwtInput& input, const Token& token)
{
    if (rule.principal.empty()) return {};
    if (input.expected.principal.empty())
        return "the source does not say whose tokens it takes: give it a principal (the token's "
               + rule.principal + ")";
    if (!has_claim(token, rule.principal, input.expected.principal))
        return "the token's claim " + rule.principal + " is not the source's principal";
    return {};
}

std::string check_claims(const JwtRule& rule, const JwtInput& input, const Token& token)
{
    for (const auto& [name, expected] : rule.claims) {
        const bool good = expected == "{secret}" ? has_claim(token, name, input.key)
                                                 : has_any(token, name, expected);
        if (!good) return "the token's claim " + name + " is not the expected one";
    }
    if (rule.body_claim.empty()) return {};
    const auto hash = decode(rule.body_encoding, text_of(token.claims, rule.body_claim));
    if (!hash || !equal_bytes(*hash, digest(Hash::sha256, input.body).view()))
        return "the body is not the one whose hash the token claims";
    return {};
}

}  // namespace

std::optional<json::object> read_token_part(std::string_view part, std::size_t depth)
{
    const auto bytes = decode(Encoding::base64url, part);
    if (!bytes) return std::nullopt;
    json::parse_options options;
    options.max_depth = depth;
    boost::system::error_code error;
    json::value value = json::parse(*bytes, error, {}, options);
    if (error || !value.is_object()) return std::nullopt;
    return std::move(value.get_object());
}

std::string check_jwt(const JwtRule& rule, const JwtInput& input)
{
    const auto token = parse_token(input.token);
    if (!token) return "the token is no JWT";
    if (text_of(token->header, "alg") != rule.algorithm)
        return "the token's algorithm is not " + rule.algorithm;
    if (token->header.contains("crit")) return "the token has critical extensions";
    if (!is_signed_by(rule, input, *token)) return "no active key makes the token's signature";
    std::string wrong = check_times(rule, input, *token);
    if (wrong.empty()) wrong = check_principal(rule, input, *token);
    return wrong.empty() ? check_claims(rule, input, *token) : wrong;
}

bool lacks_key_of(const JwtRule& rule, std::string_view token, std::string_view set)
{
    const auto parsed = parse_token(token);
    if (!parsed) return false;
    const auto kid = text_of(parsed->header, "kid");
    return !kid.empty() && load_jwk(rule.algorithm, set, kid) == nullptr;
}

}  // namespace katydid::signing
