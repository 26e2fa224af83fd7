// Idempotency-Key on a running hub.
#include "tests/hub/running_hub.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace katydid;
using namespace katydid::test;

namespace {

namespace json = boost::json;

awaitable<http::ClientReply> post(ApiClient person, std::string path, std::string key,
                                  std::string body, std::string tenant = {})
{
    Call call{"POST",
              std::move(path),
              std::move(body),
              {person.authorisation(), {"Idempotency-Key", std::move(key)}}};
    if (!tenant.empty()) call.headers.push_back({"Katydid-Tenant", std::move(tenant)});
    auto reply = co_await person.send(std::move(call));
    co_return reply;
}

constexpr const char* event = R"({"type":"a.b","data":1})";

}  // namespace

BOOST_AUTO_TEST_SUITE(hub_idempotency)

// Goal: the same key with the same body gets the first answer, byte for byte, also after a restart;
// another body is refused; another tenant's key of that name is another key.
BOOST_AUTO_TEST_CASE(answers_are_replayed)
{
    const Folder folder;
    std::string first_body;
    run_with_hub(settings_in(folder), [&](ApiClient person) -> awaitable<> {
        co_await person.manage_as(201, "POST", "/v1/tenants", R"({"name":"acme"})");
        const auto first = co_await post(person, "/v1/events", "k", event);
        BOOST_REQUIRE(first.status == 202U);
        first_body = first.body;
        const auto again = co_await post(person, "/v1/events", "k", event);
        BOOST_TEST(again.body == first.body);
        BOOST_TEST(header_value(again.headers, "idempotency-replayed") == "true");
        const auto other = co_await post(person, "/v1/events", "k", R"({"type":"a.b","data":2})");
        BOOST_TEST(other.status == 422U);
        const auto elsewhere = co_await post(person, "/v1/tenants", "k", R"({"name":"new"})");
        BOOST_TEST(elsewhere.status == 422U);
        const auto tenant = co_await post(person, "/v1/events", "k", event, "acme");
        BOOST_TEST(tenant.status == 202U);
        BOOST_TEST(tenant.body != first.body);
        const auto empty = co_await post(person, "/v1/events", "", event);
        BOOST_TEST(empty.status == 422U);
    });
    run_with_hub(settings_in(folder), [&](ApiClient person) -> awaitable<> {
        const auto again = co_await post(person, "/v1/events", "k", event);
        BOOST_TEST(again.body == first_body);
        const auto rows = co_await person.manage_as(200, "GET", "/v1/events");
        BOOST_TEST(rows.at("data").as_array().size() == 1U);
    });
}

// Goal: a secret that is shown once is shown again to the same call, and lies nowhere in the open.
BOOST_AUTO_TEST_CASE(secrets_are_sealed)
{
    const Folder folder;
    std::string key;
    run_with_hub(settings_in(folder), [&](ApiClient person) -> awaitable<> {
        const std::string body = R"({"name":"k","scopes":["events:read"]})";
        const auto first = co_await post(person, "/v1/keys", "k", body);
        BOOST_REQUIRE(first.status == 201U);
        const auto again = co_await post(person, "/v1/keys", "k", body);
        BOOST_TEST(again.body == first.body);
        key = text(json::parse(first.body), "key");
    });
    for (const auto& file : std::filesystem::directory_iterator{folder.path()}) {
        std::ifstream stream{file.path(), std::ios::binary};
        const std::string bytes{std::istreambuf_iterator<char>{stream}, {}};
        BOOST_TEST_CONTEXT(file.path()) BOOST_TEST(bytes.find(key) == std::string::npos);
    }
}

// Goal: of many calls at the same time one is carried out; the others get its answer or a 409.
BOOST_AUTO_TEST_CASE(one_of_many_is_carried_out)
{
    const Folder folder;
    auto settings = settings_in(folder);
    settings.loops = 2;
    run_with_hub(settings, [](ApiClient person) -> awaitable<> {
        const auto executor = co_await asio::this_coro::executor;
        constexpr int callers = 12;
        int answered = 0;
        int in_flight = 0;
        asio::steady_timer all{executor, asio::steady_timer::time_point::max()};
        for (int i = 0; i < callers; ++i)
            asio::co_spawn(executor, post(person, "/v1/events", "k", event),
                           [&](std::exception_ptr failure, http::ClientReply reply) {
                               if (!failure && reply.status == 409) ++in_flight;
                               else BOOST_TEST(reply.status == 202U);
                               if (++answered == callers) all.cancel();
                           });
        co_await all.async_wait(use_tuple);
        BOOST_TEST(in_flight < callers);
        const auto rows = co_await person.manage_as(200, "GET", "/v1/events");
        BOOST_TEST(rows.at("data").as_array().size() == 1U);
    });
}

// Goal: a refused call frees its key.
BOOST_AUTO_TEST_CASE(refusals_free_the_key)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto refused = co_await post(person, "/v1/events", "k", R"({"type":"a.b"})");
        BOOST_TEST(refused.status == 422U);
        const auto taken = co_await post(person, "/v1/events", "k", event);
        BOOST_TEST(taken.status == 202U);
    });
}

BOOST_AUTO_TEST_SUITE_END()
