// Events that come again, and what a replay may reach.
#include "hub/core/subscription/subscription.hpp"
#include "tests/receive/receiver_fixture.hpp"
#include "tests/support/lists.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;

namespace {

Event make_event(std::string type = "order.paid", Origin origin = Origin::received)
{
    Event event;
    event.origin = origin;
    event.source = origin == Origin::received ? "shop" : "";
    event.type = std::move(type);
    event.external_id = "id-1";
    event.payload = std::make_shared<const std::string>("{}");
    return event;
}

struct Shop : ReceiverFixture {
    awaitable<SubscriptionId> subscribe(std::string name, std::vector<std::string> types)
    {
        Subscription made;
        made.name = std::move(name);
        made.event_types = std::move(types);
        made.handler.url = "https://receiver.example/";
        auto put = co_await registry.subscriptions.put(std::move(made), std::nullopt);
        co_return put.value()->id;
    }

    awaitable<store::Appended> send(Event event = make_event())
    {
        auto appended = co_await intake.accept(std::move(event));
        co_return appended.value();
    }

    awaitable<std::vector<Delivery>> deliveries()
    {
        auto rows = co_await store->deliveries({});
        co_return rows.value();
    }

    /// Ends the one delivery that waits.
    awaitable<void> end(SubscriptionId id, Lane lane, DeliveryState state)
    {
        store::Claim claim{default_tenant(), id, lane, 64, clock.now()};
        const auto claimed = co_await store->claim(claim);
        BOOST_TEST_REQUIRE(claimed.value().works.size() == 1U);
        store::Settlement settlement;
        settlement.delivery = claimed->works[0].delivery.id;
        settlement.state = state;
        settlement.settled_at = clock.now();
        std::vector<store::Settlement> settlements;
        settlements.push_back(std::move(settlement));
        const auto settled = co_await store->settle(std::move(settlements));
        settled.value();
    }

