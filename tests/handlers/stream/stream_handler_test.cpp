#include "handlers/stream/stream_handler.hpp"
#include "hub/core/subscription/subscription.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <list>
#include <map>

using namespace katydid;
using namespace katydid::handlers;
using namespace katydid::handlers::stream;
using namespace std::chrono_literals;

namespace {

struct Recorder final : Consumer {
    void deliver(HandoverPtr handover) override { got.push_back(std::move(handover)); }
    void revoke(DeliveryId delivery, std::string reason) override
    {
        revoked[delivery] = std::move(reason);
    }
    void moved() override { has_moved = true; }
    void end(std::string reason) override { ended = std::move(reason); }

    std::vector<HandoverPtr> got;
    std::map<DeliveryId, std::string> revoked;
    std::string ended;
    bool has_moved = false;
};

/// A handler and its loop, turned by hand.
struct Bench {
    Bench()
    {
        auto made = std::make_shared<Subscription>();
        made->id = ids.make<SubscriptionId>();
        made->name = "work";
        made->handler.kind = HandlerKind::stream;
        made->dialect = Dialect::raw;
        subscription = made;
        handler.put_subscription(subscription);
    }
    ~Bench() { drain(); }
    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;

    void change(auto make)
    {
        auto changed = std::make_shared<Subscription>(*subscription);
        make(*changed);
        subscription = changed;
        handler.put_subscription(subscription);
    }

    std::shared_ptr<Recorder> connect(std::uint32_t credit, ConsumerId* id = nullptr)
    {
        auto consumer = std::make_shared<Recorder>();
        const auto attached = handler.attach(subscription->id, consumer, {credit});
        if (id != nullptr) *id = attached.value();
        return consumer;
    }

    /// Starts a call and lets everything happen that can without waiting.
    DeliveryId call(milliseconds timeout = 1h)
    {
        auto event = std::make_shared<Event>();
        event->id = ids.make<EventId>();
        event->type = "test.made";
        event->content_type = "application/json";
        event->payload = std::make_shared<const std::string>(R"({"a":1})");
        const auto id = ids.make<DeliveryId>();
        auto timed = std::make_shared<Subscription>(*subscription);
        timed->timeout = timeout;
        Call call{event, timed, id, 1, Deadline::after(timeout)};
        asio::co_spawn(
            loop, handler.handle(std::move(call)),
            asio::bind_cancellation_slot(cuts.emplace_back().slot(),
                                         [this, id](std::exception_ptr failure, Outcome outcome) {
                                             BOOST_TEST(!failure);
                                             outcomes.emplace(id, std::move(outcome));
                                         }));
        turn();
        return id;
    }

    /// Those who are connected are sent away at once.
    void drain()
    {
        asio::co_spawn(loop, handler.drain(SteadyTime::min()),
                       [](std::exception_ptr failure) { BOOST_TEST(!failure); });
        turn();
    }
    void turn()
    {
        loop.restart();
        loop.poll();
    }
    void wait_for(DeliveryId id)
    {
        loop.restart();
        while (!outcomes.contains(id)) loop.run_one();
    }

