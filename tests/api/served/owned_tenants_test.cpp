// Tenants that a tenant makes (scope tenants:write), what their keys may do, and their end.
#include "tests/api/served/api_things.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;

namespace {

namespace json = boost::json;

/// Acts for a tenant by the header.
struct ActingFor {
    ApiClient person;
    std::string tenant;

    awaitable<http::ClientReply> send(std::string method, std::string path, std::string body = {})
    {
        Call call{std::move(method), std::move(path), std::move(body), {}};
        call.headers = {person.authorisation(), {"Katydid-Tenant", tenant}};
        auto reply = co_await person.send(std::move(call));
        co_return reply;
    }
};

/// A key with these scopes, made by `maker`. Throws when it is refused.
awaitable<std::string> make_key_of(ActingFor maker, std::string scopes)
{
    const auto reply = co_await maker.send("POST", "/v1/keys",
                                           R"({"name":"k","scopes":[)" + scopes + "]}");
    if (reply.status != 201) throw std::runtime_error{reply.body};
    co_return text(json::parse(reply.body), "key");
}

awaitable<> make_tenant(ApiClient maker, std::string name)
{
    const auto body = json::serialize(json::object{{"name", name}});
    co_await maker.manage_as(201, "POST", "/v1/tenants", body);
}

/// A platform: a tenant with a key that makes tenants for its customers, and publishes for them.
awaitable<ApiClient> make_platform(ApiClient person, std::string name)
{
    co_await make_tenant(person, name);
    const ActingFor operating{person, name};
    const auto key = co_await make_key_of(operating, R"("tenants:write","events:write")");
    co_return person.as(key);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hub_api_tenants)

// Goal: a platform makes tenants and acts for them, and for no other: not another platform's, not
// the operator's. It sees its own and those that it made.
BOOST_AUTO_TEST_CASE(a_platform_has_its_own_tenants)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        auto platform = co_await make_platform(person, "platform");
        auto rival = co_await make_platform(person, "rival");
        co_await make_tenant(platform, "customer");
        co_await make_tenant(rival, "another");
        co_await make_tenant(person, "operators");

        const auto page = co_await platform.manage_as(200, "GET", "/v1/tenants");
        BOOST_TEST(page.at("data").as_array().size() == 2U);
        BOOST_TEST(text(page.at("data").at(0), "name") == "customer");
        BOOST_TEST(text(page.at("data").at(0), "owner") == text(page.at("data").at(1), "id"));
        const std::string event = R"({"type":"a.b","data":1})";
        ActingFor own{platform, "customer"};
        const auto below = co_await own.send("POST", "/v1/tenants", R"({"name":"below"})");
        BOOST_TEST(below.status == 201U);
        BOOST_TEST(text(json::parse(below.body), "owner") == text(page.at("data").at(0), "owner"));
        const auto published = co_await own.send("POST", "/v1/events", event);
        BOOST_TEST(published.status == 202U);
        for (const std::string other : {"another", "operators", "rival", "default", "nobody"})
            BOOST_TEST_CONTEXT(other)
            {
                ActingFor foreign{platform, other};
                const auto refused = co_await foreign.send("POST", "/v1/events", event);
                BOOST_TEST(refused.status == 404U);
                for (const std::string method : {"GET", "PATCH", "DELETE"}) {
                    const std::string body = method == "PATCH" ? R"({"schema_mode":"warn"})" : "";
                    const auto unseen = co_await platform.manage(method, "/v1/tenants/" + other,
                                                                 body);
                    BOOST_TEST(unseen.status == 404U);
                }
            }
        // The scopes of its key count there too.
        const auto unread = co_await own.send("GET", "/v1/events");
        BOOST_TEST(unread.status == 403U);
    });
}

