// The schemes of the two platforms, Standard Webhooks, GitHub and Stripe, case by case.
#include "signing/algorithms/digest.hpp"
#include "hub/core/codec/encoding.hpp"
#include "tests/signing/support.hpp"

namespace katydid::signing {

using namespace test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(signing_platforms)

/// The vector of the specification.
Request standard_vector()
{
    Request request;
    request.headers = {{"webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"},
                       {"Webhook-Timestamp", "1614265330"},
                       {"webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}};
    request.body = R"({"test": 2432232314})";
    return request;
}

const std::string standard_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const Timestamp standard_time = at_unix(1'614'265'330);

// Goal: the published vector of Standard Webhooks is accepted, with and without the prefix of
// the secret, and among other signatures and other keys.
BOOST_AUTO_TEST_CASE(standard_webhooks_vector)
{
    Request request = standard_vector();
    const auto standard = scheme("standard-webhooks");
    const auto verified = accepted(
        verify(*standard, request.view(), ring({standard_secret}), standard_time));
    BOOST_TEST(verified.event_id == "msg_p5jXN8AQM9LWM0D4loKWxJek");
    BOOST_TEST(verified.event_type == "");
    BOOST_TEST((verified.key == key_id(1)));
    accepted(verify(*standard, request.view(), ring({standard_secret.substr(6)}), standard_time));

    request.headers = with(request.headers, "webhook-signature",
                           "v2,AAAA v1,AAAA "
                               + std::string{header_value(request.headers, "webhook-signature")}
                               + " v1a,AAAA");
    const auto second = accepted(
        verify(*standard, request.view(), ring({"whsec_AAAA", standard_secret}), standard_time));
    BOOST_TEST((second.key == key_id(2)));
}

// Goal: everything that is not exactly the signed request is refused, with the right reason.
BOOST_AUTO_TEST_CASE(standard_webhooks_refusals)
{
    const auto standard = scheme("standard-webhooks");
    const Request good = standard_vector();
    const auto check = [&](RefusalReason reason, Headers headers) {
        Request request = good;
        request.headers = std::move(headers);
        check_refused(verify(*standard, request.view(), ring({standard_secret}), standard_time),
                      reason);
    };
    using enum RefusalReason;
    const auto& h = good.headers;
    Headers doubled = h;
    doubled.push_back(h[2]);
    check(signature_duplicated, doubled);
    doubled = h;
    doubled.push_back(h[1]);
    check(signature_duplicated, doubled);
    doubled = h;
    doubled.push_back(h[0]);
    check(signature_duplicated, doubled);
    check(signature_missing, without(h, "webhook-signature"));
    check(signature_missing, with(h, "webhook-signature", ""));
    check(signature_malformed,
          with(h, "webhook-signature", "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    check(signature_malformed,
          with(h, "webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE"));
    check(signature_malformed, with(h, "webhook-signature", std::string(20'000, 'v')));
    check(signature_wrong,
          with(h, "webhook-signature", "v1,h0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    check(signature_wrong, with(h, "webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJE"));
    check(timestamp_missing, without(h, "webhook-timestamp"));
    for (const auto* bad :
         {"+1614265330", "-1", "1614265330.0", "1e9", " 1", "0x5", "9999999999999999"})
        check(timestamp_malformed, with(h, "webhook-timestamp", bad));
    check(timestamp_old, with(h, "webhook-timestamp", "1614265029"));
    check(timestamp_future, with(h, "webhook-timestamp", "1614265631"));
    check(id_malformed, without(h, "webhook-id"));
    check(id_malformed, with(h, "webhook-id", "msg_1.2"));
    check(signature_wrong, with(h, "webhook-id", "msg_2"));
}

// Goal: a ninth signature is over the limit: the request is refused, and nothing of it is cut.
BOOST_AUTO_TEST_CASE(eight_signatures_at_most)
{
    const auto standard = scheme("standard-webhooks");
    Request request = standard_vector();
    const std::string right{header_value(request.headers, "webhook-signature")};
    std::string seven;
    for (int i = 0; i < 7; ++i) seven += "v1,AAAA ";
    request.headers = with(request.headers, "webhook-signature", seven + right);
    accepted(verify(*standard, request.view(), ring({standard_secret}), standard_time));
    request.headers = with(request.headers, "webhook-signature", right + " " + seven + "v1,AAAA");
    check_refused(verify(*standard, request.view(), ring({standard_secret}), standard_time),
                  RefusalReason::over_limit);
}

// Goal: a key counts only between its times, and only eight of them; an unreadable one is named.
BOOST_AUTO_TEST_CASE(active_keys_only)
{
    const auto standard = scheme("standard-webhooks");
    const Request request = standard_vector();
    KeyRing keys = ring({standard_secret});
    keys.keys[0].not_after = standard_time;
    check_refused(verify(*standard, request.view(), keys, standard_time),
                  RefusalReason::no_active_key);
    keys.keys[0].not_after = standard_time + 1ms;
    keys.keys[0].not_before = standard_time;
    accepted(verify(*standard, request.view(), keys, standard_time));
    keys.keys[0].not_before = standard_time + 1ms;
    check_refused(verify(*standard, request.view(), keys, standard_time),
                  RefusalReason::no_active_key);
    check_refused(verify(*standard, request.view(), KeyRing{}, standard_time),
                  RefusalReason::no_active_key);
    check_refused(verify(*standard, request.view(), ring({"whsec_!"}), standard_time),
                  RefusalReason::key_undecodable);
    check_refused(verify(*standard, request.view(), ring({"whsec_", ""}), standard_time),
                  RefusalReason::key_undecodable);
    std::vector<std::string> many(8, "whsec_AAAA");
    many.push_back(standard_secret);
    check_refused(verify(*standard, request.view(), ring(many), standard_time),
                  RefusalReason::signature_wrong);
}

// Goal: what we sign by Standard Webhooks is what the specification's vector says, one signature
// per active key.
BOOST_AUTO_TEST_CASE(standard_webhooks_signing)
{
    const auto standard = scheme("standard-webhooks");
    const SignInput input{"POST", "https://x.example/", "msg_p5jXN8AQM9LWM0D4loKWxJek",
                          "t",    "application/json",   R"({"test": 2432232314})"};
    const auto headers = sign(*standard, input, ring({standard_secret, "whsec_AAAA"}),
                              standard_time);
    BOOST_TEST_REQUIRE(headers.has_value());
    BOOST_TEST(header_value(*headers, "webhook-id") == input.id);
    BOOST_TEST(header_value(*headers, "webhook-timestamp") == "1614265330");
    BOOST_TEST(header_value(*headers, "webhook-signature")
                   .starts_with("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v1,"));
    BOOST_TEST(sign(*standard, input, KeyRing{}, standard_time).has_error());
    BOOST_TEST(sign(*standard, input, ring({"whsec_*"}), standard_time).has_error());
    SignInput dotted = input;
    dotted.id = "a.b";
    BOOST_TEST(sign(*standard, dotted, ring({standard_secret}), standard_time).has_error());
}

// Goal: v1a signs with the private key; the public key verifies it, another one does not, and
// one header carries v1 and v1a side by side.
BOOST_AUTO_TEST_CASE(standard_webhooks_ed25519)
{
    const auto standard = scheme("standard-webhooks");
    const KeyPair pair = generate_key_pair();
    const SignInput input{"POST", "https://x.example/", "msg_1",
                          "t",    "application/json",   R"({"type":"a.b"})"};
    const auto headers = sign(*standard, input,
                              ring({std::string{pair.private_key.text()}, standard_secret}),
                              standard_time);
    BOOST_TEST_REQUIRE(headers.has_value());
    const auto signature = header_value(*headers, "webhook-signature");
    BOOST_TEST(signature.starts_with("v1a,"));
    BOOST_TEST(signature.find(" v1,") != std::string_view::npos);

    Request request;
    request.headers = *headers;
    request.body = std::string{input.body};
    BOOST_TEST(accepted(verify(*standard, request.view(), ring({pair.public_key}), standard_time))
                   .event_type
               == "a.b");
    accepted(verify(*standard, request.view(), ring({std::string{pair.private_key.text()}}),
                    standard_time));
    accepted(verify(*standard, request.view(), ring({standard_secret}), standard_time));
    check_refused(
        verify(*standard, request.view(), ring({generate_key_pair().public_key}), standard_time),
        RefusalReason::signature_wrong);
    request.body += ' ';
    check_refused(verify(*standard, request.view(), ring({pair.public_key}), standard_time),
                  RefusalReason::signature_wrong);
    BOOST_TEST(sign(*standard, input, ring({pair.public_key}), standard_time).has_value() == false);
}

std::string hex_hmac(std::string_view secret, std::string_view body)
{
    return encode(Encoding::hex, hmac(Hash::sha256, secret, body).view());
}

// Goal: ATLVS: type and id from the body, from the headers where the body has none.
BOOST_AUTO_TEST_CASE(atlvs_requests)
{
    const auto atlvs = scheme("atlvs");
    Request request;
    request.body = R"({"id":"6b1f","name":"resource.updated","occurredAt":"x","payload":{}})";
    request.headers = {{"X-Webhook-Signature", hex_hmac("k", request.body)},
                       {"X-Webhook-Id", "other"}};
    auto verified = accepted(verify(*atlvs, request.view(), ring({"k"}), standard_time));
    BOOST_TEST(verified.event_type == "resource.updated");
    BOOST_TEST(verified.event_id == "6b1f");

    request.body = "{}";
    request.headers = {{"X-Webhook-Signature", hex_hmac("k", request.body)},
                       {"X-Webhook-Id", "42"},
                       {"X-Webhook-Event", "a.b"}};
    verified = accepted(verify(*atlvs, request.view(), ring({"k"}), standard_time));
    BOOST_TEST(verified.event_type == "a.b");
    BOOST_TEST(verified.event_id == "42");
}

// Goal: the first scheme whose header is there is the one to try.
BOOST_AUTO_TEST_CASE(mentioned_schemes)
{
    const Headers headers{{"x-atlvs-signature", "00"}};
    BOOST_TEST(!mentions(*scheme("atlvs"), headers));
    BOOST_TEST(mentions(*scheme("grasshopper"), headers));
}

// Goal: Grasshopper's envelope has no id: what was signed is known again, and nothing more.
BOOST_AUTO_TEST_CASE(grasshopper_requests)
{
    const auto grasshopper = scheme("grasshopper");
    Request request;
    request.body = R"({"event":"resource.updated","data":{},"timestamp":"x"})";
    request.headers = {{"x-atlvs-signature", hex_hmac("k", request.body)}};
    const auto verified = accepted(
        verify(*grasshopper, request.view(), ring({"k"}), standard_time));
    BOOST_TEST(verified.event_type == "resource.updated");
    BOOST_TEST(verified.event_id == "");
    BOOST_TEST(encode(Encoding::hex, verified.request_hash.view()) == sha256_hex(request.body));
    BOOST_TEST(!verified.time_signed);
    const auto headers = sign(*grasshopper, {"POST", "", "evt_1", "", "", request.body},
                              ring({"k", "old"}), standard_time);
    BOOST_TEST_REQUIRE(headers.has_value());
    BOOST_TEST((*headers == Headers{{"X-ATLVS-Signature", hex_hmac("k", request.body)}}));
}

// Goal: a body that is no JSON is named malformed only after a good signature; trailing bytes and
// bad UTF-8 included.
BOOST_AUTO_TEST_CASE(malformed_bodies)
{
    const auto atlvs = scheme("atlvs");
    const std::array<std::string, 4> bodies{"", "no json", "{} x", "{\"name\":\"\xff\"}"};
    for (const auto& body : bodies) {
        Request request;
        request.body = body;
        request.headers = {{"X-Webhook-Signature", hex_hmac("k", body)}};
        check_refused(verify(*atlvs, request.view(), ring({"k"}), standard_time),
                      RefusalReason::body_malformed);
        check_refused(verify(*atlvs, request.view(), ring({"x"}), standard_time),
                      RefusalReason::signature_wrong);
    }
}

// Goal: GitHub's published vector; type and id come from its headers; the body is never parsed.
BOOST_AUTO_TEST_CASE(github_vector)
{
    Request request;
    request.body = "Hello, World!";
    request.headers = {{"X-Hub-Signature-256",
                        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"},
                       {"X-GitHub-Event", "push"},
                       {"X-GitHub-Delivery", "72d3162e"}};
    const auto verified = accepted(verify(*scheme("github"), request.view(),
                                          ring({"It's a Secret to Everybody"}), standard_time));
    BOOST_TEST(verified.event_type == "push");
    BOOST_TEST(verified.event_id == "72d3162e");
    request.headers = with(request.headers, "X-Hub-Signature-256",
                           "757107ea0eb2509fc211221cce984b8a37570b6d");
    check_refused(verify(*scheme("github"), request.view(), ring({"x"}), standard_time),
                  RefusalReason::signature_malformed);
}

// Goal: Stripe's list: any v1 counts, v0 does not, the timestamp is the one in the list.
BOOST_AUTO_TEST_CASE(stripe_list)
{
    const auto stripe = scheme("stripe");
    Request request;
    request.body
        = R"({"id":"evt_1","type":"charge.succeeded","data":{"object":{"customer":"cus_9"}}})";
    const std::string good = hex_hmac("whsec_x", "1614265330." + request.body);
    const auto with_header = [&](const std::string& text) {
        request.headers = {{"Stripe-Signature", text}};
        return verify(*stripe, request.view(), ring({"whsec_x"}), standard_time);
    };
    const auto verified = accepted(with_header("t=1614265330,v1=00,v1=" + good + ",v0=11"));
    BOOST_TEST(verified.event_id == "evt_1");
    BOOST_TEST(verified.event_type == "charge.succeeded");
    BOOST_TEST(verified.subject == "cus_9");
    check_refused(with_header("t=1614265330,v0=" + good), RefusalReason::signature_malformed);
    check_refused(with_header("v1=" + good), RefusalReason::timestamp_missing);
    check_refused(with_header("t=1614265330,t=1614265331,v1=" + good),
                  RefusalReason::signature_duplicated);
    check_refused(with_header("t=1614265331,v1=" + good), RefusalReason::signature_wrong);
    check_refused(with_header("t=1614260000,v1=" + good), RefusalReason::timestamp_old);
    const auto headers = sign(*stripe, {"POST", "", "", "", "", request.body}, ring({"whsec_x"}),
                              standard_time);
    BOOST_TEST_REQUIRE(headers.has_value());
    BOOST_TEST(header_value(*headers, "Stripe-Signature") == "t=1614265330,v1=" + good);
}

// Goal: Slack's documented example: a slash command, which is a form.
BOOST_AUTO_TEST_CASE(slack_vector)
{
    Request request;
    request.body
        = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
          "&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
          "&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands"
          "%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
          "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    request.headers = {{"X-Slack-Request-Timestamp", "1531420618"},
                       {"X-Slack-Signature",
                        "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"}};
    accepted(verify(*scheme("slack"), request.view(), ring({"8f742231b10e8888abcd99yyyzzz85a5"}),
                    at_unix(1'531'420'618)));
}

// Goal: Twilio's documented examples, old and new; a port in the URL makes no difference.
BOOST_AUTO_TEST_CASE(twilio_vector)
{
    const auto check = [](const std::string& number, const std::string& signature) {
        Request request;
        request.body = "CallSid=CA1234567890ABCDE&Caller=%2B" + number + "&Digits=1234&From=%2B"
                       + number + "&To=%2B18005551212";
        request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                           {"X-Twilio-Signature", signature}};
        for (const auto* host : {"mycompany.com", "mycompany.com:443"}) {
            request.url = "https://" + std::string{host} + "/myapp.php?foo=1&bar=2";
            accepted(verify(*scheme("twilio"), request.view(), ring({"12345"}), standard_time));
        }
    };
    check("14158675309", "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
    check("12349013030", "0/KCTR6DLpKmkAf8muzZqo1nDgQ=");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace katydid::signing
