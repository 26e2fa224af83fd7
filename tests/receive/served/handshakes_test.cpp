// Handshakes of providers, answered by a running hub.
#include "tests/hub/running_hub.hpp"

#include "signing/algorithms/digest.hpp"
#include "hub/core/codec/encoding.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;

namespace {

/// One request and what the provider wants to see.
struct Handshake {
    const char* scheme;
    Call call;  ///< below the source's path
    unsigned status;
    std::string body;
};

std::string path_of(const char* scheme, const std::string& query)
{
    return "/api/webhooks/" + std::string{scheme} + query;
}

std::string hmac_text(Encoding encoding, std::string_view message)
{
    return encode(encoding, signing::hmac(signing::Hash::sha256, "topsecret", message).view());
}

std::vector<Handshake> unsigned_handshakes()
{
    const std::string meta = "?hub.mode=subscribe&hub.verify_token=shown&hub.challenge=1158";
    return {
        {"meta", {"GET", path_of("meta", meta), "", {}}, 200, "1158"},
        {"meta",
         {"GET",
          path_of("meta", "?hub.mode=subscribe&hub.verify_token=topsecret&hub.challenge=1"),
          "",
          {}},
         401,
         R"({"error":"Invalid webhook signature"})"},
        {"x",
         {"GET", path_of("x", "?crc_token=abc"), "", {}},
         200,
         R"({"response_token":"sha256=)" + hmac_text(Encoding::base64, "abc") + "\"}"},
        {"dropbox", {"GET", path_of("dropbox", "?challenge=hello"), "", {}}, 200, "hello"},
        {"okta",
         {"GET", path_of("okta", ""), "", {{"x-okta-verification-challenge", "c1"}}},
         200,
         R"({"verification":"c1"})"},
        {"trello", {"HEAD", path_of("trello", ""), "", {}}, 200, ""},
        {"microsoft-graph",
         {"POST", path_of("microsoft-graph", "?validationToken=Validation%3A+1"), "", {}},
         200,
         "Validation: 1"},
        {"event-grid",
         {"POST",
          path_of("event-grid", "?code=topsecret"),
          R"([{"data":{"validationCode":"512d"}}])",
          {{"aeg-event-type", "SubscriptionValidation"}}},
         200,
         R"({"validationResponse":"512d"})"},
    };
}

awaitable<> give_verify_token(ApiClient person, std::string source, std::string token)
{
    const auto sources = co_await person.manage_as(200, "GET", "/v1/sources", "");
    for (const auto& each : sources.at("data").as_array())
        if (each.at("name").as_string() == source) {
            const auto path = "/v1/sources/" + std::string{each.at("id").as_string()};
            const auto changed = co_await person.manage_as(200, "PATCH", path,
                                                           R"({"verify_token":")" + token + "\"}");
            BOOST_TEST(changed.at("has_verify_token") == boost::json::value(true));
            BOOST_TEST(boost::json::serialize(changed).find(token) == std::string::npos);
        }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(receive_served_handshakes)

// Goal: every handshake that needs no signature is answered as its provider wants it.
BOOST_AUTO_TEST_CASE(unsigned_ones_are_answered)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        for (const auto* scheme : {"meta", "x", "dropbox", "okta", "trello", "microsoft-graph",
                                   "event-grid", "cloudevents"})
            co_await person.make_source(scheme, scheme, "topsecret");
        co_await give_verify_token(person, "meta", "shown");
        for (const auto& handshake : unsigned_handshakes()) {
            const auto reply = co_await person.send(handshake.call);
            BOOST_TEST_CONTEXT(handshake.scheme)
            {
                BOOST_TEST(reply.status == handshake.status);
                BOOST_TEST(reply.body == handshake.body);
                const bool is_answered = handshake.status != 401;
                BOOST_TEST(header_value(reply.headers, "Content-Security-Policy")
                           == (is_answered ? "sandbox; default-src 'none'" : ""));
            }
        }
        Call options{"OPTIONS",
                     "/api/webhooks/cloudevents",
                     "",
                     {{"WebHook-Request-Origin", "events.example"}}};
        const auto allowed = co_await person.send(std::move(options));
        BOOST_TEST(allowed.status == 200U);
        BOOST_TEST(header_value(allowed.headers, "WebHook-Allowed-Origin") == "events.example");
        BOOST_TEST(header_value(allowed.headers, "Allow") == "POST");
    });
}

