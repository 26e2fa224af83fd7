#include "signing/keys/secrets.hpp"

#include "signing/schemes/scheme_traits.hpp"
#include "tests/signing/oracle.hpp"
#include "tests/signing/support.hpp"

#include <algorithm>

namespace katydid::signing {

using namespace test;

BOOST_AUTO_TEST_SUITE(signing_secrets)

namespace {

constexpr Timestamp now{milliseconds{1'750'000'000'000}};

/// Signs as the endpoint handler does and verifies as a receiver would.
Verdict sent_and_received(const Scheme& made_for, const Secret& secret, const Secret& receivers)
{
    const std::string body = R"({"id":"1","type":"a.b"})";
    SignInput input;
    input.url = "https://hub.example/hook";
    input.id = "evt_1";
    input.event_type = "a.b";
    input.content_type = "application/json";
    input.body = body;
    KeyRing ring;
    ring.keys.push_back({key_id(1), secret, {}, {}});
    auto headers = sign(made_for, input, ring, now);
    BOOST_REQUIRE_MESSAGE(headers.has_value(),
                          (headers.has_error() ? headers.error().message : ""));
    headers->push_back({"Content-Type", "application/json"});
    KeyRing theirs;
    theirs.keys.push_back({key_id(1), receivers, {}, {}});
    return verify(made_for, {"POST", "/hook", input.url, *headers, body}, theirs, now);
}

}  // namespace

// Goal: of every scheme that is said to sign, a generated secret signs what the scheme accepts.
BOOST_AUTO_TEST_CASE(generated_secrets_sign)
{
    std::size_t tried = 0;
    for (const auto& name : signing_scheme_names()) {
        const auto found = scheme(name);
        const auto made = make_secret(*found, KeyUse::sign);
        if (!made) continue;  // RSA, ECDSA and raw Ed25519 keys are brought along
        BOOST_TEST_CONTEXT(name)
        {
            BOOST_TEST(check_secret(*found, made->secret, KeyUse::sign).has_value());
            const auto& receivers = made->public_key.empty() ? made->secret
                                                             : Secret{made->public_key};
            accepted(sent_and_received(*found, made->secret, receivers));
            ++tried;
        }
    }
    BOOST_TEST(tried > 60U);
    for (const auto* needed : {"standard-webhooks", "standard-webhooks-v1a", "stripe", "github",
                               "atlvs", "grasshopper", "rfc9421"})
        BOOST_TEST(std::ranges::count(signing_scheme_names(), needed) == 1, needed);
}

// Goal: schemes that only verify say why.
BOOST_AUTO_TEST_CASE(some_only_verify)
{
    for (const auto* name : {"aws-sns", "paypal", "google-pubsub", "plaid", "mailgun", "twilio",
                             "event-grid", "linear"})
        BOOST_TEST(!why_it_cannot_sign(*scheme(name)).empty(), name);
}

// Goal: a secret that the scheme could never use is refused before it is kept, and not echoed.
BOOST_AUTO_TEST_CASE(unfit_secrets)
{
    const auto check = [](const char* name, const char* secret, KeyUse use) {
        return check_secret(*scheme(name), Secret{secret}, use);
    };
    constexpr auto verify = KeyUse::verify;
    constexpr auto sign = KeyUse::sign;
    BOOST_TEST(check("github", "any text", verify).has_value());
    BOOST_TEST(
        check("standard-webhooks", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", sign).has_value());
    for (const auto& [name, secret, use] : {std::tuple{"github", "", verify},
                                            {"standard-webhooks", "not base64!", sign},
                                            {"authorize-net", "not hex", verify},
                                            {"discord", "00ff", verify},
                                            {"sendgrid", "AAAA", verify},
                                            {"standard-webhooks-v1a", "whsec_AAAA", sign}}) {
        const auto checked = check(name, secret, use);
        BOOST_TEST_CONTEXT(name)
        {
            BOOST_TEST_REQUIRE(checked.has_error());
            if (*secret != '\0')
                BOOST_TEST(checked.error().message.find(secret) == std::string::npos);
        }
    }
}

// Goal: a secret that anybody could guess is none, however it is written.
BOOST_AUTO_TEST_CASE(guessable_secrets)
{
    for (const auto& [name, secret] : {std::pair{"github", "a"},
                                       {"github", "abc"},
                                       {"gitlab", "x"},
                                       {"stripe", "1"},
                                       {"atlvs", "s"},
                                       {"standard-webhooks", "whsec_AAAA"}}) {
        const auto checked = check_secret(*scheme(name), Secret{secret}, KeyUse::verify);
        BOOST_TEST_REQUIRE(checked.has_error(), name);
        BOOST_TEST(checked.error().message.find("too short") != std::string::npos);
    }
    BOOST_TEST(check_secret(*scheme("github"), Secret{"abcd"}, KeyUse::verify).has_value());
}

// Goal: what surrounds a secret is taken away; what is left and looks wrong has words.
BOOST_AUTO_TEST_CASE(secrets_as_they_are_written)
{
    BOOST_TEST(read_secret("\xEF\xBB\xBF \ta b\r\n").text() == "a b");
    BOOST_TEST(read_secret(" \n").empty());
    BOOST_TEST(read_secret("\n\xEF\xBB\xBF\xC2\xA0 ab\xC3\xA9\xE2\x80\x8B\r\n\xE3\x80\x80").text()
               == "ab\xC3\xA9");
    BOOST_TEST(read_secret("\xE2\x80\x8B\xE2\x80\x8B\xE2\x80\xA8").empty());
    BOOST_TEST(read_secret("").empty());
    for (const auto& [secret, words] : {std::pair{"\"abcd\"", "quotes"},
                                        {"'abcd'", "quotes"},
                                        {"abcd\\n", "line end"},
                                        {"ab cd", "white space"},
                                        {"ab\ncd", "white space"},
                                        {"abcd\xC2\xA0", "cannot be seen"},
                                        {"ab\xE2\x80\x8B"
                                         "cd",
                                         "cannot be seen"},
                                        {"ab\x01"
                                         "cd",
                                         "cannot be seen"}})
        BOOST_TEST(secret_doubt(secret).find(words) != std::string::npos, secret);
    for (const auto* good :
         {"", "abcd", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "a\"b", "user:pass",
          "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----"})
        BOOST_TEST(secret_doubt(good) == "", good);
}

// Goal: the public half verifies, does not sign, and is known from the private one.
BOOST_AUTO_TEST_CASE(public_halves)
{
    const auto v1a = scheme("standard-webhooks-v1a");
    const auto made = make_secret(*v1a, KeyUse::sign);
    BOOST_TEST_REQUIRE(made.has_value());
    BOOST_TEST(public_key_of(made->secret) == made->public_key);
    BOOST_TEST(public_key_of(Secret{made->public_key}) == "");
    BOOST_TEST(public_key_of(Secret{"whsec_AAAA"}) == "");
    BOOST_TEST(check_secret(*v1a, Secret{made->public_key}, KeyUse::verify).has_value());
    BOOST_TEST(check_secret(*v1a, Secret{made->public_key}, KeyUse::sign).has_error());
}

// Goal: a source that needs the provider's key is not given a made-up one.
BOOST_AUTO_TEST_CASE(not_everything_can_be_made)
{
    for (const auto* name : {"discord", "sendgrid", "aws-sns", "paypal", "google-pubsub"})
        BOOST_TEST(make_secret(*scheme(name), KeyUse::verify).has_error(), name);
    for (const auto* name : {"github", "stripe", "standard-webhooks", "gitlab", "authorize-net"})
        BOOST_TEST(make_secret(*scheme(name), KeyUse::verify).has_value(), name);
}

// Goal: what a hub asks before it sets a source up.
BOOST_AUTO_TEST_CASE(traits)
{
    const auto plain = traits_of(*scheme("stripe"));
    BOOST_TEST((!plain.fetches_key && !plain.answers_post && !plain.signs_url
                && !plain.has_own_answers && plain.handshake_methods.empty()));
    BOOST_TEST(traits_of(*scheme("paypal")).checks_chain);
    BOOST_TEST(traits_of(*scheme("aws-sns")).fetches_key);
    BOOST_TEST(traits_of(*scheme("slack")).answers_post);
    BOOST_TEST(traits_of(*scheme("asana")).receives_key);
    BOOST_TEST(traits_of(*scheme("twilio")).signs_url);
    BOOST_TEST(traits_of(*scheme("meta")).handshake_methods.size() == 1U);
    BOOST_TEST(traits_of(*scheme("adyen")).has_own_answers);
    BOOST_TEST(name_fault("my-provider-2").empty());
    for (const auto* bad : {"", "stripe", "My", "a_b", "-a", "a-", "a/b", "ü"})
        BOOST_TEST(!name_fault(bad).empty(), bad);
}

std::vector<SchemePtr> schemes_of(const std::vector<std::string>& names)
{
    std::vector<SchemePtr> found;
    for (const auto& name : names) found.push_back(scheme(name));
    return found;
}

/// Which of a source's keys its first scheme may use.
std::string keys_of_first(const std::vector<std::string>& names,
                          const std::vector<std::string>& secrets)
{
    const auto schemes = schemes_of(names);
    const auto keys = keys_for(*schemes.front(), schemes,
                               std::make_shared<const KeyRing>(ring(secrets)));
    std::string numbers;
    for (const auto& key : keys->keys) numbers += std::to_string(key.id.bytes()[15]);
    return numbers;
}

// Goal: what one scheme of a source takes for a public key is no shared secret for another one.
BOOST_AUTO_TEST_CASE(a_key_belongs_to_a_kind)
{
    const auto pair = oracle::make_ed25519();
    const auto discord = oracle::hex(oracle::raw_ed25519(pair));
    const auto telnyx = oracle::base64(oracle::raw_ed25519(pair));
    const auto p256 = oracle::base64(oracle::make_p256().public_der);
    const std::string shared = "a shared secret";
    BOOST_TEST(keys_of_first({"atlvs", "discord"}, {discord, shared}) == "2");
    BOOST_TEST(keys_of_first({"discord", "atlvs"}, {discord, shared}) == "12");
    BOOST_TEST(keys_of_first({"stripe", "github"}, {shared, discord}) == "12");
    BOOST_TEST(keys_of_first({"gitlab", "telnyx"}, {telnyx, shared}) == "2");
    BOOST_TEST(keys_of_first({"github", "sendgrid"}, {p256, shared}) == "2");
    BOOST_TEST(keys_of_first({"svix", "standard-webhooks"}, {"whpk_" + telnyx, "whsec_AAAA"})
               == "2");
    BOOST_TEST(keys_of_first({"standard-webhooks", "discord"}, {"whpk_" + telnyx, discord}) == "1");
    BOOST_TEST(keys_of_first({"atlvs", "aws-sns"}, {"arn:aws:sns:us-east-1:1:t", shared}) == "2");
    BOOST_TEST(keys_of_first({"atlvs", "google-pubsub"}, {"https://hub.example"}) == "");
    BOOST_TEST(keys_of_first({"atlvs"}, {discord}) == "1");
}

// Goal: what is written as a public key never makes a MAC, in a source with one scheme too.
BOOST_AUTO_TEST_CASE(public_keys_are_no_secrets)
{
    const auto pem = oracle::make_rsa().public_pem;
    for (const auto& secret : {pem, std::string{"whpk_AAAA"}}) {
        Request request;
        request.body = "{}";
        request.headers = {
            {"X-Webhook-Signature", oracle::hex(oracle::hmac("SHA256", secret, request.body))}};
        BOOST_TEST(reason_of(verify(*scheme("atlvs"), request.view(), ring({secret}), at_unix(1)))
                       .has_value());
        BOOST_TEST(!check_secret(*scheme("atlvs"), Secret{secret}, KeyUse::verify));
    }
}

// Goal: values that others know share no source with shared secrets.
BOOST_AUTO_TEST_CASE(schemes_that_cannot_share_a_source)
{
    BOOST_TEST(mix_fault(schemes_of({"google-pubsub", "atlvs"})) != "");
    BOOST_TEST(mix_fault(schemes_of({"github", "paypal"})) != "");
    BOOST_TEST(mix_fault(schemes_of({"aws-sns", "github"})) == "");
    BOOST_TEST(mix_fault(schemes_of({"discord", "atlvs"})) == "");
    BOOST_TEST(mix_fault(schemes_of({"paypal"})) == "");
    BOOST_TEST(mix_fault(schemes_of({"google-pubsub", "discord"})) == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace katydid::signing