    awaitable<std::size_t> count_audited(std::string action)
    {
        store::AuditQuery query;
        query.action = std::move(action);
        const auto rows = co_await store->audit_entries(std::move(query));
        co_return rows.value().size();
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(intake_redelivery)

// Goal: a provider that sends an event again whose deliveries are all dead or cancelled gets it
// tried again, under the same delivery, and that is recorded; one that waits or was delivered stays
// a duplicate.
BOOST_AUTO_TEST_CASE(the_provider_redelivers)
{
    for (const auto state : {DeliveryState::dead, DeliveryState::cancelled}) {
        Shop shop;
        shop.run([&]() -> awaitable<> {
            const auto id = co_await shop.subscribe("a", names("order.*"));
            const auto first = co_await shop.send();
            const auto waiting = co_await shop.send();
            BOOST_TEST(waiting.duplicate);
            BOOST_TEST(waiting.deliveries == 0U);

            co_await shop.end(id, Lane::fresh, state);
            const auto again = co_await shop.send();
            BOOST_TEST(again.duplicate);
            BOOST_TEST((again.event == first.event));
            BOOST_TEST(again.deliveries == 1U);
            auto rows = co_await shop.deliveries();
            BOOST_TEST_REQUIRE(rows.size() == 1U);
            BOOST_TEST((rows[0].state == DeliveryState::pending));
            BOOST_TEST((rows[0].lane == Lane::replay));

            co_await shop.end(id, Lane::replay, DeliveryState::delivered);
            const auto late = co_await shop.send();
            BOOST_TEST(late.deliveries == 0U);
            rows = co_await shop.deliveries();
            BOOST_TEST((rows[0].state == DeliveryState::delivered));
            const auto noted = co_await shop.count_audited("event.tried_again");
            BOOST_TEST(noted == 1U);
        });
    }
}

// Goal: an event that nobody wanted when it came is delivered when it comes again and somebody
// does; with another body it is the first one that goes out.
BOOST_AUTO_TEST_CASE(nobody_wanted_it_before)
{
    Shop shop;
    shop.run([&]() -> awaitable<> {
        const auto first = co_await shop.send();
        const auto alone = co_await shop.send();
        BOOST_TEST(alone.deliveries == 0U);
        const auto id = co_await shop.subscribe("a", names("*"));
        auto other = make_event();
        other.payload = std::make_shared<const std::string>(R"({"attempt":2})");
        const auto again = co_await shop.send(std::move(other));
        BOOST_TEST(again.deliveries == 1U);
        const auto rows = co_await shop.deliveries();
        BOOST_TEST_REQUIRE(rows.size() == 1U);
        BOOST_TEST((rows[0].event == first.event));
        BOOST_TEST((rows[0].subscription == id));
    });
}

// Goal: what was published is tried again by the same rule; other data under a known id is a
// conflict and moves nothing; the bridge's own repeats are the bridge's.
BOOST_AUTO_TEST_CASE(publishers_and_the_bridge)
{
    Shop shop;
    shop.run([&]() -> awaitable<> {
        const auto id = co_await shop.subscribe("a", names("order.*"));
        co_await shop.send(make_event("order.paid", Origin::published));
        co_await shop.end(id, Lane::fresh, DeliveryState::dead);
        auto other = make_event("order.paid", Origin::published);
        other.payload = std::make_shared<const std::string>("[]");
        const auto conflict = co_await shop.send(std::move(other));
        BOOST_TEST(!conflict.same_payload);
        BOOST_TEST(conflict.deliveries == 0U);
        const auto again = co_await shop.send(make_event("order.paid", Origin::published));
        BOOST_TEST(again.deliveries == 1U);

        auto write = make_event("bridge.sale", Origin::bridge);
        write.source = "bridge";
        auto repeat = write;
        co_await shop.send(std::move(write));
        co_await shop.subscribe("b", names("bridge.*"));
        const auto repeated = co_await shop.send(std::move(repeat));
        BOOST_TEST(repeated.duplicate);
        BOOST_TEST(repeated.deliveries == 0U);
    });
}

// Goal: a replay reaches nobody whom the event could not have reached.
BOOST_AUTO_TEST_CASE(a_replay_goes_where_the_event_could)
{
    Shop shop;
    shop.run([&]() -> awaitable<> {
        const auto wants = co_await shop.subscribe("wants", names("order.*"));
        const auto other = co_await shop.subscribe("other", names("invoice.*"));
        const auto sent = co_await shop.send();
        const auto replayed = co_await shop.intake.replay(default_tenant(), sent.event, wants);
        BOOST_TEST(replayed.has_value());
        const auto refused = co_await shop.intake.replay(default_tenant(), sent.event, other);
        BOOST_TEST_REQUIRE(refused.has_error());
        BOOST_TEST((refused.error() == errc::invalid_argument));
        BOOST_TEST(refused.error().message.find("\"other\"") != std::string::npos);
        const auto rows = co_await shop.deliveries();
        BOOST_TEST(rows.size() == 1U);
    });
}

// Goal: a sender's type is never one of the hub's own, never longer than a type may be, and always
// one that a header can carry. The webhook is kept all the same.
BOOST_AUTO_TEST_CASE(types_of_senders)
{
    struct Row {
        std::string type;
        Origin origin;
        std::string kept;
    };
    const std::string longest(200, 'x');
    const std::vector<Row> rows{
        {"order.paid", Origin::received, "order.paid"},
        {"katydid.delivery.dead", Origin::received, "shop.katydid.delivery.dead"},
        {"bridge.sale", Origin::received, "shop.bridge.sale"},
        {"bridge.sale", Origin::published, "published.bridge.sale"},
        {"bridge.sale", Origin::bridge, "bridge.sale"},
        {"katydid.test", Origin::hub, "katydid.test"},
        {"a\nb", Origin::received, "a%0Ab"},
        {longest, Origin::received, longest},
        {longest + "x", Origin::received, "shop.received"},
        {"bridge." + std::string(193, 'x'), Origin::received, "shop.received"},
    };
    for (const auto& row : rows) {
        Shop shop;
        shop.run([&]() -> awaitable<> {
            const auto sent = co_await shop.send(make_event(row.type, row.origin));
            const auto event = co_await shop.store->event(default_tenant(), sent.event);
            BOOST_TEST((*event)->type == row.kept);
        });
    }
    Shop shop;
    shop.run([&]() -> awaitable<> {
        auto event = make_event("bridge.sale");
        event.source = "bridge";  // of a store that is older than the rule about names
        const auto sent = co_await shop.send(std::move(event));
        const auto kept = co_await shop.store->event(default_tenant(), sent.event);
        BOOST_TEST((*kept)->type == "source-bridge.bridge.sale");
    });
}

BOOST_AUTO_TEST_SUITE_END()
