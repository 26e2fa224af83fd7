#include "hub/intake/operational_events.hpp"

#include "tests/dispatch/fixtures.hpp"
#include "tests/store/memory/memory_store.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::intake;
using namespace katydid::test;
using namespace std::chrono_literals;

namespace {

struct Desk {
    void turn()
    {
        loop.restart();
        while (loop.poll() > 0) {}
    }

    void publish(const SubscriptionPtr& subscription, const EventPtr& event = nullptr,
                 std::string_view what = "delivery.dead")
    {
        events.publish({what, subscription, id_of<DeliveryId>(7), event, "given up"});
        turn();
    }

    ManualClock clock;
    asio::io_context loop{1};
    WorkMaker maker{clock};
    MemoryStore store;
    registry::Tables tables;
    IdSource ids{clock, 1};
    observe::Metrics metrics;
    Intake intake{store, tables, ids, clock, metrics};
    OperationalEvents events{loop.get_executor(), intake, clock, metrics};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(intake_operational_events)

// Goal: who, what and why are in the event, for the tenant it is about.
BOOST_AUTO_TEST_CASE(content)
{
    Desk desk;
    const auto subscription = make_subscription(1, 4);
    const auto event = desk.maker.event();
    desk.publish(subscription, event);
    BOOST_REQUIRE(desk.store.memory.events().size() == 1U);
    const auto& published = *desk.store.memory.events().front();
    BOOST_TEST(published.type == "katydid.delivery.dead");
    BOOST_TEST((published.tenant == id_of<TenantId>(4)));
    BOOST_TEST(published.key == subscription->id.to_string());
    const auto data = boost::json::parse(*published.payload);
    BOOST_TEST(data.at("subscription").at("name") == "s1");
    BOOST_TEST(data.at("event").at("type") == "test.happened");
    BOOST_TEST(data.at("delivery") == id_of<DeliveryId>(7).to_string().c_str());
    BOOST_TEST(data.at("reason") == "given up");
}

// Goal: deliveries of operational events raise none.
BOOST_AUTO_TEST_CASE(none_about_themselves)
{
    Desk desk;
    Event event;
    event.type = "katydid.delivery.dead";
    desk.publish(make_subscription(1), std::make_shared<const Event>(event));
    desk.publish(nullptr);
    BOOST_TEST(desk.store.memory.events().empty());
}

// Goal: a storm is cut for its tenant, and others are not; later it goes on.
BOOST_AUTO_TEST_CASE(bounded_rate)
{
    Desk desk;
    for (std::uint32_t i = 0; i < 3 * OperationalEvents::per_window_max; ++i)
        desk.publish(make_subscription(1, 1));
    BOOST_TEST(desk.store.memory.events().size() == OperationalEvents::per_window_max);
    desk.publish(make_subscription(2, 2));
    BOOST_TEST(desk.store.memory.events().size() == OperationalEvents::per_window_max + 1);
    desk.clock.advance(10s);
    desk.publish(make_subscription(1, 1));
    BOOST_TEST(desk.store.memory.events().size() == OperationalEvents::per_window_max + 2);
    BOOST_TEST(desk.metrics.expose().find("katydid_operational_events_dropped_total 200")
               != std::string::npos);
}

// Goal: that a subscription stops is told, however much of it has died before.
BOOST_AUTO_TEST_CASE(disabled_is_never_dropped)
{
    Desk desk;
    for (std::uint32_t i = 0; i <= OperationalEvents::per_window_max; ++i)
        desk.publish(make_subscription(1, 1));
    desk.publish(make_subscription(1, 1), nullptr, "subscription.disabled");
    const auto events = desk.store.memory.events();
    BOOST_TEST(events.back()->type == "katydid.subscription.disabled");
}

BOOST_AUTO_TEST_SUITE_END()
