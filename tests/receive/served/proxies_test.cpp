// Schemes that sign the URL, behind proxies.
#include "tests/hub/running_hub.hpp"

#include "signing/algorithms/digest.hpp"
#include "hub/core/codec/encoding.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;

namespace {

/// Square signs the URL that it was given, and the body.
Call square(const std::string& url, const std::string& target, Headers more)
{
    const std::string body = R"({"type":"payment.created","event_id":"1"})";
    const auto mac = signing::hmac(signing::Hash::sha256, "topsecret", url + body);
    more.push_back({"x-square-hmacsha256-signature", encode(Encoding::base64, mac.view())});
    return {"POST", target, body, std::move(more)};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(receive_served_proxies)

// Goal: X-Forwarded-* is believed from trusted proxies only.
BOOST_AUTO_TEST_CASE(forwarded_url)
{
    for (const bool trusted : {true, false}) {
        const Folder folder;
        auto settings = settings_in(folder);
        if (trusted) settings.trusted_proxies = {"127.0.0.0/8"};
        run_with_hub(settings, [trusted](ApiClient person) -> awaitable<> {
            co_await person.make_source("square", "square", "topsecret");
            const std::string target = "/api/webhooks/square?a=b";
            const Headers forwarded{{"X-Forwarded-Proto", "https"},
                                    {"X-Forwarded-Host", "hub.example"},
                                    {"X-Forwarded-For", "203.0.113.9"}};
            auto call = square("https://hub.example" + target, target, forwarded);
            const auto reply = co_await person.send(std::move(call));
            BOOST_TEST(reply.status == (trusted ? 200U : 401U));
            Call unsigned_one{"POST",
                              "/api/webhooks/square",
                              "{}",
                              {{"X-Forwarded-For", "203.0.113.9, 127.0.0.3"}}};
            co_await person.send(std::move(unsigned_one));
            const auto is_complete = [trusted](const boost::json::value& rows) {
                return rows.at("data").as_array().size() == (trusted ? 1U : 2U);
            };
            const auto page = co_await person.wait_for("/v1/rejected", is_complete);
            BOOST_TEST(text(page.at("data").as_array().front(), "client")
                       == (trusted ? "203.0.113.9" : "127.0.0.1"));
        });
    }
}

// Goal: the public URL of a source wins over everything that a request says, and can be changed.
BOOST_AUTO_TEST_CASE(public_url)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto made = co_await person.manage_as(
            201, "POST", "/v1/sources",
            R"({"name":"square","schemes":["square"],"secret":"topsecret",
                "public_url":"https://hooks.example/in"})");
        const std::string target = "/api/webhooks/square";
        auto call = square("https://hooks.example/in", target, {});
        auto reply = co_await person.send(std::move(call));
        BOOST_TEST(reply.status == 200U);
        call = square(person.url() + target, target, {});
        reply = co_await person.send(call);
        BOOST_TEST(reply.status == 401U);
        const auto has_rows = [](const boost::json::value& rows) {
            return !rows.at("data").as_array().empty();
        };
        const auto page = co_await person.wait_for("/v1/rejected", has_rows);
        BOOST_TEST(text(page.at("data").as_array().front(), "diagnosis").find("the URL differs")
                   != std::string::npos);
        const auto one = "/v1/sources/" + text(made, "id");
        co_await person.manage_as(200, "PATCH", one, R"({"public_url":null})");
        call = square(person.url() + target, target, {});
        reply = co_await person.send(call);
        BOOST_TEST(reply.status == 200U);
    });
}

BOOST_AUTO_TEST_SUITE_END()