// Goal: no key gives more than it has, nor for longer; who makes tenants is an operator's decision.
BOOST_AUTO_TEST_CASE(keys_never_give_more_than_they_have)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        auto platform = co_await make_platform(person, "platform");
        co_await make_tenant(platform, "customer");
        ActingFor own{platform, "customer"};
        const auto given = co_await make_key_of(own, R"("events:write")");
        auto customer = person.as(given);
        co_await customer.manage_as(202, "POST", "/v1/events", R"({"type":"a.b","data":1})");
        for (const std::string more : {"events:read", "admin", "tenants:write", "secrets:read"}) {
            const auto refused = co_await own.send(
                "POST", "/v1/keys", R"({"name":"k","scopes":["events:write",")" + more + "\"]}");
            BOOST_TEST_CONTEXT(more << ": " << refused.body)
            {
                BOOST_TEST(refused.status == 422U);
                BOOST_TEST(refused.body.find("/scopes/1") != std::string::npos);
            }
        }
        // In its own tenant it makes no keys: for that it would need `admin`.
        const auto at_home = co_await platform.manage("POST", "/v1/keys",
                                                      R"({"name":"k","scopes":["events:write"]})");
        BOOST_TEST(at_home.status == 403U);

        ActingFor operating{person, "customer"};
        const auto admin_made = co_await operating.send(
            "POST", "/v1/keys",
            R"({"name":"a","scopes":["admin"],"expires_at":"2990-01-01T00:00:00Z"})");
        auto admin = person.as(text(json::parse(admin_made.body), "key"));
        const auto inherited = co_await admin.manage_as(
            201, "POST", "/v1/keys", R"({"name":"k","scopes":["events:read","admin"]})");
        BOOST_TEST(text(inherited, "expires_at") == "2990-01-01T00:00:00.000Z");
        for (const std::string more :
             {R"({"name":"k","scopes":["admin"],"expires_at":"2991-01-01T00:00:00Z"})",
              R"({"name":"k","scopes":["tenants:write"]})"})
            co_await admin.manage_as(422, "POST", "/v1/keys", more);
    });
}

// Goal: a tenant's admin sets its own schema mode; name, limits and retention are for those above.
BOOST_AUTO_TEST_CASE(who_may_change_a_tenant)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        auto platform = co_await make_platform(person, "platform");
        co_await make_tenant(platform, "customer");
        const ActingFor operating{person, "customer"};
        const auto admin_key = co_await make_key_of(operating, R"("admin")");
        auto admin = person.as(admin_key);
        const auto reader_key = co_await make_key_of(operating, R"("events:read")");
        auto reader = person.as(reader_key);
        const std::string path = "/v1/tenants/customer";

        const auto own = co_await admin.manage_as(200, "PATCH", path, R"({"schema_mode":"warn"})");
        BOOST_TEST(text(own, "schema_mode") == "warn");
        co_await admin.manage_as(403, "PATCH", path, R"({"name":"mine"})");
        co_await admin.manage_as(403, "PATCH", path, R"({"in_flight":99})");
        co_await admin.manage_as(403, "DELETE", path);
        co_await reader.manage_as(403, "PATCH", path, R"({"schema_mode":"off"})");
        co_await reader.manage_as(200, "GET", path);

        co_await platform.manage_as(200, "PATCH", path, R"({"name":"renamed"})");
        co_await platform.manage_as(403, "PATCH", "/v1/tenants/renamed", R"({"in_flight":99})");
        co_await platform.manage_as(403, "POST", "/v1/tenants", R"({"name":"x","in_flight":99})");
        co_await person.manage_as(200, "PATCH", "/v1/tenants/renamed", R"({"in_flight":99})");
        co_await platform.manage_as(403, "DELETE", "/v1/tenants/platform");
    });
}

