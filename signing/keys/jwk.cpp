// JSON Web Keys (RFC 7517, RFC 7518, section 6).
#include "hub/core/json/parse.hpp"
#include "hub/core/codec/openssl.hpp"
#include "signing/algorithms/jwt.hpp"
#include "signing/algorithms/work.hpp"

#include <boost/json/parse.hpp>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

namespace katydid::signing {
namespace {

namespace json = boost::json;

using Number = Owned<BIGNUM, BN_free>;
using Build = Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;

using json_text::text_at;

KeyHandle from_params(const char* kind, OSSL_PARAM_BLD* build)
{
    const Owned<OSSL_PARAM, OSSL_PARAM_free> params{OSSL_PARAM_BLD_to_param(build)};
    const Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context{
        EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr)};
    EVP_PKEY* key = nullptr;
    if (params && context && EVP_PKEY_fromdata_init(context.get()) == 1)
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get());
    ERR_clear_error();
    return KeyHandle{key};
}

KeyHandle p256_key(const json::object& key)
{
    const auto x = decode(Encoding::base64url, text_at(key, "x"));
    const auto y = decode(Encoding::base64url, text_at(key, "y"));
    if (text_at(key, "crv") != "P-256" || !x || !y || x->size() != 32 || y->size() != 32)
        return nullptr;
    const std::string point = "\x04" + *x + *y;
    const Build build{OSSL_PARAM_BLD_new()};
    if (!build
        || OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) != 1
        || OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                            point.size())
               != 1)
        return nullptr;
    return from_params("EC", build.get());
}

KeyHandle rsa_key(const json::object& key)
{
    constexpr int bits_min = 1024;
    const auto number = [&](std::string_view name) {
        const auto bytes = decode(Encoding::base64url, text_at(key, name));
        if (!bytes || bytes->empty()) return Number{};
        return Number{BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes->data()),
                                static_cast<int>(bytes->size()), nullptr)};
    };
    const Number n = number("n");
    const Number e = number("e");
    const Build build{OSSL_PARAM_BLD_new()};
    if (!n || !e || !build || BN_num_bits(n.get()) < bits_min
        || OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1
        || OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
        return nullptr;
    return from_params("RSA", build.get());
}

KeyHandle ed25519_key(const json::object& key)
{
    const auto x = decode(Encoding::base64url, text_at(key, "x"));
    if (text_at(key, "crv") != "Ed25519" || !x || x->size() != 32) return nullptr;
    return KeyHandle{
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(*x), x->size())};
}

KeyHandle key_of(std::string_view algorithm, const json::object& key)
{
    const auto use = text_at(key, "use");
    const auto stated = text_at(key, "alg");
    if ((!use.empty() && use != "sig") || (!stated.empty() && stated != algorithm)) return nullptr;
    if (algorithm == "ES256" && text_at(key, "kty") == "EC") return p256_key(key);
    const bool is_rsa = algorithm == "RS256" || algorithm == "PS256";
    if (is_rsa && text_at(key, "kty") == "RSA") return rsa_key(key);
    if (algorithm == "EdDSA" && text_at(key, "kty") == "OKP") return ed25519_key(key);
    return nullptr;
}

}  // namespace

KeyHandle load_jwk(std::string_view algorithm, std::string_view text, std::string_view kid)
{
    constexpr std::size_t keys_searched_max = 64;
    boost::system::error_code error;
    json::parse_options options;
    options.max_depth = 8;
    count_work(json_work_factor * text.size());
    const json::value document = json::parse(text, error, {}, options);
    if (error || !document.is_object()) return nullptr;
    const auto* const list = document.get_object().if_contains("keys");
    if (list == nullptr) return key_of(algorithm, document.get_object());
    if (!list->is_array()) return nullptr;
    std::size_t searched = 0;
    for (const auto& item : list->get_array()) {
        if (++searched > keys_searched_max) break;
        if (!item.is_object()) continue;
        const auto name = text_at(item.get_object(), "kid");
        if (!kid.empty() && !name.empty() && name != kid) continue;
        if (auto key = key_of(algorithm, item.get_object())) return key;
    }
    return nullptr;
}

}  // namespace katydid::signing
