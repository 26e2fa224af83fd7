// A browser's way in: POST /v1/tickets, then one call with ?ticket=.
#include "tests/api/served/api_things.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;

namespace {

awaitable<std::string> make_ticket(ApiClient person, std::string path)
{
    const boost::json::object body{{"path", path}};
    const auto made = co_await person.manage_as(201, "POST", "/v1/tickets",
                                                boost::json::serialize(body));
    co_return text(made, "ticket");
}

awaitable<http::ClientReply> get(ApiClient& browser, std::string target)
{
    Call call{"GET", std::move(target), {}, {}};
    auto reply = co_await browser.send(std::move(call));
    co_return reply;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hub_api_tickets)

// Goal: a ticket opens its path once and no other, and nothing when its key was revoked meanwhile.
BOOST_AUTO_TEST_CASE(a_ticket_opens_its_path_once)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto things = co_await make_things(person, "acme");
        auto admin = person.as(things.at("tenant_key"));
        const auto event = "/v1/events/" + things.at("events");
        const auto path = event + "/payload";

        const auto ticket = co_await make_ticket(admin, path);
        const auto first = co_await get(person, path + "?ticket=" + ticket);
        BOOST_TEST(first.status == 200U);
        BOOST_TEST(first.body == R"({"n":1})");
        const auto second = co_await get(person, path + "?ticket=" + ticket);
        BOOST_TEST(second.status == 401U);

        const auto another = co_await make_ticket(admin, event);
        const auto elsewhere = co_await get(person, path + "?ticket=" + another);
        BOOST_TEST(elsewhere.status == 401U);
        // A route that takes no tickets asks for a key, and does not use the ticket up.
        const auto closed = co_await get(person, event + "?ticket=" + another);
        BOOST_TEST(closed.status == 401U);

        const auto late = co_await make_ticket(admin, path);
        co_await admin.manage_as(200, "DELETE", "/v1/keys/" + things.at("keys"));
        const auto revoked = co_await get(person, path + "?ticket=" + late);
        BOOST_TEST(revoked.status == 401U);
    });
}

// Goal: a ticket has the scopes of its key, and a path has to be one.
BOOST_AUTO_TEST_CASE(a_ticket_is_no_more_than_its_key)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto things = co_await make_things(person, "acme");
        const auto admin = person.as(things.at("tenant_key"));
        const auto key = co_await make_key(admin, "sources:read");
        auto poor = person.as(key);
        const auto path = "/v1/events/" + things.at("events") + "/payload";
        const auto ticket = co_await make_ticket(poor, path);
        const auto refused = co_await get(person, path + "?ticket=" + ticket);
        BOOST_TEST(refused.status == 403U);
        for (const std::string wrong : {"", "v1/feed", "/v1/feed?x=1", "/v1/feed#x"}) {
            const boost::json::object body{{"path", wrong}};
            co_await poor.manage_as(422, "POST", "/v1/tickets", boost::json::serialize(body));
        }
    });
}

BOOST_AUTO_TEST_SUITE_END()