// Goal: signed handshakes are answered behind a good signature only, and are no events.
BOOST_AUTO_TEST_CASE(signed_ones_are_answered)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        for (const auto* scheme : {"slack", "zoom", "twitch"})
            co_await person.make_source(scheme, scheme, "topsecret");
        const std::string slack = R"({"type":"url_verification","challenge":"3eZb"})";
        const auto slack_scheme = signing::find_scheme("slack");
        auto reply = co_await person.post_signed("slack", *slack_scheme, "topsecret", slack);
        BOOST_TEST(reply.status == 200U);
        BOOST_TEST(reply.body == "3eZb");
        reply = co_await person.post_signed("slack", *slack_scheme, "other", slack);
        BOOST_TEST(reply.status == 401U);

        const auto zoom_scheme = signing::find_scheme("zoom");
        reply = co_await person.post_signed(
            "zoom", *zoom_scheme, "topsecret",
            R"({"event":"endpoint.url_validation","payload":{"plainToken":"qgg8"}})");
        BOOST_TEST(reply.body
                   == R"({"plainToken":"qgg8","encryptedToken":")"
                          + hmac_text(Encoding::hex, "qgg8") + "\"}");

        const auto events = co_await person.manage_as(200, "GET", "/v1/events");
        BOOST_TEST(events.at("data").as_array().empty());
    });
}

// Goal: what a source's scheme does not answer is a 405 that says what it does.
BOOST_AUTO_TEST_CASE(others_are_not_allowed)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        co_await person.make_source("github", "github", "topsecret");
        co_await person.make_source("meta", "meta", "topsecret");
        for (const auto* method : {"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"}) {
            Call call{method, "/api/webhooks/github", "", {}};
            const auto reply = co_await person.send(std::move(call));
            BOOST_TEST_CONTEXT(method)
            {
                BOOST_TEST(reply.status == 405U);
                BOOST_TEST(header_value(reply.headers, "Allow") == "POST");
            }
        }
        Call put{"PUT", "/api/webhooks/meta", "", {}};
        const auto refused = co_await person.send(std::move(put));
        BOOST_TEST(header_value(refused.headers, "Allow") == "GET, POST");
        Call unknown{"GET", "/api/webhooks/nobody", "", {}};
        const auto nobody = co_await person.send(std::move(unknown));
        BOOST_TEST(nobody.status == 404U);
    });
}

// Goal: the first POST of Asana delivers the key; it is kept over a restart, verifies what follows,
// and nobody delivers a second one.
BOOST_AUTO_TEST_CASE(a_delivered_key_is_kept)
{
    const Folder folder;
    const auto asana = signing::find_scheme("asana");
    run_with_hub(settings_in(folder), [&](ApiClient person) -> awaitable<> {
        const auto made = co_await person.make_source("asana", "asana");
        BOOST_TEST(!made.as_object().contains("secret"));
        BOOST_TEST(made.at("keys").as_array().empty());
        Call hello{"POST", "/api/webhooks/asana", "{}", {{"X-Hook-Secret", "delivered"}}};
        auto reply = co_await person.send(hello);
        BOOST_TEST(reply.status == 200U);
        BOOST_TEST(header_value(reply.headers, "X-Hook-Secret") == "delivered");
        hello.headers = {{"X-Hook-Secret", "another"}};
        reply = co_await person.send(std::move(hello));
        BOOST_TEST(reply.status == 401U);
    });
    run_with_hub(settings_in(folder), [&](ApiClient person) -> awaitable<> {
        const auto reply = co_await person.post_signed("asana", *asana, "delivered",
                                                       R"({"events":[{"action":"added"}]})");
        BOOST_TEST(reply.status == 200U);
    });
}

BOOST_AUTO_TEST_SUITE_END()