// Goal: a tenant that is deleted is gone with the next request: its keys, its paths, its name; a
// new one of that name has nothing of it, and a new start of the hub brings nothing back.
BOOST_AUTO_TEST_CASE(a_deleted_tenant_is_gone)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto things = co_await make_things(person, "acme");
        auto key = person.as(things.at("tenant_key"));
        co_await person.manage_as(204, "DELETE", "/v1/tenants/acme");
        const auto refused = co_await key.manage("GET", "/v1/events");
        BOOST_TEST(refused.status == 401U);
        co_await person.manage_as(404, "GET", "/v1/tenants/acme");
        co_await person.manage_as(404, "DELETE", "/v1/tenants/" + things.at("tenants"));
        const auto github = signing::find_scheme("github");
        const auto webhook = co_await person.post_signed(things.at("tenants") + "/github", *github,
                                                         "topsecret-of-acme", "{}");
        BOOST_TEST(webhook.status == 404U);
        const auto page = co_await person.manage_as(200, "GET", "/v1/tenants");
        BOOST_TEST(page.at("data").as_array().size() == 1U);

        const auto again = co_await make_things(person, "acme");
        BOOST_TEST(again.at("tenants") != things.at("tenants"));
    });
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto page = co_await person.manage_as(200, "GET", "/v1/tenants");
        BOOST_TEST(page.at("data").as_array().size() == 2U);
    });
}

// Goal: the secret of a subscription is shown again to whom may see it, and the log says so; of a
// pair the public half is shown alone.
BOOST_AUTO_TEST_CASE(a_secret_is_shown_again)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const std::string rest = R"("event_types":["*"],"handler":{"url":"http://127.0.0.1:9/"}})";
        const auto made = co_await person.manage_as(201, "POST", "/v1/subscriptions",
                                                    R"({"name":"one",)" + rest);
        const auto shown = co_await person.manage("GET", "/v1/subscriptions/one/secret");
        BOOST_TEST(shown.status == 200U);
        BOOST_TEST(header_value(shown.headers, "cache-control") == "no-store");
        BOOST_TEST(text(json::parse(shown.body), "secret") == text(made, "secret"));
        const auto log = co_await person.manage_as(200, "GET",
                                                   "/v1/audit?action=subscription.secret_shown");
        BOOST_TEST(text(log.at("data").at(0), "object") == text(made, "id"));
        BOOST_TEST(json::serialize(log).find(text(made, "secret")) == std::string::npos);

        const auto pair = co_await person.manage_as(
            201, "POST", "/v1/subscriptions",
            R"({"name":"two","signature":"standard-webhooks-v1a",)" + rest);
        const auto half = co_await person.manage_as(200, "GET", "/v1/subscriptions/two/secret");
        BOOST_TEST(half.at("secret").is_null());
        BOOST_TEST(text(half, "public_key") == text(pair, "public_key"));
        co_await person.manage_as(201, "POST", "/v1/subscriptions",
                                  R"({"name":"raw","dialect":"raw",)" + rest);
        co_await person.manage_as(409, "GET", "/v1/subscriptions/raw/secret");
        const auto writer_key = co_await make_key(person, "subscriptions:write");
        auto writer = person.as(writer_key);
        co_await writer.manage_as(403, "GET", "/v1/subscriptions/one/secret");
    });
}

// Goal: a platform is not deleted before its customers: 409 names them.
BOOST_AUTO_TEST_CASE(a_platform_goes_after_its_customers)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        auto platform = co_await make_platform(person, "platform");
        for (const auto* name : {"a", "b", "c", "d", "e", "f"})
            co_await make_tenant(platform, name);
        const auto refused = co_await person.manage_as(409, "DELETE", "/v1/tenants/platform");
        const auto why = text(refused, "detail");
        BOOST_TEST(why.find("\"f\"") != std::string::npos, why);
        BOOST_TEST(why.find("and 1 more") != std::string::npos, why);
        for (const auto* name : {"a", "b", "c", "d", "e", "f"})
            co_await platform.manage_as(204, "DELETE", std::string{"/v1/tenants/"} + name);
        co_await person.manage_as(204, "DELETE", "/v1/tenants/platform");
    });
}

BOOST_AUTO_TEST_SUITE_END()
