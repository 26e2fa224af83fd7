// JSON Web Keys (RFC 7517, RFC 7518, section 6).
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

struct FreeNumber {
    void operator()(BIGNUM* number) const noexcept { BN_free(number); }
};
struct FreeBuild {
    void operator()(OSSL_PARAM_BLD* b) const noexcept { OSSL_PARAM_BLD_free(b); }
};
struct FreeParams {
    void operator()(OSSL_PARAM* p) const noexcept { OSSL_PARAM_free(p); }
};
struct FreeContext {
    void operator()(EVP_PKEY_CTX* c) const noexcept { EVP_PKEY_CTX_free(c); }
};
using Number = std::unique_ptr<BIGNUM, FreeNumber>;
using Build = std::unique_ptr<OSSL_PARAM_BLD, FreeBuild>;

std::string_view member(const json::object& key, std::string_view name)
{
    const auto* const value = key.if_contains(name);
    return value != nullptr && value->is_string() ? std::string_view{value->get_string()}
                                                  : std::string_view{};
}

KeyHandle from_params(const char* kind, OSSL_PARAM_BLD* build)
{
    const std::unique_ptr<OSSL_PARAM, FreeParams> params{OSSL_PARAM_BLD_to_param(build)};
    const std::unique_ptr<EVP_PKEY_CTX, FreeContext> context{
        EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr)};
    EVP_PKEY* key = nullptr;
    if (params && context && EVP_PKEY_fromdata_init(context.get()) == 1)
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get());
    ERR_clear_error();
    return KeyHandle{key};
}

KeyHandle p256_key(const json::object& key)
{
    const auto x = decode(Encoding::base64url, member(key, "x"));
    const auto y = decode(Encoding::base64url, member(key, "y"));
    if (member(key, "crv") != "P-256" || !x || !y || x->size() != 32 || y->size() != 32)
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
        const auto bytes = decode(Encoding::base64url, member(key, name));
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

KeyHandle key_of(std::string_view algorithm, const json::object& key)
{
    const auto use = member(key, "use");
    const auto stated = member(key, "alg");
    if ((!use.empty() && use != "sig") || (!stated.empty() && stated != algorithm)) return nullptr;
    if (algorithm == "ES256" && member(key, "kty") == "EC") return p256_key(key);
    if (algorithm == "RS256" && member(key, "kty") == "RSA") return rsa_key(key);
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
        const auto name = member(item.get_object(), "kid");
        if (!kid.empty() && !name.empty() && name != kid) continue;
        if (auto key = key_of(algorithm, item.get_object())) return key;
    }
    return nullptr;
}

}  // namespace katydid::signing