    asio::io_context loop{1};
    IdSource ids{system_clock(), 7};
    std::vector<std::uint32_t> capacities;
    StreamHandler handler{
        {system_clock(),
         {system_clock(), [](SubscriptionId) { return nullptr; }},
         [this](SubscriptionId id) { capacities.push_back(handler.capacity(id).value()); }}};
    SubscriptionPtr subscription;
    std::list<asio::cancellation_signal> cuts;  ///< of the calls, in order
    std::map<DeliveryId, Outcome> outcomes;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(handlers_stream_handler)

// Goal: an answer ends the attempt; the capacity is said when it changes and only then.
BOOST_AUTO_TEST_CASE(answered)
{
    Bench bench;
    BOOST_TEST(bench.handler.capacity(bench.subscription->id).value() == 0U);
    const auto consumer = bench.connect(2);
    const auto id = bench.call();
    BOOST_REQUIRE(consumer->got.size() == 1U);
    const auto& got = *consumer->got.front();
    BOOST_TEST((got.delivery == id));
    BOOST_TEST(*got.body == R"({"a":1})");
    BOOST_TEST(header_value(got.headers, "content-type") == "application/json");
    BOOST_TEST(bench.outcomes.empty());
    Outcome outcome;
    outcome.status = 204;
    BOOST_TEST(bench.handler.answer(bench.subscription->id, std::nullopt, id, outcome));
    BOOST_TEST(!bench.handler.answer(bench.subscription->id, std::nullopt, id, outcome));
    bench.turn();
    BOOST_TEST(bench.outcomes.at(id).status == 204U);
    BOOST_TEST(bench.capacities == std::vector<std::uint32_t>{2}, boost::test_tools::per_element());
}

// Goal: what no consumer can take is given back untried.
BOOST_AUTO_TEST_CASE(none_can_take_it)
{
    Bench bench;
    auto id = bench.call();
    BOOST_TEST(bench.outcomes.at(id).given_back);
    const auto consumer = bench.connect(1);
    bench.call();
    id = bench.call();
    BOOST_TEST(bench.outcomes.at(id).given_back);
    BOOST_TEST(consumer->got.size() == 1U);
}

// Goal: a connection that ends gives its deliveries back; those of others stay where they are, and
// only the holder may answer.
BOOST_AUTO_TEST_CASE(connection_ends)
{
    Bench bench;
    ConsumerId first;
    ConsumerId second;
    bench.connect(1, &first);
    const auto one = bench.call();
    bench.connect(1, &second);
    const auto other = bench.call();
    BOOST_TEST(!bench.handler.answer(bench.subscription->id, second, one, Outcome::delivered()));
    bench.handler.detach(bench.subscription->id, first);
    bench.turn();
    BOOST_TEST(bench.outcomes.at(one).given_back);
    BOOST_TEST(!bench.outcomes.contains(other));
    BOOST_TEST(!bench.handler.answer(bench.subscription->id, first, one, Outcome::delivered()));
    BOOST_TEST(bench.handler.answer(bench.subscription->id, second, other, Outcome::delivered()));
    bench.turn();
    BOOST_TEST(bench.outcomes.at(other).is_success());
}

// Goal: a poll's consumer goes, and its deliveries may be answered all the same.
BOOST_AUTO_TEST_CASE(retires)
{
    Bench bench;
    ConsumerId poll;
    bench.connect(2, &poll);
    const auto id = bench.call();
    bench.handler.retire(bench.subscription->id, poll);
    BOOST_TEST(bench.handler.capacity(bench.subscription->id).value() == 1U);
    BOOST_TEST(bench.handler.answer(bench.subscription->id, std::nullopt, id, Outcome::dead("no")));
    bench.turn();
    BOOST_TEST(bench.outcomes.at(id).final);
    BOOST_TEST(bench.handler.capacity(bench.subscription->id).value() == 0U);
}

// Goal: not answered in time is a failed attempt, and the consumer hears that it is revoked.
BOOST_AUTO_TEST_CASE(deadline)
{
    Bench bench;
    const auto consumer = bench.connect(1);
    const auto id = bench.call(1ms);
    bench.wait_for(id);
    BOOST_TEST((bench.outcomes.at(id).outcome == AttemptClass::timed_out));
    BOOST_TEST(bench.outcomes.at(id).error == "not acknowledged within 1ms");
    BOOST_TEST(consumer->revoked.at(id) == "not acknowledged within 1ms");
    BOOST_TEST(!bench.handler.extend(bench.subscription->id, std::nullopt, id).has_value());
}

// Goal: more time begins when it is asked for.
BOOST_AUTO_TEST_CASE(extended)
{
    Bench bench;
    bench.connect(1);
    const auto begun = system_clock().steady_now();
    const auto id = bench.call(200ms);
    while (system_clock().steady_now() < begun + 100ms) bench.turn();
    const auto asked = system_clock().steady_now();
    const auto until = bench.handler.extend(bench.subscription->id, std::nullopt, id);
    BOOST_REQUIRE(until.has_value());
    BOOST_TEST((*until > system_clock().now() + 150ms));
    bench.wait_for(id);
    BOOST_TEST((system_clock().steady_now() >= asked + 200ms));
    BOOST_TEST((bench.outcomes.at(id).outcome == AttemptClass::timed_out));
}

// Goal: a pause leaves consumers where they are; disabling, deleting and another kind of handler
// take everything back and end them with the reason.
BOOST_AUTO_TEST_CASE(subscription_goes)
{
    Bench bench;
    auto consumer = bench.connect(1);
    auto id = bench.call();
    bench.change([](Subscription& each) { each.status = SubscriptionStatus::paused; });
    bench.turn();
    BOOST_TEST(bench.outcomes.empty());
    bench.change([](Subscription& each) { each.status = SubscriptionStatus::disabled; });
    bench.turn();
    BOOST_TEST(bench.outcomes.at(id).given_back);
    BOOST_TEST(consumer->revoked.at(id) == "the subscription is disabled");
    BOOST_TEST(consumer->ended == "the subscription is disabled");
    BOOST_TEST(
        (bench.handler.attach(bench.subscription->id, consumer, {1}).error() == errc::conflict));

    bench.change([](Subscription& each) { each.status = SubscriptionStatus::active; });
    consumer = bench.connect(1);
    id = bench.call();
    bench.handler.remove_subscription(bench.subscription->id);
    bench.turn();
    BOOST_TEST(bench.outcomes.at(id).given_back);
    BOOST_TEST(consumer->ended == "the subscription was deleted");
    BOOST_TEST(
        (bench.handler.attach(bench.subscription->id, consumer, {1}).error() == errc::not_found));

    bench.handler.put_subscription(bench.subscription);
    consumer = bench.connect(1);
    bench.change([](Subscription& each) { each.handler.kind = HandlerKind::endpoint; });
    BOOST_TEST(consumer->ended == "the subscription is not a stream any more");
}

// Goal: at the end of the hub nothing in hands counts as tried, whether it stops or cuts calls off.
BOOST_AUTO_TEST_CASE(hub_ends)
{
    Bench bench;
    auto consumer = bench.connect(2);
    const auto cut = bench.call();
    bench.cuts.back().emit(asio::cancellation_type::terminal);
    bench.turn();
    BOOST_TEST(bench.outcomes.at(cut).given_back);
    BOOST_TEST(consumer->revoked.contains(cut));
    const auto held = bench.call();
    bench.drain();
    BOOST_TEST(bench.outcomes.at(held).given_back);
    BOOST_TEST(bench.handler.attach(bench.subscription->id, consumer, {1}).has_error());
}

BOOST_AUTO_TEST_SUITE_END()
