// A provider's shared secret does not travel on.
#include "hub/receive/credentials.hpp"

#include "handlers/dialects/dialects.hpp"
#include "tests/receive/sender.hpp"
#include "tests/support/lists.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;

namespace {

const std::string secret = "s3cret-of/the+provider==";

/// Whether anything that is stored or sent on tells the secret.
bool tells(const Event& event)
{
    const auto has = [](std::string_view text) {
        return text.find(secret) != std::string_view::npos;
    };
    for (const auto& header : event.headers)
        if (has(header.value)) return true;
    const auto wire = dialects::write_raw(event);
    for (const auto& header : wire.headers)
        if (has(header.value)) return true;
    return has(*event.payload) || has(event.external_id) || has(event.type) || has(*wire.body);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(receive_credentials)

// Goal: for every scheme of the catalog whose signature is a token: wherever it stands, and where a
// proxy or the provider repeats it, no event has it.
BOOST_AUTO_TEST_CASE(no_token_of_the_catalog_is_stored)
{
    struct Row {
        const char* scheme;
        Headers headers;
        std::string query;
        std::string body;
    };
    const auto encoded = std::string{"s3cret-of%2Fthe%2Bprovider%3D%3D"};
    const std::vector<Row> rows{
        {"telegram", {{"X-Telegram-Bot-Api-Secret-Token", secret}}, "", R"({"update_id":1})"},
        {"gitlab", {{"x-gitlab-token", secret}}, "", "{}"},
        {"flutterwave", {{"verif-hash", secret}}, "", "{}"},
        {"cloudflare", {{"cf-webhook-auth", secret}}, "", "{}"},
        {"okta", {{"Authorization", secret}}, "", "{}"},
        {"auth0", {{"Authorization", secret}}, "", "{}"},
        {"supabase", {{"Authorization", "Bearer " + secret}}, "", "{}"},
        {"cloudevents", {{"Authorization", "Bearer " + secret}}, "", "{}"},
        {"cloudevents", {}, "?access_token=" + encoded, "{}"},
        {"event-grid", {}, "?code=" + encoded, "[{}]"},
        {"microsoft-graph",
         {},
         "",
         R"({"value":[{"clientState":")" + secret + R"(","n":1},{"n":2,"clientState":")"
             + R"(s3cret-of\/the+provider==)" + R"("}],"again":")" + secret + R"("})"}};
    for (const auto& row : rows) {
        ReceiverFixture house;
        house.run([&]() -> awaitable<> {
            co_await add_provider(house, names(row.scheme), "{}", secret);
            auto headers = row.headers;
            headers.push_back({"Content-Type", "application/json"});
            headers.push_back({"X-Original-URL", "/hook?code=" + encoded});
            headers.push_back({"X-Forwarded-Authorization", "Bearer " + secret});
            headers.push_back({"X-Kept", "value"});
            const auto response = co_await post(house, row.query, headers, row.body);
            BOOST_TEST(response.status == 200U, row.scheme << response.body);
            const auto events = co_await events_of(house);
            BOOST_TEST_REQUIRE(events.size() == 1U);
            BOOST_TEST(!tells(*events[0]), row.scheme);
            BOOST_TEST((find_header(events[0]->headers, "x-original-url") == nullptr), row.scheme);
            BOOST_TEST(header_value(events[0]->headers, "x-kept") == "value");
        });
    }
}

// Goal: a token in a field of a form goes with its field, whatever the form is said to be.
BOOST_AUTO_TEST_CASE(forms_without_the_token)
{
    for (const auto* type : {"application/x-www-form-urlencoded", "text/plain"}) {
        ReceiverFixture house;
        house.run([&]() -> awaitable<> {
            const auto* const toml = "algorithm = \"token\"\nbody = \"any\"\n"
                                     "signature = { from = \"form:token\", encoding = \"text\" }\n";
            const auto scheme = co_await house.registry.schemes.put(default_tenant(), "own", toml,
                                                                    0);
            BOOST_TEST_REQUIRE(scheme.has_value());
            co_await add_provider(house, names("own"), "{}", secret);
            const auto response = co_await post(house, "", one_header("Content-Type", type),
                                                "a=1&token=s3cret-of%2Fthe%2Bprovider%3D%3D&b=2+3");
            BOOST_TEST(response.status == 200U);
            const auto events = co_await events_of(house);
            BOOST_TEST_REQUIRE(events.size() == 1U);
            BOOST_TEST(*events[0]->payload == "a=1&b=2+3");
        });
    }
}

