#include "handlers/coroutine/coroutine_handler.hpp"
#include "handlers/handler_table.hpp"

#include "hub/core/subscription/subscription.hpp"
#include "tests/handlers/events.hpp"
#include "tests/support/run_coroutine.hpp"

#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::handlers;
using namespace katydid::test;

namespace {

std::shared_ptr<Handler> answering(Outcome outcome)
{
    return std::make_shared<CoroutineHandler>(
        [outcome](const Event&) -> awaitable<Outcome> { co_return outcome; });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(handlers_handler_table)

// Goal: endpoints share one handler, coroutines are found by name, the rest has none.
BOOST_AUTO_TEST_CASE(find)
{
    HandlerTable registry;
    const auto endpoint = answering({});
    const auto stock = answering({});
    registry.set_endpoint(endpoint);
    BOOST_TEST(registry.add("stock", stock).has_value());
    Subscription subscription;
    subscription.name = "stock";
    BOOST_TEST(registry.find(subscription) == endpoint.get());
    subscription.handler.kind = HandlerKind::coroutine;
    BOOST_TEST(registry.find(subscription) == stock.get());
    subscription.name = "other";
    BOOST_TEST(registry.find(subscription) == nullptr);
    BOOST_TEST((registry.add("stock", stock).error() == errc::conflict));
    BOOST_TEST((registry.add("", stock).error() == errc::invalid_argument));
}

// Goal: the coroutine gets the event, and what it says or throws comes back.
BOOST_AUTO_TEST_CASE(coroutine)
{
    run_coroutine([]() -> awaitable<> {
        std::string seen;
        CoroutineHandler handler{[&seen](const Event& event) -> awaitable<Outcome> {
            seen = event.type;
            const auto executor = co_await asio::this_coro::executor;
            co_await asio::post(executor, asio::use_awaitable);
            if (event.subject == "broken") throw std::runtime_error{"no"};
            co_return Outcome::failed(event.type);
        }};
        Call call;
        call.event = std::make_shared<const Event>(make_event("", "stock.low", "{}"));
        const auto outcome = co_await handler.handle(std::move(call));
        BOOST_TEST(seen == "stock.low");
        BOOST_TEST(outcome.error == "stock.low");
        auto broken = make_event("", "stock.low", "{}");
        broken.subject = "broken";
        Call second;
        second.event = std::make_shared<const Event>(std::move(broken));
        bool threw = false;
        try {
            [[maybe_unused]] const auto none = co_await handler.handle(std::move(second));
        } catch (const std::runtime_error&) {
            threw = true;
        }
        BOOST_TEST(threw);
    });
}

BOOST_AUTO_TEST_SUITE_END()
