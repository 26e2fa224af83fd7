// Two hubs on one PostgreSQL: what is done at one counts at the other.
#include <katydid/hub.hpp>

#include "tests/console/browser.hpp"
#include "tests/hub/neighbour.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;
using namespace std::chrono_literals;

namespace {

namespace json = boost::json;

void run_with_two_hubs(std::function<awaitable<>(ApiClient, ApiClient)> script)
{
    run_with_hubs(2, [&](std::vector<ApiClient> hubs) -> awaitable<> {
        auto run = script(hubs[0], hubs[1]);
        co_await std::move(run);
    });
}

constexpr const char* event = R"({"type":"a.b","data":1})";

}  // namespace

BOOST_AUTO_TEST_SUITE(hub_cluster)

// Goal: who follows events at one hub hears of those that another hub took, long before the wait
// is over.
BOOST_AUTO_TEST_CASE(followers_hear_of_other_hubs_events)
{
    run_with_two_hubs([](ApiClient first, ApiClient second) -> awaitable<> {
        const auto seen = co_await first.manage_as(202, "POST", "/v1/events", event);
        const auto path = "/v1/events?order=asc&wait=30s&after=" + text(seen, "id");
        const auto executor = co_await asio::this_coro::executor;
        std::optional<json::value> page;
        asio::steady_timer done{executor, asio::steady_timer::time_point::max()};
        const auto begun = std::chrono::steady_clock::now();
        asio::co_spawn(executor, second.manage_as(200, "GET", path),
                       [&](std::exception_ptr failure, json::value value) {
                           if (!failure) page = std::move(value);
                           done.cancel();
                       });
        const auto published = co_await first.manage_as(202, "POST", "/v1/events", event);
        if (!page) co_await done.async_wait(use_tuple);
        BOOST_REQUIRE(page.has_value());
        BOOST_REQUIRE(!page->at("data").as_array().empty());
        BOOST_TEST(text(page->at("data").at(0), "id") == text(published, "id"));
        BOOST_TEST((std::chrono::steady_clock::now() - begun < 15s));
    });
}

// Goal: a key made at one hub opens the other, and once revoked at the one is worth nothing there
// with the next request and at the other as soon as it has heard.
BOOST_AUTO_TEST_CASE(keys_count_at_every_hub)
{
    run_with_two_hubs([](ApiClient first, ApiClient second) -> awaitable<> {
        const auto made = co_await first.manage_as(201, "POST", "/v1/keys",
                                                   R"({"name":"k","scopes":["events:read"]})");
        auto here = first.as(text(made, "key"));
        auto there = second.as(text(made, "key"));
        co_await here.manage_as(200, "GET", "/v1/events");
        const auto becomes = [&](bool open) -> awaitable<bool> {
            const auto end = std::chrono::steady_clock::now() + 20s;
            while (std::chrono::steady_clock::now() < end) {
                const auto reply = co_await there.manage("GET", "/v1/events");
                if ((reply.status == 200) == open) co_return true;
            }
            co_return false;
        };
        const bool opens = co_await becomes(true);
        BOOST_TEST(opens);
        co_await first.manage_as(200, "DELETE", "/v1/keys/" + text(made, "id"));
        co_await here.manage_as(401, "GET", "/v1/events");
        const bool closes = co_await becomes(false);
        BOOST_TEST(closes);
    });
}

// Goal: who signed in at one hub is signed in at the other, and ended at the one the session is
// over at both with the next call.
BOOST_AUTO_TEST_CASE(sessions_count_at_every_hub)
{
    run_with_two_hubs([](ApiClient first, ApiClient second) -> awaitable<> {
        const auto made = co_await first.manage_as(201, "POST", "/v1/keys",
                                                   R"({"name":"k","scopes":["events:read"]})");
        auto there = second.as(text(made, "key"));
        const auto end = std::chrono::steady_clock::now() + 20s;
        unsigned known = 0;
        while (known != 200 && std::chrono::steady_clock::now() < end) {
            const auto reply = co_await there.manage("GET", "/v1/events");
            known = reply.status;
        }
        BOOST_TEST(known == 200U);
        Browser browser{first};
        const auto in = co_await browser.sign_in(text(made, "key"));
        if (in.status == 404) co_return;  // a program without the console
        Browser elsewhere{second, {}, browser.cookie, browser.csrf};
        const auto open = co_await elsewhere.status_of("/v1/events");
        BOOST_TEST(open == 200U);
        const auto listed = co_await elsewhere.call("GET", "/v1/sessions");
        const auto rows = json::parse(listed.body).at("data").as_array();
        BOOST_REQUIRE(rows.size() == 1U);
        const auto ended = co_await elsewhere.call("DELETE", "/v1/sessions/" + text(rows[0], "id"));
        BOOST_TEST(ended.status == 204U);
        const auto here = co_await browser.status_of("/v1/events");
        BOOST_TEST(here == 401U);
    });
}

// Goal: a replay job that was made at one hub is found, listed and cancelled at the other.
BOOST_AUTO_TEST_CASE(replay_jobs_are_known_at_every_hub)
{
    run_with_two_hubs([](ApiClient first, ApiClient second) -> awaitable<> {
        for (int i = 0; i < 4; ++i) {
            const auto made = co_await first.manage_as(202, "POST", "/v1/deliveries/retry",
                                                       R"({"states":["dead"]})");
            const auto path = "/v1/replay-jobs/" + text(made, "id");
            co_await second.manage_as(200, "GET", path);
            const auto page = co_await second.manage_as(200, "GET", "/v1/replay-jobs");
            BOOST_TEST(!page.at("data").as_array().empty());
            co_await first.wait_for(
                path, [](const json::value& job) { return text(job, "status") == "completed"; });
            const auto seen = co_await second.manage_as(200, "GET", path);
            BOOST_TEST(text(seen, "status") == "completed");
        }
    });
}

BOOST_AUTO_TEST_SUITE_END()
