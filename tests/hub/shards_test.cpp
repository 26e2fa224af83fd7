// A whole hub whose tenants live in two files.
#include "tests/hub/running_hub.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;
using namespace std::chrono_literals;

namespace {

namespace json = boost::json;

Settings settings_with_shards(const Folder& folder)
{
    auto settings = settings_in(folder);
    for (const std::string name : {"a", "b"})
        settings.shards.push_back({name, "sqlite:" + (folder.path() / (name + ".db")).string()});
    return settings;
}

awaitable<ApiClient> make_tenant(ApiClient person, std::string name)
{
    const auto body = json::serialize(json::object{{"name", name}});
    co_await person.manage_as(201, "POST", "/v1/tenants", body);
    Call call{"POST",
              "/v1/keys",
              R"({"name":"first","scopes":["admin"]})",
              {person.authorisation(), {"Katydid-Tenant", name}}};
    const auto made = co_await person.send(std::move(call));
    BOOST_TEST(made.status == 201U);
    co_return person.as(text(json::parse(made.body), "key"));
}

awaitable<std::string> deliver_one(ApiClient person, Inbox& inbox)
{
    const json::object handler{{"kind", "endpoint"}, {"url", inbox.url()}};
    const json::object wanted{{"name", "s"}, {"event_types", {"a.*"}}, {"handler", handler}};
    const auto body = json::serialize(wanted);
    co_await person.manage_as(201, "POST", "/v1/subscriptions", body);
    const auto event = co_await person.manage_as(202, "POST", "/v1/events",
                                                 R"({"type":"a.b","data":1})");
    co_await inbox.next();
    const auto path = "/v1/deliveries?event=" + text(event, "id");
    co_await person.wait_for(path, [](const json::value& page) {
        const auto& rows = page.at("data").as_array();
        return rows.size() == 1 && text(rows.at(0), "state") == "delivered";
    });
    co_return text(event, "id");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hub_shards)

// Goal: a new tenant lives in the other shard and works as any: its events are delivered, found
// after a restart, and counted with those of all.
BOOST_AUTO_TEST_CASE(tenants_live_in_shards)
{
    const Folder folder;
    const auto settings = settings_with_shards(folder);
    std::string event;
    std::string key;
    run_with_hub(settings, [&](ApiClient person) -> awaitable<> {
        const auto executor = co_await asio::this_coro::executor;
        Inbox inbox{executor};
        co_await deliver_one(person, inbox);
        auto tenant = co_await make_tenant(person, "acme");
        event = co_await deliver_one(tenant, inbox);
        key = tenant.authorisation().value.substr(7);
        co_await inbox.close();
    });
    run_with_hub(settings, [&](ApiClient person) -> awaitable<> {
        const auto tenant = person.as(key);
        auto caller = tenant;
        const auto found = co_await caller.manage_as(200, "GET", "/v1/events/" + event);
        BOOST_TEST(text(found, "id") == event);
        const auto others = co_await person.manage("GET", "/v1/events/" + event);
        BOOST_TEST(others.status == 404U);
        const auto page = co_await person.manage_as(200, "GET", "/v1/events");
        BOOST_TEST(page.at("data").as_array().size() == 1U);
    });
    BOOST_TEST(std::filesystem::file_size(folder.path() / "b.db") > 0U);
    // Without the second shard its tenant is refused, and the first works.
    auto one = settings;
    one.shards.pop_back();
    run_with_hub(one, [&](ApiClient person) -> awaitable<> {
        auto tenant = person.as(key);
        const auto refused = co_await tenant.manage("POST", "/v1/events",
                                                    R"({"type":"a.b","data":1})");
        BOOST_TEST(refused.status == 503U);
        co_await person.manage_as(202, "POST", "/v1/events", R"({"type":"a.b","data":1})");
    });
}

BOOST_AUTO_TEST_SUITE_END()
