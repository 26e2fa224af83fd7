#include "hub/cli/listen/webhook.hpp"

#include "hub/cli/client/session.hpp"
#include "hub/cli/listen/sign_anew.hpp"
#include "signing/verify.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::cli;

BOOST_AUTO_TEST_SUITE(cli_listen_webhook)

// Goal: the exact bytes, in both ways that they are written.
BOOST_AUTO_TEST_CASE(payload_bytes)
{
    const auto text = read_webhook(boost::json::parse(
        R"({"type":"delivery","delivery":"dlv_1","attempt":2,"event":{"id":"evt_1","type":"a.b",)"
        R"("source":"stripe"},"headers":[["X-A","1"],["X-A","2"]],"payload":"{ \"a\":1}\n"})"));
    BOOST_TEST(text.payload == "{ \"a\":1}\n");
    BOOST_TEST(text.attempt == 2U);
    BOOST_TEST(text.headers.size() == 2U);
    const auto bytes = read_webhook(
        boost::json::parse(R"({"delivery":"dlv_1","event":{},"payload_base64":"/wA="})"));
    BOOST_TEST((bytes.payload == std::string{"\xff\0", 2}));
}

// Goal: each way to write a forward, and what is refused.
BOOST_AUTO_TEST_CASE(forwards)
{
    struct Row {
        const char* text;
        const char* pattern;
        const char* url;
    };
    constexpr Row rows[] = {
        {"http://localhost:3000/a?b=c", "*", "http://localhost:3000/a?b=c"},
        {"order.*=http://127.0.0.1/x", "order.*", "http://127.0.0.1/x"},
        {"3000", "*", "http://localhost:3000"},
        {"3000/hooks", "*", "http://localhost:3000/hooks"},
        {"a.b=3000", "a.b", "http://localhost:3000"},
    };
    for (const auto& row : rows) {
        const auto forward = to_forward(row.text);
        BOOST_TEST(forward.pattern == row.pattern);
        BOOST_TEST(forward.url == row.url);
    }
    for (const auto* text :
         {"localhost:3000", "", "=http://x", "a.b=", "ftp://x", "http://", "a b=80", "in*=80"})
        BOOST_CHECK_THROW(static_cast<void>(to_forward(text)), CommandEnd);
}

// Goal: the first that fits is used.
BOOST_AUTO_TEST_CASE(first_forward_that_fits)
{
    const std::vector<Forward> forwards{{"order.*", "1"}, {"order.made", "2"}, {"*", "3"}};
    BOOST_TEST(forward_for(forwards, "order.made")->url == "1");
    BOOST_TEST(forward_for(forwards, "orders")->url == "3");
    BOOST_TEST(forward_for(std::span{forwards}.first(2), "x") == nullptr);
}

// Goal: what was edited verifies again, and has one signature.
BOOST_AUTO_TEST_CASE(signed_anew)
{
    Webhook webhook;
    webhook.headers = {{"Content-Type", "application/json"}, {"stripe-signature", "t=1,v1=00"}};
    webhook.payload = R"({"id":"evt_1","type":"x"})";
    const auto now = system_clock().now();
    const auto scheme = signing::find_scheme("stripe");
    const auto fresh = sign_anew(webhook, *scheme, "whsec_x", "", now);
    BOOST_REQUIRE(fresh);
    signing::Key key;
    key.secret = Secret{"whsec_x"};
    signing::KeyRing keys;
    keys.keys.push_back(std::move(key));
    const signing::RequestView request{"POST", "/", "", fresh->headers, fresh->payload};
    const auto verdict = signing::verify(*scheme, request, keys, now);
    BOOST_TEST(std::holds_alternative<signing::Verified>(verdict));
}

BOOST_AUTO_TEST_SUITE_END()
