#include "tests/signing/support.hpp"

#include "tests/signing/oracle.hpp"

namespace katydid::signing {

using namespace test;

BOOST_AUTO_TEST_SUITE(signing_http_signature)

/// The request of RFC 9421, appendix B.2.
Request rfc_request(const std::string& input, const std::string& signature)
{
    Request request;
    request.target = "/foo?param=Value&Pet=dog";
    request.url = "https://example.com/foo?param=Value&Pet=dog";
    request.headers = {
        {"Host", "example.com"},
        {"Date", "Tue, 20 Apr 2021 02:07:55 GMT"},
        {"Content-Type", "application/json"},
        {"Content-Digest",
         "sha-512=:WZDPaVn/"
         "7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:"},
        {"Content-Length", "18"},
        {"Signature-Input", input},
        {"Signature", signature}};
    request.body = R"({"hello": "world"})";
    return request;
}

SchemePtr covering(const std::string& components)
{
    auto loaded = load_scheme("mine", "extends = \"rfc9421\"\nhttp_signature = { covers = ["
                                          + components + "], tolerance = \"5m\" }");
    BOOST_REQUIRE_MESSAGE(loaded.has_value(), loaded.error().message);
    return *loaded;
}

const Timestamp created = at_unix(1'618'884'473);

// Goal: appendix B.2.5, HMAC-SHA256.
BOOST_AUTO_TEST_CASE(vector_b_2_5)
{
    const std::string secret = "whsec_"
                               "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHh"
                               "IDi6pcl8jsasjlTMtDQ==";
    Request request = rfc_request(
        R"(sig-b25=("date" "@authority" "content-type");created=1618884473;)"
        R"(keyid="test-shared-secret")",
        "sig-b25=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:");
    const auto mine = covering(R"("date", "@authority", "content-type")");
    accepted(verify(*mine, request.view(), ring({secret}), created));
    check_refused(verify(*mine, request.view(), ring({"whsec_AAAA"}), created),
                  RefusalReason::signature_wrong);
    check_refused(
        verify(*mine, request.view(), ring({secret}), created + std::chrono::seconds{301}),
        RefusalReason::timestamp_old);
    request.headers = with(request.headers, "Content-Type", "text/plain");
    check_refused(verify(*mine, request.view(), ring({secret}), created),
                  RefusalReason::signature_wrong);
}

// Goal: appendix B.2.6, Ed25519; the catalog's own scheme refuses it: the body is not covered.
BOOST_AUTO_TEST_CASE(vector_b_2_6)
{
    const std::string key = "whpk_JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=";
    const Request request = rfc_request(
        R"(sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");)"
        R"(created=1618884473;keyid="test-key-ed25519")",
        "sig-b26=:"
        "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
        ":");
    accepted(verify(*covering(R"("@method", "@path")"), request.view(), ring({key}), created));
    const auto verdict = verify(*scheme("rfc9421"), request.view(), ring({key}), created);
    check_refused(verdict, RefusalReason::signature_malformed);
    BOOST_TEST(diagnosis_of(verdict) == "the signature does not cover @target-uri");
}

const std::string body = R"({"type":"a.b"})";

Request sent(const Headers& headers)
{
    Request request;
    request.url = "https://x.example/hook?a=1";
    request.target = "/hook?a=1";
    request.headers = headers;
    request.headers.push_back({"Content-Type", "application/json"});
    request.body = body;
    return request;
}

// Goal: what we sign we verify, with one key of each kind, and every covered part is protected.
BOOST_AUTO_TEST_CASE(round_trip)
{
    const KeyPair pair = generate_key_pair();
    const Secret secret{"whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="};
    const SignInput input{"POST", "https://x.example/hook?a=1", "evt_1",
                          "a.b",  "application/json",           body};
    const auto headers = sign(
        *scheme("rfc9421"), input,
        ring({std::string{pair.private_key.text()}, std::string{secret.text()}}), created);
    BOOST_TEST_REQUIRE(headers.has_value());
    const Request good = sent(*headers);
    for (const auto& key : {pair.public_key, std::string{secret.text()}}) {
        const auto verify_with = [&](const Request& request) {
            return verify(*scheme("rfc9421"), request.view(), ring({key}), created);
        };
        const auto verified = accepted(verify_with(good));
        BOOST_TEST(verified.event_id == "evt_1");
        BOOST_TEST(verified.event_type == "a.b");
        const auto refused = [&](const Request& request) {
            BOOST_TEST(reason_of(verify_with(request)).has_value());
        };
        Request bad = good;
        bad.body += ' ';
        refused(bad);
        bad = good;
        bad.method = "PUT";
        refused(bad);
        bad = good;
        bad.url = "https://x.example/hook?a=2";
        refused(bad);
        for (const auto* name : {"webhook-id", "Content-Type", "Content-Digest", "Signature",
                                 "Signature-Input", "katydid-event-type"}) {
            bad = good;
            bad.headers = without(good.headers, name);
            refused(bad);
            bad.headers = with(good.headers, name, "x");
            refused(bad);
        }
        for (const auto* name : {"Signature", "Signature-Input"}) {
            bad = good;
            bad.headers.push_back({name, std::string{header_value(good.headers, name)}});
            check_refused(verify_with(bad), RefusalReason::signature_duplicated);
        }
    }
}

// Goal: ECDSA P-256 with r and s side by side.
BOOST_AUTO_TEST_CASE(ecdsa_raw)
{
    const auto pair = oracle::make_p256();
    const SignInput input{"POST", "https://x.example/hook?a=1", "evt_1",
                          "a.b",  "application/json",           body};
    const auto headers = sign(*scheme("rfc9421-ecdsa-p256"), input, ring({pair.private_pem}),
                              created);
    BOOST_TEST_REQUIRE(headers.has_value());
    const Request good = sent(*headers);
    accepted(verify(*scheme("rfc9421-ecdsa-p256"), good.view(), ring({pair.public_pem}), created));
    check_refused(verify(*scheme("rfc9421-ecdsa-p256"), good.view(),
                         ring({oracle::make_p256().public_pem}), created),
                  RefusalReason::signature_wrong);
}

// Goal: headers that cannot be read are refused, never guessed at.
BOOST_AUTO_TEST_CASE(malformed_input)
{
    const auto mine = covering(R"("@method")");
    for (const auto* input :
         {"", "sig1", "sig1=", "sig1=(", R"(sig1=("@method")", R"(sig1=("@method"created=1)",
          R"(sig1=("@method" "@method");created=1;keyid="k")",
          R"(sig1=("@method";req);created=1;keyid="k")", R"(sig1=("@method");created=-1;keyid="k")",
          R"(sig1=("@method");created=1618884473)", R"(sig1=("@method");keyid="k")",
          R"(sig1=("@Method");created=1618884473;keyid="k")",
          R"(sig1=("x\"y");created=1618884473;keyid="k")"}) {
        const Request request = rfc_request(input, "sig1=:AAAA:");
        BOOST_TEST(
            reason_of(verify(*mine, request.view(), ring({"whsec_AAAA"}), created)).has_value(),
            input);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace katydid::signing
