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

constexpr const char* feed = "katydid.feed.v1";

std::string event_of(const json::value& frame) { return text(frame.at("event"), "id"); }

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
        const auto status = co_await reader.connect(hubs[0], "/v1/feed?include=attempts", feed);
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

// Goal: who got events at one hub and resumes at another gets what comes after them, and none of
// them again, even where the other hub has not looked for them yet.
BOOST_AUTO_TEST_CASE(resumes_at_a_hub_that_is_behind)
{
    run_with_hubs(2, [](std::vector<ApiClient> hubs) -> awaitable<> {
        ConsumerClient here;
        co_await here.connect(hubs[0], "/v1/feed", feed);
        ConsumerClient there;  // for whom the other hub reads
        co_await there.connect(hubs[1], "/v1/feed", feed);
        // With each round in which it found nothing of its own, the other hub looks less often.
        for (int round = 0; round < 10; ++round) {
            std::string last;
            for (int i = 0; i < 3; ++i) {
                co_await publish(hubs[0], "1");
                const auto frame = co_await here.next("event");
                last = event_of(frame);
            }
            ConsumerClient resumed;
            const auto status = co_await resumed.connect(hubs[1], "/v1/feed?after=" + last, feed);
            BOOST_REQUIRE(status == 101U);
            for (int i = 0; i < 2; ++i) {
                co_await publish(hubs[0], "2");
                const auto told = co_await here.next("event");
                const auto next = co_await resumed.next("event");
                BOOST_TEST(event_of(next) == event_of(told));
                last = event_of(told);
            }
            std::string seen;
            while (seen != last) {
                const auto frame = co_await there.next("event");
                seen = event_of(frame);
            }
            co_await resumed.close();
        }
        co_await here.close();
        co_await there.close();
    });
}

BOOST_AUTO_TEST_SUITE_END()
