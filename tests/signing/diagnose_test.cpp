#include "tests/signing/oracle.hpp"
#include "tests/signing/support.hpp"

namespace katydid::signing {

using namespace test;

BOOST_AUTO_TEST_SUITE(signing_diagnose)

const Timestamp now = at_unix(1'750'000'000);

/// The diagnosis of a request that must be refused.
std::string diagnosis(const SchemePtr& scheme, const Request& request, const KeyRing& keys)
{
    auto verdict = verify(*scheme, request.view(), keys, now);
    BOOST_TEST_REQUIRE(std::holds_alternative<Refusal>(verdict));
    const Refusal plain = std::get<Refusal>(verdict);
    const Refusal better = diagnose(*scheme, request.view(), keys, now, plain);
    BOOST_TEST(better.reason == plain.reason);
    BOOST_TEST(better.diagnosis.starts_with(plain.diagnosis));
    return better.diagnosis;
}

void check_says(const std::string& text, const std::string& expected)
{
    BOOST_TEST(text.find(expected) != std::string::npos,
               "\"" << text << "\" does not say \"" << expected << "\"");
}

Request github(const std::string& header, const std::string& body)
{
    Request request;
    request.headers = {{"X-Hub-Signature-256", header}};
    request.body = body;
    return request;
}

const std::string body = R"({"a": 1})";
const std::string mac = oracle::hmac("SHA256", "k", body);

// Goal: what was not tried is said, and why.
// Regression: a Discord request of 61 bytes was "too large to try what usually goes wrong".
BOOST_AUTO_TEST_CASE(limit_of_work)
{
    Request request;
    request.headers = {{"X-Signature-Ed25519", std::string(128, '1')},
                       {"X-Signature-Timestamp", "1750000000"}};
    request.body = R"({"type": 1})";
    check_says(diagnosis(scheme("discord"), request, ring({std::string(64, '2')})),
               "either the secret is another one, or the body was changed on the way; it takes too "
               "much work");
    const auto large = github("sha256=" + oracle::hex(mac), std::string(600'000, 'x'));
    check_says(diagnosis(scheme("github"), large, ring({"k"})), "the request is too large to try");
}

// Goal: the usual mistakes around the signature's text and the secret are named.
BOOST_AUTO_TEST_CASE(signature_and_secret)
{
    const auto hub = scheme("github");
    check_says(diagnosis(hub, github("sha256=" + oracle::base64(mac), body), ring({"k"})),
               "encoded as base64, the scheme expects hex");
    check_says(diagnosis(hub, github(oracle::hex(mac), body), ring({"k"})),
               "lacks the prefix sha256=");
    check_says(diagnosis(hub, github("sha256=" + oracle::hex(mac), body), ring({"k\n"})),
               "white space around it");
    check_says(diagnosis(hub, github("sha256=" + oracle::hex(mac), body), ring({"other"})),
               "either the secret is another one");
    check_says(diagnosis(hub,
                         github("sha256=" + oracle::hex(oracle::hmac("SHA1", "k", body)), body),
                         ring({"k"})),
               "hashes with SHA-1");
    check_says(
        diagnosis(hub, github("sha256=" + oracle::hex(mac), body), ring({oracle::base64("k")})),
        "the secret decoded from base64");

    KeyRing keys = ring({"k", "new"});
    keys.keys[0].not_after = now;
    check_says(diagnosis(hub, github("sha256=" + oracle::hex(mac), body), keys),
               key_id(1).to_string() + ", which expired at 2025-06-15T15:06:40.000Z");
}

// Goal: changes of the body on the way are named.
BOOST_AUTO_TEST_CASE(changed_bodies)
{
    const auto hub = scheme("github");
    const auto check = [&](const std::string& was, const std::string& is,
                           const std::string& expected) {
        const std::string header = "sha256=" + oracle::hex(oracle::hmac("SHA256", "k", was));
        check_says(diagnosis(hub, github(header, is), ring({"k"})), expected);
    };
    check("{}\n", "{}", "a line end was cut off");
    check("{}", "{}\n", "a line end was added");
    check("{\r\n}", "{\n}", "line ends were converted");
    check(R"({"a":1})", R"({ "a": 1 })", "parsed and written anew");
}

// Goal: a wrong unit of the timestamp, a stale one, and one of another format.
BOOST_AUTO_TEST_CASE(timestamps)
{
    const auto stripe = scheme("stripe");
    const auto with_time = [&](const std::string& time) {
        Request request;
        request.body = body;
        request.headers = {
            {"Stripe-Signature",
             "t=" + time + ",v1=" + oracle::hex(oracle::hmac("SHA256", "k", time + "." + body))}};
        return diagnosis(stripe, request, ring({"k"}));
    };
    check_says(with_time("1750000000000"),
               "written in Unix milliseconds, the scheme expects Unix seconds");
    check_says(with_time("2025-06-15T15:06:40Z"), "written in RFC 3339");
    const auto stale = with_time("1749999588");
    check_says(stale, "the timestamp is 412 s old, 300 s are allowed");
    check_says(stale, "the signature itself is good");
}

// Goal: a missing header is explained by the ones that are there.
BOOST_AUTO_TEST_CASE(other_scheme)
{
    Request request;
    request.headers = {{"webhook-signature", "v1,AAAA"}};
    check_says(diagnosis(scheme("github"), request, ring({"k"})), "standard-webhooks");
}

// Goal: a URL that a proxy rewrote, and a key that cannot be decoded.
BOOST_AUTO_TEST_CASE(url_and_key)
{
    Request request;
    request.body = R"({"event_id":"1","type":"t"})";
    request.headers = {
        {"x-square-hmacsha256-signature",
         oracle::base64(
             oracle::hmac("SHA256", "k", "https://shop.example/api/webhooks/test" + request.body))},
        {"X-Forwarded-Host", "shop.example"}};
    check_says(diagnosis(scheme("square"), request, ring({"k"})),
               "the sender signed https://shop.example/api/webhooks/test");

    Request standard;
    standard.headers = {
        {"webhook-id", "1"}, {"webhook-timestamp", "1750000000"}, {"webhook-signature", "v1,AAAA"}};
    check_says(diagnosis(scheme("standard-webhooks"), standard, ring({"whsec_***"})),
               "base64, after whpk_");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace katydid::signing