// Goal: what is taken out of a body becomes null, and nothing else of it changes.
BOOST_AUTO_TEST_CASE(bodies_without_the_token)
{
    ReceiverFixture house;
    house.run([&]() -> awaitable<> {
        co_await add_provider(house, names("microsoft-graph"), "{}", secret);
        const auto body = R"({ "value" : [ {"clientState":")" + secret + R"(" , "n" : 1.0 } ] })";
        static_cast<void>(
            co_await post(house, "", one_header("Content-Type", "application/json"), body));
        const auto events = co_await events_of(house);
        BOOST_TEST_REQUIRE(events.size() == 1U);
        BOOST_TEST(*events[0]->payload == R"({ "value" : [ {"clientState":null , "n" : 1.0 } ] })");
    });
}

// Goal: the token goes whatever the body is said to be, and also where it is written as a number.
BOOST_AUTO_TEST_CASE(json_without_the_token)
{
    for (const auto* type : {"application/json", "application/x-www-form-urlencoded", "text/plain",
                             "application/x-www-form-urlencoded; charset=utf-8", ""}) {
        ReceiverFixture house;
        house.run([&]() -> awaitable<> {
            co_await add_provider(house, names("microsoft-graph"), "{}", secret);
            const auto text = R"({"value":[{"clientState":")" + secret + R"("}],"a":"&b=1"})";
            const auto response = co_await post(house, "", one_header("Content-Type", type), text);
            BOOST_TEST(response.status == 200U, type);
            const auto events = co_await events_of(house);
            BOOST_TEST_REQUIRE(events.size() == 1U);
            BOOST_TEST(*events[0]->payload == R"({"value":[{"clientState":null}],"a":"&b=1"})");
        });
    }
    ReceiverFixture house;
    house.run([&]() -> awaitable<> {
        co_await add_provider(house, names("microsoft-graph"), "{}", "1234567890");
        const auto text = R"({"value":[{"clientState":1234567890,"n":-12345678901,"m":[12]}]})";
        static_cast<void>(
            co_await post(house, "", one_header("Content-Type", "application/json"), text));
        const auto events = co_await events_of(house);
        BOOST_TEST_REQUIRE(events.size() == 1U);
        BOOST_TEST(*events[0]->payload
                   == R"({"value":[{"clientState":null,"n":-12345678901,"m":[12]}]})");
    });
}

// Goal: of a source with several schemes, the one's token is not stored when the other verified.
BOOST_AUTO_TEST_CASE(tokens_of_the_other_scheme)
{
    ReceiverFixture house;
    house.run([&]() -> awaitable<> {
        co_await add_provider(house, names("github", "gitlab"), "{}", secret);
        Webhook webhook{"github", "{}", {{"X-Gitlab-Token", secret}}, secret};
        const auto response = co_await send(house, webhook);
        BOOST_TEST(response.status == 200U);
        const auto events = co_await events_of(house);
        BOOST_TEST_REQUIRE(events.size() == 1U);
        BOOST_TEST((find_header(events[0]->headers, "x-gitlab-token") == nullptr));
        BOOST_TEST((find_header(events[0]->headers, "x-hub-signature-256") != nullptr));
    });
}

// Goal: a refused request tells its token to nobody either: not by its row, not when it is shown.
BOOST_AUTO_TEST_CASE(refused_requests_hide_it)
{
    ReceiverFixture house;
    house.run([&]() -> awaitable<> {
        co_await add_provider(house, names("microsoft-graph", "gitlab"), "{}", secret);
        const auto query = "?code=" + secret;
        const auto headers = one_header("X-Gitlab-Token", secret);
        const auto body = "no JSON \"" + secret + "\"";
        const auto response = co_await post(house, query, headers, body);
        BOOST_TEST(response.status == 401U);
        const auto kept = co_await rejected_of(house);
        BOOST_TEST_REQUIRE(kept.size() == 1U);
        BOOST_TEST(kept[0].target == provider_path);
        BOOST_TEST(kept[0].diagnosis.find(secret) == std::string::npos);
        const auto row = co_await house.store->rejected(default_tenant(), kept[0].id);
        auto request = receive::open(*row, house.vault).value();
        const auto source = house.tables.source(default_tenant(), "provider");
        receive::hide_credentials(source.get(), request.headers, request.body);
        BOOST_TEST(header_value(request.headers, "x-gitlab-token") == "(hidden)");
        BOOST_TEST(request.body.find(secret) == std::string::npos);
    });
}

BOOST_AUTO_TEST_SUITE_END()
