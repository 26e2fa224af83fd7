// Retention, erasure, backup.
#include "tests/store/stores.hpp"

#include <fstream>

using namespace katydid;
using namespace katydid::store;
using namespace katydid::store::test;
namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(store_maintenance)

namespace {

constexpr std::chrono::hours day{24};

std::uint64_t purge_all(StoreFixture& lab, const RetentionPlan& plan = {},
                        std::uint32_t rows_max = 7)
{
    std::uint64_t total = 0;
    while (true) {
        const auto deleted = lab.run(lab.store->purge(plan, lab.clock.now(), rows_max)).value();
        if (deleted == 0) return total;
        total += deleted;
    }
}

std::size_t count_events(StoreFixture& lab)
{
    return lab.run(lab.store->events({})).value().size();
}

}  // namespace

// Goal: delivered rows go after seven days, dead ones after thirty, waiting ones never; an event
// goes with its last delivery, and its id is known as long as the event is.
BOOST_DATA_TEST_CASE(retention, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    const auto one = lab.ids.make<SubscriptionId>();
    const auto two = lab.ids.make<SubscriptionId>();
    lab.append("delivered", {one});
    lab.append("dead", {one, two});
    lab.append("waits", {one});
    lab.append("wanted by nobody", {});
    const auto works = lab.recorder.take_works();
    lab.settle(works[0], DeliveryState::delivered);
    lab.settle(works[1], DeliveryState::delivered);
    lab.settle(works[2], DeliveryState::dead, 500);
    BOOST_TEST(purge_all(lab) == 0U);
    lab.clock.advance(day * 8);
    BOOST_TEST(purge_all(lab) > 0U);
    BOOST_TEST(count_events(lab) == 2U);
    BOOST_TEST(lab.run(lab.store->deliveries({})).value().size() == 2U);
    BOOST_TEST(lab.append("dead", {one}).duplicate);
    BOOST_TEST(!lab.append("delivered", {}).duplicate);
    lab.clock.advance(day * 30);
    purge_all(lab);
    const auto left = lab.run(lab.store->events({})).value();
    BOOST_REQUIRE(left.size() == 1U);
    BOOST_TEST(left[0].event.external_id == "waits");
    const auto stats = lab.run(lab.store->stats({})).value();
    BOOST_TEST(stats.events == 1U);
    BOOST_TEST(stats.deliveries_by_state[static_cast<int>(DeliveryState::pending)] == 1U);
    BOOST_TEST(stats.deliveries_by_state[static_cast<int>(DeliveryState::dead)] == 0U);
    lab.settle(works[3], DeliveryState::delivered);
}

// Goal: a tenant with rules of its own keeps longer than the others.
BOOST_DATA_TEST_CASE(retention_by_tenant, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    const auto keeper = lab.ids.make<TenantId>();
    lab.run(lab.store->append({lab.make_event("a"), {}})).value();
    auto kept = lab.make_event("a");
    kept->tenant = keeper;
    lab.run(lab.store->append({kept, {}})).value();
    RetentionPlan plan;
    plan.tenants.emplace_back(keeper, Retention{day * 100, day * 100, day * 100});
    lab.clock.advance(day * 40);
    purge_all(lab, plan);
    BOOST_TEST(count_events(lab) == 0U);
    BOOST_TEST(lab.run(lab.store->event(keeper, kept->id)).has_value());
}

// Goal: small steps come to the end of many rows, and row numbers are not used again after it.
BOOST_DATA_TEST_CASE(retention_in_steps, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    const auto subscription = lab.ids.make<SubscriptionId>();
    std::vector<awaitable<result<Appended>>> calls;
    for (int i = 0; i < 300; ++i)
        calls.push_back(
            lab.store->append(lab.make_append("e" + std::to_string(i), {subscription})));
    lab.run_all(std::move(calls));
    std::vector<Settlement> settlements;
    std::vector<Work> works = lab.recorder.take_works();
    auto more = lab.claim(subscription, Lane::fresh, 300);
    works.insert(works.end(), more.works.begin(), more.works.end());
    for (const auto& work : works)
        settlements.push_back(lab.make_settlement(work, DeliveryState::delivered, 200));
    lab.run(lab.store->settle(std::move(settlements))).value();
    lab.clock.advance(day * 10);
    BOOST_TEST(purge_all(lab) == 901U);  // deliveries, events, remembered ids, a minute of counts
    lab.restart();
    lab.append("new", {subscription});
    const auto fresh = lab.recorder.take_works();
    BOOST_REQUIRE(fresh.size() == 1U);
    for (const auto& work : works) BOOST_TEST((work.delivery.id != fresh[0].delivery.id));
    BOOST_TEST((lab.run(lab.store->delivery(default_tenant(), works[0].delivery.id)).error()
                == errc::not_found));
}

