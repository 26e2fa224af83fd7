// API keys on a running hub: modes, expiry, use, guessing; and what the audit log says of it all.
#include "tests/hub/running_hub.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;

namespace {

namespace json = boost::json;

}  // namespace

BOOST_AUTO_TEST_SUITE(hub_api_access)

// Goal: keys say their mode, are shown once, and tell when they were used last.
BOOST_AUTO_TEST_CASE(keys_tell_about_themselves)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        for (const std::string mode : {"live", "test"}) {
            const auto made = co_await person.manage_as(
                201, "POST", "/v1/keys",
                R"({"name":"k","scopes":["events:read"],"mode":")" + mode + "\"}");
            const auto key = text(made, "key");
            BOOST_TEST(key.starts_with("kd_" + mode + "_"));
            BOOST_TEST(key.size() == 51U);
            BOOST_TEST(text(made, "mode") == mode);
            auto caller = person.as(key);
            co_await caller.manage_as(200, "GET", "/v1/events");
            const auto keys = co_await person.wait_for("/v1/keys", [](const json::value& page) {
                return page.at("data").at(0).at("last_used_at").is_string();
            });
            BOOST_TEST(json::serialize(keys).find(key) == std::string::npos);
            BOOST_TEST(json::serialize(keys).find("mode:test") == std::string::npos);
        }
        const auto past = co_await person.manage(
            "POST", "/v1/keys",
            R"({"name":"k","scopes":["events:read"],"expires_at":"2020-01-01T00:00:00Z"})");
        BOOST_TEST(past.status == 422U);
        const auto unknown = co_await person.manage("POST", "/v1/keys",
                                                    R"({"name":"k","scopes":["mode:test"]})");
        BOOST_TEST(unknown.status == 422U);
    });
}

// Goal: a caller with many wrong keys is slowed down; a right key from the same address is not.
BOOST_AUTO_TEST_CASE(guessing_is_slowed_down)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        auto guesser = person.as("kd_live_wrong");
        unsigned slowed = 0;
        for (int i = 0; i < 40; ++i) {
            const auto reply = co_await guesser.manage("GET", "/v1/events");
            if (reply.status == 429) {
                ++slowed;
                BOOST_TEST(!header_value(reply.headers, "retry-after").empty());
            } else BOOST_TEST(reply.status == 401U);
        }
        BOOST_TEST(slowed >= 10U);
        const auto right = co_await person.manage("GET", "/v1/events");
        BOOST_TEST(right.status == 200U);
    });
}

// Goal: the audit log says who changed what from what to what, without secrets, in one chain.
BOOST_AUTO_TEST_CASE(changes_are_noted)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto made = co_await person.manage_as(
            201, "POST", "/v1/subscriptions",
            R"({"name":"s","event_types":["x"],"secret":"topsecret-topsecret-topsecret",)"
            R"("dialect":"raw","signature":"github",)"
            R"("handler":{"url":"http://127.0.0.1:9/","headers":{"X-Token":"hush"}}})");
        const auto id = text(made, "id");
        co_await person.manage_as(200, "PATCH", "/v1/subscriptions/" + id, R"({"timeout":"9s"})");
        const auto log = co_await person.manage_as(200, "GET", "/v1/audit?object=" + id);
        const auto& rows = log.at("data").as_array();
        BOOST_REQUIRE(rows.size() == 2U);
        BOOST_TEST(text(rows[0], "action") == "subscription.changed");
        BOOST_TEST(text(rows[0], "actor") == "operator");
        BOOST_TEST(text(rows[0], "detail")
                   == R"({"before":{"timeout":"15s"},"after":{"timeout":"9s"}})");
        const auto whole = json::serialize(log);
        BOOST_TEST(whole.find("hush") == std::string::npos);
        BOOST_TEST(whole.find("topsecret") == std::string::npos);
        const auto verdict = co_await person.manage_as(200, "GET", "/v1/audit/verify");
        BOOST_TEST(verdict.at("verified").as_bool());
        const auto filtered = co_await person.manage_as(
            200, "GET", "/v1/audit?action=subscription.*&order=asc");
        BOOST_TEST(text(filtered.at("data").at(0), "action") == "subscription.created");
    });
}

// Goal: a person's opt-outs are stored for their tenant and their name is not in the log.
BOOST_AUTO_TEST_CASE(opt_outs)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const std::string path = "/v1/subjects/anna%40example.org/privacy";
        const auto before = co_await person.manage_as(200, "GET", path);
        BOOST_TEST(!before.at("opt_out").as_bool());
        co_await person.manage_as(200, "PUT", path, R"({"opt_out":["atlvs"]})");
        const auto after = co_await person.manage_as(200, "GET", path);
        BOOST_TEST((after.at("opt_out").at(0) == "atlvs"));
        const auto wrong = co_await person.manage("PUT", path, R"({"opt_out":"yes"})");
        BOOST_TEST(wrong.status == 422U);
        const auto log = co_await person.manage("GET", "/v1/audit");
        BOOST_TEST(log.body.find("anna") == std::string::npos);
    });
}

BOOST_AUTO_TEST_SUITE_END()
