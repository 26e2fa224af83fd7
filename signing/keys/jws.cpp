#include "signing/keys/jws.hpp"

#include "hub/core/json/parse.hpp"
#include "hub/core/codec/openssl.hpp"
#include "hub/core/text/text.hpp"
#include "signing/algorithms/digest.hpp"
#include "signing/algorithms/jwt.hpp"

#include <boost/json.hpp>
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>

namespace katydid::signing {
namespace {

namespace json = boost::json;
using json_text::text_at;

constexpr std::size_t jws_bytes_max = 32 * 1024;
constexpr std::size_t jws_depth_max = 16;
constexpr int jws_rsa_bits_min = 2048;
constexpr std::array<std::string_view, 4> jws_algorithms{"RS256", "PS256", "ES256", "EdDSA"};

struct JwsParts {
    std::string_view header;
    std::string_view claims;
    std::string_view signature;
    std::string_view signed_part;
};

Error bad_token(std::string_view why) { return {errc::refused, "the token " + std::string{why}}; }

std::optional<JwsParts> split_jws(std::string_view token)
{
    const auto is_part_of_token = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
               || c == '-' || c == '_' || c == '.';
    };
    if (token.size() > jws_bytes_max || std::ranges::count(token, '.') != 2
        || !std::ranges::all_of(token, is_part_of_token))
        return std::nullopt;
    const auto first = token.find('.');
    const auto last = token.rfind('.');
    return JwsParts{token.substr(0, first), token.substr(first + 1, last - first - 1),
                    token.substr(last + 1), token.substr(0, last)};
}

bool verify_pss(evp_pkey_st& key, std::string_view message, std::string_view signature)
{
    const Owned<EVP_MD_CTX, EVP_MD_CTX_free> context{EVP_MD_CTX_new()};
    EVP_PKEY_CTX* padding = nullptr;  // the context's own
    const bool good = context
                      && EVP_DigestVerifyInit(context.get(), &padding, EVP_sha256(), nullptr, &key)
                             == 1
                      && EVP_PKEY_CTX_set_rsa_padding(padding, RSA_PKCS1_PSS_PADDING) == 1
                      && EVP_PKEY_CTX_set_rsa_pss_saltlen(padding, RSA_PSS_SALTLEN_DIGEST) == 1
                      && EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(),
                                          bytes_of(message), message.size())
                             == 1;
    ERR_clear_error();
    return good;
}

bool verify_jws(std::string_view algorithm, evp_pkey_st& key, std::string_view message,
                std::string_view signature)
{
    if (algorithm == "PS256") return verify_pss(key, message, signature);
    Method method;
    method.raw_ecdsa = true;
    method.algorithm = algorithm == "RS256"   ? Algorithm::rsa
                       : algorithm == "ES256" ? Algorithm::ecdsa_p256
                                              : Algorithm::ed25519;
    return verify_signature(method, key, message, signature);
}

/// Empty: nothing is wrong with it.
std::string header_fault(const json::object& header)
{
    if (header.contains("crit")) return "has critical extensions";
    const auto type = lower_case(text_at(header, "typ"));
    if (!type.empty() && type != "jwt") return "is of another type than JWT";
    const auto algorithm = text_at(header, "alg");
    if (std::ranges::find(jws_algorithms, algorithm) == jws_algorithms.end())
        return "is not signed by RS256, PS256, ES256 or EdDSA";
    return {};
}

[[noreturn]] void fail(const char* what) { throw Failure{Error{errc::internal, what}}; }

/// "x" and "y" of a P-256 key.
std::pair<std::string, std::string> coordinates_of(const EVP_PKEY* key)
{
    std::array<unsigned char, 65> point{};
    std::size_t size = 0;
    if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size(),
                                        &size)
            != 1
        || size != point.size() || point[0] != 4)
        fail("OpenSSL does not tell the public half of a key");
    const std::string_view bytes{reinterpret_cast<const char*>(point.data()), point.size()};
    return {encode(Encoding::base64url, bytes.substr(1, 32)),
            encode(Encoding::base64url, bytes.substr(33))};
}

JwsKey describe_key(const EVP_PKEY* key, Secret private_key)
{
    const auto [x, y] = coordinates_of(key);
    const auto members = R"("crv":"P-256","kty":"EC","x":")" + x + R"(","y":")" + y + '"';
    JwsKey made;
    made.kid = encode(Encoding::base64url, digest(Hash::sha256, "{" + members + "}").view());
    made.private_key = std::move(private_key);
    made.jwk = "{" + members + R"(,"alg":"ES256","use":"sig","kid":")" + made.kid + "\"}";
    return made;
}

Method es256()
{
    Method method;
    method.algorithm = Algorithm::ecdsa_p256;
    method.raw_ecdsa = true;
    return method;
}

}  // namespace

result<json::object> open_jws(std::string_view token, std::string_view jwks)
{
    const auto parts = split_jws(token);
    if (!parts) return bad_token("is no JWT");
    const auto header = read_token_part(parts->header, jws_depth_max);
    auto claims = read_token_part(parts->claims, jws_depth_max);
    const auto signature = decode(Encoding::base64url, parts->signature);
    if (!header || !claims || !signature) return bad_token("is no JWT");
    if (const auto fault = header_fault(*header); !fault.empty()) return bad_token(fault);
    const auto algorithm = text_at(*header, "alg");
    const auto kid = text_at(*header, "kid");
    const auto key = load_jwk(algorithm, jwks, kid);
    if (!key) return Error{errc::not_found, "the token's key is not in the provider's set"};
    if (EVP_PKEY_is_a(key.get(), "RSA") == 1 && EVP_PKEY_get_bits(key.get()) < jws_rsa_bits_min)
        return bad_token("is signed by a key that is too short");
    if (!verify_jws(algorithm, *key, parts->signed_part, *signature))
        return bad_token("has another signature");
    return std::move(*claims);
}

JwsKey JwsKey::make()
{
    const Owned<EVP_PKEY, EVP_PKEY_free> key{EVP_EC_gen("P-256")};
    const Owned<BIO, BIO_free> text{BIO_new(BIO_s_mem())};
    if (!key || !text
        || PEM_write_bio_PrivateKey(text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr)
               != 1)
        fail("OpenSSL cannot make a key");
    char* bytes = nullptr;
    const auto size = BIO_get_mem_data(text.get(), &bytes);
    return describe_key(key.get(), Secret{std::string(bytes, static_cast<std::size_t>(size))});
}

JwsKey JwsKey::read(Secret private_key)
{
    const auto key = load_private_key(es256(), private_key.text());
    if (!key) fail("the text is no P-256 key");
    return describe_key(key.get(), std::move(private_key));
}

std::string sign_jws(const JwsKey& key, const json::object& claims)
{
    const auto loaded = load_private_key(es256(), key.private_key.text());
    if (!loaded) fail("the text is no P-256 key");
    const json::object header{{"alg", "ES256"}, {"kid", key.kid}, {"typ", "JWT"}};
    auto token = encode(Encoding::base64url, json::serialize(header)) + '.'
                 + encode(Encoding::base64url, json::serialize(claims));
    const auto signature = make_signature(es256(), *loaded, token);
    if (!signature) fail("OpenSSL cannot sign");
    return token + '.' + encode(Encoding::base64url, *signature);
}

}  // namespace katydid::signing
