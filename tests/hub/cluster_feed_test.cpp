// The feed of one hub tells of all hubs of its PostgreSQL.
#include "tests/hub/consumer_client.hpp"
#include "tests/hub/neighbour.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace katydid;
using namespace katydid::test;
using namespace std::chrono_literals;

namespace {

namespace json = boost::json;

}  // namespace

BOOST_AUTO_TEST_SUITE(hub_cluster_feed)

// Goal: who watches one hub hears of attempts that the other hub makes.
BOOST_AUTO_TEST_CASE(attempts_of_all_hubs)
{
    run_with_hubs(2, [](std::vector<ApiClient> hubs) -> awaitable<> {
        const auto executor = co_await asio::this_coro::executor;
        Inbox inbox{executor};
        std::set<std::string> waiting;
        for (int i = 0; i < 6; ++i) {
            const auto body
                = R"({"name":"to-)" + std::to_string(i)
                  + R"(","event_types":["order.*"],"handler":{"kind":"endpoint","url":")"
                  + inbox.url() + R"("}})";
            const auto made = co_await hubs[0].manage_as(201, "POST", "/v1/subscriptions", body);
            waiting.insert(text(made, "id"));
        }
        ConsumerClient reader;
        const auto status = co_await reader.connect(hubs[0], "/v1/feed?include=attempts",
                                                    "katydid.feed.v1");
        BOOST_REQUIRE(status == 101U);
        // The other hub is told within a second that someone watches: until then it tells nothing.
        const auto end = std::chrono::steady_clock::now() + 30s;
        while (!waiting.empty() && std::chrono::steady_clock::now() < end) {
            co_await publish(hubs[0], "1");
            // Each event is told, whichever hub delivers it: the wait for it ends.
            bool is_told = false;
            while (!is_told) {
                const auto frame = co_await reader.next();
                BOOST_REQUIRE(!frame.is_null());
                is_told = text(frame, "type") == "event";
                if (text(frame, "type") == "attempt") waiting.erase(text(frame, "subscription"));
            }
        }
        BOOST_TEST(waiting.empty());
        co_await reader.close();
        co_await inbox.close();
    });
}

BOOST_AUTO_TEST_SUITE_END()
