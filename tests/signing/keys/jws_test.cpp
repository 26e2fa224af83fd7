#include "signing/keys/jws.hpp"

#include "hub/core/codec/encoding.hpp"
#include "hub/core/codec/openssl.hpp"
#include "signing/algorithms/digest.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

using namespace katydid;
using namespace katydid::signing;

namespace {

namespace json = boost::json;
using PrivateKey = Owned<EVP_PKEY, EVP_PKEY_free>;

std::string base64url(std::string_view bytes) { return encode(Encoding::base64url, bytes); }

std::string head_and_claims(const std::string& header)
{
    return base64url(header) + "." + base64url(R"({"sub":"ada"})");
}

std::string set_of(const std::string& key) { return R"({"keys":[)" + key + "]}"; }

std::string number_of(const EVP_PKEY* key, const char* name)
{
    BIGNUM* number = nullptr;
    EVP_PKEY_get_bn_param(key, name, &number);
    const Owned<BIGNUM, BN_free> owner{number};
    std::string bytes(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
    BN_bn2bin(number, bytes_of(bytes));
    return base64url(bytes);
}

std::string rsa_jwk(const EVP_PKEY* key, const std::string& more)
{
    return R"({"kty":"RSA","kid":"r","n":")" + number_of(key, OSSL_PKEY_PARAM_RSA_N) + R"(","e":")"
           + number_of(key, OSSL_PKEY_PARAM_RSA_E) + "\"" + more + "}";
}

std::string signed_by(EVP_PKEY* key, const std::string& header, bool is_pss = false)
{
    const auto text = head_and_claims(header);
    const Owned<EVP_MD_CTX, EVP_MD_CTX_free> context{EVP_MD_CTX_new()};
    EVP_PKEY_CTX* padding = nullptr;
    const auto* hash = EVP_PKEY_is_a(key, "ED25519") == 1 ? nullptr : EVP_sha256();
    EVP_DigestSignInit(context.get(), &padding, hash, nullptr, key);
    if (is_pss) {
        EVP_PKEY_CTX_set_rsa_padding(padding, RSA_PKCS1_PSS_PADDING);
        EVP_PKEY_CTX_set_rsa_pss_saltlen(padding, RSA_PSS_SALTLEN_DIGEST);
    }
    std::string signature(512, '\0');
    std::size_t size = signature.size();
    EVP_DigestSign(context.get(), bytes_of(signature), &size, bytes_of(text), text.size());
    signature.resize(size);
    return text + "." + base64url(signature);
}

bool fails_with(errc code, const std::string& token, const std::string& jwks)
{
    const auto claims = open_jws(token, jwks);
    return !claims && claims.error() == code;
}

bool is_good(const std::string& token, const std::string& jwks)
{
    const auto claims = open_jws(token, jwks);
    return claims && claims->at("sub") == "ada";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(signing_jws)

// Goal: what we sign is read by the key that we publish, and by no other.
BOOST_AUTO_TEST_CASE(own_tokens)
{
    const auto key = JwsKey::make();
    const auto token = sign_jws(key, {{"sub", "ada"}});
    BOOST_TEST(is_good(token, set_of(key.jwk)));
    const auto again = JwsKey::read(Secret{std::string{key.private_key.text()}});
    BOOST_TEST(again.kid == key.kid);
    BOOST_TEST(is_good(sign_jws(again, {{"sub", "ada"}}), set_of(key.jwk)));
    BOOST_TEST(fails_with(errc::not_found, token, set_of(JwsKey::make().jwk)));
    auto named_alike = JwsKey::make().jwk;
    const auto at = named_alike.find("\"kid\":");
    named_alike.replace(at, std::string::npos, "\"kid\":\"" + key.kid + "\"}");
    BOOST_TEST(fails_with(errc::refused, token, set_of(named_alike)));
}

// Goal: every byte of a token is signed or has to be what it is.
BOOST_AUTO_TEST_CASE(no_byte_may_change)
{
    const auto key = JwsKey::make();
    const auto token = sign_jws(key, {{"sub", "ada"}});
    for (std::size_t at = 0; at < token.size(); ++at) {
        auto changed = token;
        changed[at] = changed[at] == 'A' ? 'B' : 'A';
        BOOST_TEST(!open_jws(changed, set_of(key.jwk)), "byte " << at);
    }
    for (const auto& other :
         {token + "=", token + ".", "." + token, token + " ", token + "\n",
          token.substr(0, token.rfind('.')), token.substr(0, token.rfind('.') + 1)})
        BOOST_TEST(!open_jws(other, set_of(key.jwk)));
}

// Goal: RS256, PS256 and EdDSA each verify under their own kind of key and padding.
BOOST_AUTO_TEST_CASE(algorithms_of_providers)
{
    const PrivateKey rsa{EVP_RSA_gen(2048)};
    const auto set = set_of(rsa_jwk(rsa.get(), ""));
    const auto rs = signed_by(rsa.get(), R"({"alg":"RS256","kid":"r"})");
    const auto ps = signed_by(rsa.get(), R"({"alg":"PS256","kid":"r"})", true);
    BOOST_TEST(is_good(rs, set));
    BOOST_TEST(is_good(ps, set));
    BOOST_TEST(!is_good(signed_by(rsa.get(), R"({"alg":"PS256","kid":"r"})"), set));
    BOOST_TEST(!is_good(signed_by(rsa.get(), R"({"alg":"RS256","kid":"r"})", true), set));
    // A key for the one is not for the other, and one that encrypts signs nothing.
    BOOST_TEST(!is_good(rs, set_of(rsa_jwk(rsa.get(), R"(,"alg":"PS256")"))));
    BOOST_TEST(!is_good(rs, set_of(rsa_jwk(rsa.get(), R"(,"use":"enc")"))));

    const PrivateKey ed{EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")};
    std::string raw(32, '\0');
    std::size_t size = raw.size();
    EVP_PKEY_get_raw_public_key(ed.get(), bytes_of(raw), &size);
    const auto ed_set = set_of(R"({"kty":"OKP","crv":"Ed25519","kid":"e","x":")" + base64url(raw)
                               + "\"}");
    const auto token = signed_by(ed.get(), R"({"alg":"EdDSA","kid":"e"})");
    BOOST_TEST(is_good(token, ed_set));
    BOOST_TEST(!is_good(token, set));
    const PrivateKey weak{EVP_RSA_gen(1024)};
    BOOST_TEST(fails_with(errc::refused, signed_by(weak.get(), R"({"alg":"RS256","kid":"r"})"),
                          set_of(rsa_jwk(weak.get(), ""))));
}

// Goal: alg=none, in whatever case, and HMACs with the public key as the secret are nothing.
BOOST_AUTO_TEST_CASE(no_signature_and_public_keys_as_secrets)
{
    const PrivateKey rsa{EVP_RSA_gen(2048)};
    const auto jwk = rsa_jwk(rsa.get(), "");
    const auto set = set_of(jwk);
    for (const auto* none : {"none", "None", "NONE", "nOnE", "", "HS256 "})
        for (const auto* end : {".", ".AAAA"})
            BOOST_TEST(
                !open_jws(head_and_claims(R"({"alg":")" + std::string{none} + "\"}") + end, set));
    const auto text = head_and_claims(R"({"alg":"HS256","kid":"r"})");
    for (const auto& secret : {set, jwk, number_of(rsa.get(), OSSL_PKEY_PARAM_RSA_N)}) {
        const auto mac = hmac(Hash::sha256, secret, text);
        BOOST_TEST(fails_with(errc::refused, text + "." + base64url(mac.view()), set));
    }
    const auto symmetric = set_of(R"({"kty":"oct","kid":"r","k":"c2VjcmV0"})");
    const auto mac = hmac(Hash::sha256, "secret", text);
    BOOST_TEST(!open_jws(text + "." + base64url(mac.view()), symmetric));
}

// Goal: a token cannot bring its own key, nor ask for what we do not know.
BOOST_AUTO_TEST_CASE(headers_that_are_refused)
{
    const PrivateKey rsa{EVP_RSA_gen(2048)};
    const PrivateKey own{EVP_RSA_gen(2048)};
    const auto set = set_of(rsa_jwk(rsa.get(), ""));
    const auto jwk = rsa_jwk(own.get(), "");
    for (const auto& more :
         {R"(,"jwk":)" + jwk, std::string{R"(,"jku":"https://evil.example/jwks")"},
          std::string{R"(,"x5u":"https://e/c")"}})
        BOOST_TEST(
            !open_jws(signed_by(own.get(), R"({"alg":"RS256","kid":"r")" + more + "}"), set));
    for (const std::string more : {R"(,"crit":["b64"],"b64":false)", R"(,"crit":[])",
                                   R"(,"typ":"logout+jwt")", R"(,"typ":"at+jwt")"})
        BOOST_TEST(
            !open_jws(signed_by(rsa.get(), R"({"alg":"RS256","kid":"r")" + more + "}"), set));
    BOOST_TEST(is_good(signed_by(rsa.get(), R"({"alg":"RS256","kid":"r","typ":"JWT"})"), set));
}

BOOST_AUTO_TEST_SUITE_END()
