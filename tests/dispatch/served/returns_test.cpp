// A receiver that comes back, through a whole hub.
#include "tests/hub/running_hub.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>

using namespace katydid;
using namespace katydid::test;
using namespace std::chrono_literals;

namespace {

namespace json = boost::json;

/// GET /v1/deliveries?state=… has so many rows.
awaitable<> wait_for_count(ApiClient& person, std::string state, std::size_t count)
{
    const auto path = "/v1/deliveries?state=" + state;
    co_await person.wait_for(path, [count](const json::value& list) {
        return list.at("data").as_array().size() == count;
    });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(dispatch_returns_served)

// Goal: an endpoint whose breaker closes gets what waited for a slot an hour later at once.
BOOST_AUTO_TEST_CASE(retries_go_when_the_breaker_closes)
{
    constexpr std::size_t count = 12;
    const Folder folder;
    auto settings = settings_in(folder);
    settings.breaker_open = 50ms;
    run_with_hub(settings, [](ApiClient person) -> awaitable<> {
        const auto executor = co_await asio::this_coro::executor;
        Inbox inbox{executor};
        inbox.answer_with(500);
        const std::string event = R"({"type":"order.new","data":1})";
        co_await person.manage_as(201, "POST", "/v1/subscriptions",
                                  R"({"name":"a","event_types":["order.*"],"handler":{"url":")"
                                      + inbox.url() + R"("},"retry":{"delays":["1h"]}})");
        for (std::size_t i = 0; i < count; ++i) {
            co_await person.manage_as(202, "POST", "/v1/events", event);
            co_await inbox.next();
        }
        co_await wait_for_count(person, "scheduled", count);
        inbox.answer_with(200);
        co_await person.manage_as(202, "POST", "/v1/events", event);
        for (std::size_t i = 0; i < 1 + count; ++i) co_await inbox.next();
        co_await wait_for_count(person, "delivered", 1 + count);
        co_await inbox.close();
    });
}

BOOST_AUTO_TEST_SUITE_END()
