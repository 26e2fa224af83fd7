// Tenants, keys and erasure through the API of a running hub.
#include "tests/hub/running_hub.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;

namespace {

namespace json = boost::json;

awaitable<http::ClientReply> call_in(ApiClient& person, std::string tenant, std::string method,
                                     std::string path, std::string body = {})
{
    Call call{std::move(method),
              std::move(path),
              std::move(body),
              {person.authorisation(), {"Katydid-Tenant", std::move(tenant)}}};
    auto reply = co_await person.send(std::move(call));
    co_return reply;
}

constexpr const char* event = R"({"type":"a.b","data":1})";

}  // namespace

BOOST_AUTO_TEST_SUITE(hub_tenants)

// Goal: a tenant's key sees and does only what is its tenant's and what its scopes say, until it
// is revoked.
BOOST_AUTO_TEST_CASE(keys_belong_to_tenants)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient root) -> awaitable<> {
        const auto tenant = co_await root.manage_as(201, "POST", "/v1/tenants",
                                                    R"({"name":"acme"})");
        co_await root.manage_as(409, "POST", "/v1/tenants", R"({"name":"acme"})");
        const auto made = co_await call_in(root, "acme", "POST", "/v1/keys",
                                           R"({"name":"k","scopes":["events:write"]})");
        BOOST_REQUIRE(made.status == 201U);
        const auto key = json::parse(made.body);
        BOOST_TEST(text(key, "tenant") == text(tenant, "id"));

        auto acme = root.as(text(key, "key"));
        const auto published = co_await acme.manage_as(202, "POST", "/v1/events", event);
        co_await acme.manage_as(403, "GET", "/v1/events");
        const auto foreign = co_await call_in(acme, "default", "POST", "/v1/events", "{}");
        BOOST_TEST(foreign.status == 404U);
        co_await acme.manage_as(200, "GET", "/v1/tenants");
        const auto path = "/v1/events/" + text(published, "id");
        co_await root.manage_as(404, "GET", path);
        const auto as_acme = co_await call_in(root, "acme", "GET", path);
        BOOST_TEST(as_acme.status == 200U);
        const auto nobody = co_await call_in(root, "nobody", "GET", path);
        BOOST_TEST(nobody.status == 404U);

        const auto revoked = co_await call_in(root, "acme", "DELETE",
                                              "/v1/keys/" + text(key, "id"));
        BOOST_TEST(revoked.status == 200U);
        BOOST_TEST(json::parse(revoked.body).at("revoked_at").is_string());
        co_await acme.manage_as(401, "POST", "/v1/events", event);
    });
}

// Goal: a tenant's name, limit and retention change by PATCH, and nonsense is refused with a
// pointer.
BOOST_AUTO_TEST_CASE(tenants_change)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient root) -> awaitable<> {
        const auto bad = co_await root.manage_as(422, "POST", "/v1/tenants",
                                                 R"({"name":"x","retention":{"dead":"soon"}})");
        BOOST_TEST(text(bad.at("errors").at(0), "pointer") == "/retention/dead");
        co_await root.manage_as(422, "POST", "/v1/tenants", R"({"nam":"x"})");
        co_await root.manage_as(200, "PATCH", "/v1/tenants/default",
                                R"({"retention":{"delivered":"1d"}})");
        const auto second = co_await root.manage_as(200, "PATCH", "/v1/tenants/default",
                                                    R"({"in_flight":7})");
        BOOST_TEST(text(second.at("retention"), "delivered") == "1d");
        BOOST_TEST(second.at("in_flight").to_number<int>() == 7);
    });
}

// Goal: whatever subject can be published can be erased, however many bytes its characters have.
BOOST_AUTO_TEST_CASE(long_subject_erased)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient root) -> awaitable<> {
        std::string subject;
        std::string in_path;
        for (int i = 0; i < 256; ++i) {
            subject += "\xf0\x9f\x8e\xb8";
            in_path += "%F0%9F%8E%B8";
        }
        const auto body = R"({"type":"a.b","subject":")" + subject + R"(","data":1})";
        co_await root.manage_as(202, "POST", "/v1/events", body);
        const auto path = "/v1/subjects/" + in_path + "/erase";
        const auto erased = co_await root.manage_as(200, "POST", path);
        BOOST_TEST(erased.at("events").to_number<int>() == 1);
    });
}

// Goal: erasing a subject takes the payload and leaves the fact.
BOOST_AUTO_TEST_CASE(subject_erased)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient root) -> awaitable<> {
        co_await root.manage_as(202, "POST", "/v1/events",
                                R"({"type":"a.b","subject":"anna@example.org","data":{"x":1}})");
        const std::string path = "/v1/subjects/anna%40example.org/erase";
        const auto erased = co_await root.manage_as(200, "POST", path);
        BOOST_TEST(erased.at("events").to_number<int>() == 1);
        const auto rows = co_await root.manage_as(200, "GET", "/v1/events");
        BOOST_TEST(json::serialize(rows).find("anna") == std::string::npos);
        BOOST_TEST(rows.at("data").as_array().size() == 1U);
        const auto twice = co_await root.manage_as(200, "POST", path);
        BOOST_TEST(twice.at("events").to_number<int>() == 0);
    });
}

BOOST_AUTO_TEST_SUITE_END()