// Goal: erasure removes what a person's events and answers said, keeps that they were, cancels what
// waits, and leaves other people's alone.
BOOST_DATA_TEST_CASE(erasure, data::make(kinds()), kind)
{
    StoreFixture lab{kind, 2};
    const auto subscription = lab.ids.make<SubscriptionId>();
    std::vector<EventId> events;
    for (int i = 0; i < 3; ++i) {
        auto event = lab.make_event("e" + std::to_string(i), "{\"name\":\"Erika\"}");
        event->subject = "member-7";
        event->key = "member-7";
        event->headers = {{"x-member", "Erika"}};
        const Append append{event, {{subscription, "member-7"}}};
        events.push_back(lab.run(lab.store->append(append)).value().event);
    }
    auto other = lab.make_event("other", "{\"name\":\"Max\"}");
    other->subject = "member-8";
    lab.run(lab.store->append({other, {}})).value();
    const auto works = lab.recorder.take_works();
    auto done = lab.make_settlement(works[0], DeliveryState::delivered, 200);
    done.attempt->response = "hello Erika";
    lab.run(lab.store->settle({done})).value();

    const auto erased
        = lab.run(lab.store->erase_subject(default_tenant(), "member-7", lab.clock.now())).value();
    BOOST_TEST(erased.events == 3U);
    BOOST_TEST(erased.deliveries_cancelled == 1U);
    for (const auto& id : events) {
        const auto event = lab.run(lab.store->event(default_tenant(), id)).value();
        BOOST_TEST(event->payload->empty());
        BOOST_TEST(event->subject.empty());
        BOOST_TEST(event->key.empty());
        BOOST_TEST(event->headers.empty());
        BOOST_TEST(event->type == "resource.updated");
    }
    const auto attempts
        = lab.run(lab.store->attempts(default_tenant(), works[0].delivery.id)).value();
    BOOST_TEST(attempts.at(0).response.empty());
    BOOST_TEST(attempts.at(0).status == 200U);
    BOOST_TEST(lab.delivery(works[0].delivery.id).order_key.empty());
    BOOST_TEST((lab.delivery(works[1].delivery.id).state == DeliveryState::pending));
    lab.settle(works[1], DeliveryState::delivered);
    BOOST_TEST(lab.claim(subscription).works.empty());
    BOOST_TEST(*lab.run(lab.store->event(default_tenant(), other->id)).value()->payload
               == "{\"name\":\"Max\"}");
    const auto again = lab.run(lab.store->redeliver(default_tenant(), {works[0].delivery.id},
                                                    Lane::replay, lab.clock.now(), std::nullopt));
    BOOST_TEST(again.value() == 0U);
    BOOST_TEST(lab.append("e0", {}).duplicate);
}

// Goal: after an erasure no sender's id is left on the event, which may be a name; nothing is found
// by it; and a repeat is still known, so that it brings nothing back.
BOOST_DATA_TEST_CASE(erasure_takes_the_external_id, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    auto event = lab.make_event("erika@example.com", "{\"name\":\"Erika\"}");
    event->subject = "member-7";
    const auto id = lab.run(lab.store->append({event, {}})).value().event;
    EventQuery query;
    query.external_id = "erika@example.com";
    BOOST_TEST(lab.run(lab.store->events(query)).value().size() == 1U);
    lab.run(lab.store->erase_subject(default_tenant(), "member-7", lab.clock.now())).value();
    BOOST_TEST(lab.run(lab.store->event(default_tenant(), id)).value()->external_id
               == id.to_string());
    BOOST_TEST(lab.run(lab.store->events(query)).value().empty());
    const auto again = lab.append("erika@example.com", {});
    BOOST_TEST(again.duplicate);
    BOOST_TEST(again.same_payload);
    BOOST_TEST((again.event == id));
}

BOOST_AUTO_TEST_SUITE_END()
