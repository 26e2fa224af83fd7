// What a subscription signs with, as its receiver sees it.
#include "tests/hub/running_hub.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;

namespace {

std::string subscription_to(const Inbox& inbox, const std::string& more)
{
    return R"({"name":"to-inbox","event_types":["test.*"],"handler":{"kind":"endpoint","url":")"
           + inbox.url() + "\"}" + more + "}";
}

/// Makes a subscription, publishes one event, and returns what the receiver got.
awaitable<http::Request> deliver(ApiClient& person, Inbox& inbox, const std::string& more,
                                 boost::json::value& made)
{
    made = co_await person.manage_as(201, "POST", "/v1/subscriptions",
                                     subscription_to(inbox, more));
    co_await person.manage_as(202, "POST", "/v1/events",
                              R"({"type":"test.made","data":{"id":"1","n":1.50}})");
    auto request = co_await inbox.next();
    co_await person.manage_as(204, "DELETE", "/v1/subscriptions/" + text(made, "id"));
    co_return request;
}

constexpr const char* own_toml = R"(
algorithm = "hmac-sha512"
signature = { from = "header:X-Ours", encoding = "base64", prefix = "v=" }
message = "{timestamp}.{body}"
timestamp = { from = "header:X-Ours-Time", format = "unix-ms", tolerance = "1m" }
)";

}  // namespace

BOOST_AUTO_TEST_SUITE(handlers_served_outbound_signature)

// Goal: in every style, what goes out verifies as its receiver would verify it, under the secret
// that was shown once.
BOOST_AUTO_TEST_CASE(every_style_verifies)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto executor = co_await asio::this_coro::executor;
        Inbox inbox{executor};
        const boost::json::object own{{"name", "ours"}, {"toml", own_toml}};
        co_await person.manage_as(201, "POST", "/v1/schemes", boost::json::serialize(own));
        const auto ours = signing::load_scheme("ours", own_toml).value();
        for (const std::string name :
             {"standard-webhooks", "standard-webhooks-v1a", "stripe", "github", "atlvs",
              "grasshopper", "slack", "rfc9421", "gitlab", "ours"}) {
            for (const std::string dialect : {"standard", "raw"}) {
                boost::json::value made;
                const auto request = co_await deliver(
                    person, inbox, R"(,"dialect":")" + dialect + R"(","signature":")" + name + "\"",
                    made);
                const auto scheme = name == "ours" ? ours : signing::find_scheme(name);
                const bool is_pair = made.as_object().contains("public_key");
                BOOST_TEST(is_pair == (name == "standard-webhooks-v1a"));
                const auto secret = text(made, is_pair ? "public_key" : "secret");
                const auto verdict = verdict_of(request, inbox.url(), *scheme, secret);
                const auto* refusal = std::get_if<signing::Refusal>(&verdict);
                BOOST_TEST(refusal == nullptr,
                           name << ", " << dialect << ": " << (refusal ? refusal->diagnosis : ""));
                BOOST_TEST(request.body == R"({"id":"1","n":1.50})");
            }
        }
        co_await inbox.close();
    });
}

// Goal: RFC 9421 covers the body by its digest: another body is refused.
BOOST_AUTO_TEST_CASE(http_message_signature_covers_the_body)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto executor = co_await asio::this_coro::executor;
        Inbox inbox{executor};
        boost::json::value made;
        auto request = co_await deliver(person, inbox, R"(,"signature":"rfc9421")", made);
        BOOST_TEST(!request.header("Content-Digest").empty());
        BOOST_TEST(request.header("Signature-Input").find("webhook-id") != std::string_view::npos);
        request.body += " ";
        BOOST_TEST(std::holds_alternative<signing::Refusal>(verdict_of(
            request, inbox.url(), *signing::find_scheme("rfc9421"), text(made, "secret"))));
        co_await inbox.close();
    });
}

// Goal: unknown schemes, those that only verify, and secrets that do not fit are refused with a
// pointer; the first two name those that sign.
BOOST_AUTO_TEST_CASE(refusals)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto executor = co_await asio::this_coro::executor;
        Inbox inbox{executor};
        for (const auto& [more, pointer] :
             {std::pair{R"(,"signature":"nonsense")", "/signature"},
              {R"(,"signature":"aws-sns")", "/signature"},
              {R"(,"signature":"standard-webhooks-v1a","secret":"whsec_AAAA")", "/secret"},
              {R"(,"signature":"standard-webhooks","secret":"not base64!")", "/secret"},
              {R"(,"signature":"discord")", "/secret"},
              {R"(,"dialect":"raw","secret":"s")", "/secret"}}) {
            const auto refused = co_await person.manage_as(422, "POST", "/v1/subscriptions",
                                                           subscription_to(inbox, more));
            const auto& fault = refused.at("errors").as_array().front();
            BOOST_TEST_CONTEXT(more)
            {
                BOOST_TEST(text(fault, "pointer") == pointer);
                if (std::string_view{pointer} == "/signature")
                    BOOST_TEST(text(fault, "detail").find("standard-webhooks-v1a")
                               != std::string::npos);
            }
        }
        co_await inbox.close();
    });
}

// Goal: the signature can be changed when the key fits, else a new secret comes with it.
BOOST_AUTO_TEST_CASE(changed_later)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto executor = co_await asio::this_coro::executor;
        Inbox inbox{executor};
        const auto made = co_await person.manage_as(201, "POST", "/v1/subscriptions",
                                                    subscription_to(inbox, ""));
        BOOST_TEST(made.at("signature").is_null());
        const auto one = "/v1/subscriptions/" + text(made, "id");
        const auto changed = co_await person.manage_as(200, "PATCH", one,
                                                       R"({"signature":"stripe"})");
        BOOST_TEST(text(changed, "signature") == "stripe");
        co_await person.manage_as(422, "PATCH", one, R"({"signature":"standard-webhooks-v1a"})");
        const auto pair = signing::generate_key_pair();
        co_await person.manage_as(200, "PATCH", one,
                                  R"({"signature":"standard-webhooks-v1a","secret":")"
                                      + std::string{pair.private_key.text()} + "\"}");
        co_await person.manage_as(202, "POST", "/v1/events", R"({"type":"test.made","data":{}})");
        const auto request = co_await inbox.next();
        BOOST_TEST(std::holds_alternative<signing::Verified>(
            verdict_of(request, inbox.url(), *signing::find_scheme("standard-webhooks-v1a"),
                       pair.public_key)));
        co_await inbox.close();
    });
}

BOOST_AUTO_TEST_SUITE_END()
