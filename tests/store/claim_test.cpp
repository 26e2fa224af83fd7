#include "tests/store/stores.hpp"

#include <set>

using namespace katydid;
using namespace katydid::store;
using namespace katydid::store::test;
namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(store_claim)

// Goal: work beyond the window waits, is announced once, is claimed in order, and hand-over
// starts again when a claim found nothing more.
BOOST_DATA_TEST_CASE(window_closes_and_opens, data::make(kinds()), kind)
{
    StoreFixture lab{kind, 3};
    const auto subscription = lab.ids.make<SubscriptionId>();
    for (int i = 0; i < 8; ++i) {
        lab.clock.advance(milliseconds{1});
        lab.append("msg_" + std::to_string(i), {subscription});
    }
    auto held = lab.recorder.take_works();
    BOOST_TEST(held.size() == 3U);
    const auto backlog = lab.recorder.take_backlog();
    BOOST_REQUIRE(backlog.size() == 1U);
    BOOST_TEST((backlog[0].subscription == subscription));
    BOOST_TEST((backlog[0].lane == Lane::fresh));

    for (const auto& work : held) lab.settle(work, DeliveryState::delivered);
    const auto first = lab.claim(subscription, Lane::fresh, 2);
    BOOST_TEST(first.works.size() == 2U);
    BOOST_TEST(!first.exhausted);
    lab.append("msg_8", {subscription});
    BOOST_TEST(lab.recorder.take_works().empty());
    BOOST_TEST(lab.recorder.take_backlog().empty());

    const auto rest = lab.claim(subscription);
    BOOST_TEST(rest.works.size() == 4U);
    BOOST_TEST(rest.exhausted);
    BOOST_TEST(!rest.next_due.has_value());
    std::vector<std::string> order;
    for (const auto* claimed : {&first, &rest})
        for (const auto& work : claimed->works) order.push_back(work.event->external_id);
    const std::vector<std::string> expected{"msg_3", "msg_4", "msg_5", "msg_6", "msg_7", "msg_8"};
    BOOST_TEST(order == expected, boost::test_tools::per_element());

    for (const auto* claimed : {&first, &rest})
        for (const auto& work : claimed->works) lab.settle(work, DeliveryState::delivered);
    lab.append("msg_9", {subscription});
    BOOST_TEST(lab.recorder.take_works().size() == 1U);
}

// Goal: a claim that was made just before an event was accepted finds it all the same, so that
// nothing newer overtakes it.
BOOST_DATA_TEST_CASE(claim_older_than_the_event, data::make(kinds()), kind)
{
    StoreFixture lab{kind, 1};
    const auto subscription = lab.ids.make<SubscriptionId>();
    lab.append("msg_0", {subscription});
    const auto held = lab.recorder.take_works();
    BOOST_REQUIRE(held.size() == 1U);
    const Claim early{default_tenant(), subscription, Lane::fresh, 10, lab.clock.now()};
    lab.clock.advance(milliseconds{1});
    lab.append("msg_1", {subscription});
    const auto claimed = lab.run(lab.store->claim(early)).value();
    BOOST_REQUIRE(claimed.works.size() == 1U);
    BOOST_TEST(claimed.works[0].event->external_id == "msg_1");
    BOOST_TEST(claimed.exhausted);
}

// Goal: claimed work is not claimed twice, and one full subscription does not slow another.
BOOST_DATA_TEST_CASE(claimed_once, data::make(kinds()), kind)
{
    StoreFixture lab{kind, 1};
    const auto full = lab.ids.make<SubscriptionId>();
    const auto other = lab.ids.make<SubscriptionId>();
    for (int i = 0; i < 20; ++i) lab.append("msg_" + std::to_string(i), {full});
    lab.append("for-other", {other});
    BOOST_TEST(lab.recorder.take_works().size() == 2U);
    std::set<std::string> seen;
    while (true) {
        const auto claimed = lab.claim(full, Lane::fresh, 3);
        for (const auto& work : claimed.works)
            BOOST_TEST(seen.insert(work.event->external_id).second);
        if (claimed.exhausted) break;
    }
    BOOST_TEST(seen.size() == 19U);
    BOOST_TEST(lab.claim(full).works.empty());
    BOOST_TEST(lab.claim(other).works.empty());
}

// Goal: released work is due as before, ahead of what came later, and new work waits after it.
BOOST_DATA_TEST_CASE(release_keeps_order, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    const auto subscription = lab.ids.make<SubscriptionId>();
    lab.append("msg_1", {subscription});
    lab.append("msg_2", {subscription});
    const auto held = lab.recorder.take_works();
    lab.run(lab.store->release(default_tenant(), {held[0].delivery.id, held[1].delivery.id}))
        .value();
    lab.append("msg_3", {subscription});
    BOOST_TEST(lab.recorder.take_works().empty());
    const auto claimed = lab.claim(subscription);
    BOOST_REQUIRE(claimed.works.size() == 3U);
    BOOST_TEST(claimed.works[0].event->external_id == "msg_1");
    BOOST_TEST(claimed.works[2].event->external_id == "msg_3");
    BOOST_TEST((claimed.works[0].delivery.id == held[0].delivery.id));
    BOOST_TEST(claimed.works[0].delivery.attempts == 0U);
}

// Goal: a retry waits for its time; `next_due` says when.
BOOST_DATA_TEST_CASE(retry_waits, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    const auto subscription = lab.ids.make<SubscriptionId>();
    lab.append("msg_1", {subscription});
    const auto held = lab.recorder.take_works();
    auto retry = lab.make_settlement(held[0], DeliveryState::scheduled, 503);
    retry.lane = Lane::retry;
    retry.due_at = lab.clock.now() + milliseconds{5'000};
    lab.run(lab.store->settle({retry})).value();

    const auto early = lab.claim(subscription, Lane::retry);
    BOOST_TEST(early.works.empty());
    BOOST_TEST(early.exhausted);
    BOOST_TEST((early.next_due == retry.due_at));
    BOOST_TEST(lab.claim(subscription, Lane::fresh).works.empty());

    lab.append("msg_2", {subscription});
    BOOST_TEST(lab.recorder.take_works().size() == 1U);  // fresh work does not wait for it

    lab.clock.advance(milliseconds{5'000});
    const auto due = lab.claim(subscription, Lane::retry);
    BOOST_REQUIRE(due.works.size() == 1U);
    BOOST_TEST((due.works[0].delivery.id == held[0].delivery.id));
    BOOST_TEST(due.works[0].delivery.attempts == 1U);
    BOOST_TEST((due.works[0].delivery.lane == Lane::retry));
}

// Goal: works of a lane come by due time, then in order of acceptance, also when an earlier due
// time is written after a claim looked.
BOOST_DATA_TEST_CASE(due_order, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    const auto subscription = lab.ids.make<SubscriptionId>();
    std::vector<std::string> names{"a", "b", "c", "d"};
    for (const auto& name : names) lab.append(name, {subscription});
    const auto held = lab.recorder.take_works();
    const auto start = lab.clock.now();
    const std::vector<int> delays{300, 100, 300, 50};
    for (std::size_t i = 0; i < held.size(); ++i) {
        auto retry = lab.make_settlement(held[i], DeliveryState::scheduled, 500);
        retry.lane = Lane::retry;
        retry.due_at = start + milliseconds{delays[i]};
        lab.run(lab.store->settle({retry})).value();
        BOOST_TEST(lab.claim(subscription, Lane::retry).works.empty());
    }
    lab.clock.advance(milliseconds{400});
    const auto claimed = lab.claim(subscription, Lane::retry);
    std::vector<std::string> order;
    for (const auto& work : claimed.works) order.push_back(work.event->external_id);
    const std::vector<std::string> expected{"d", "b", "a", "c"};
    BOOST_TEST(order == expected, boost::test_tools::per_element());
}

// Goal: after a restart nothing is claimed: `backlog` lists it, claims bring it back, and new work
// waits until the old is claimed.
BOOST_DATA_TEST_CASE(restart_gives_all_back, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    const auto one = lab.ids.make<SubscriptionId>();
    const auto two = lab.ids.make<SubscriptionId>();
    for (int i = 0; i < 5; ++i) lab.append("msg_" + std::to_string(i), {one, two});
    auto held = lab.recorder.take_works();
    BOOST_TEST(held.size() == 10U);
    auto retry = lab.make_settlement(held[1], DeliveryState::scheduled, 500);
    retry.lane = Lane::retry;
    retry.due_at = lab.clock.now() + std::chrono::hours{1};
    lab.run(lab.store->settle({retry, lab.make_settlement(held[0], DeliveryState::delivered, 200)}))
        .value();

    lab.restart();
    const auto backlog = lab.run(lab.store->backlog()).value();
    BOOST_TEST(backlog.size() == 3U);
    const auto find = [&](SubscriptionId subscription, Lane lane) {
        return std::find_if(backlog.begin(), backlog.end(), [&](const Backlog& waiting) {
            return waiting.subscription == subscription && waiting.lane == lane;
        });
    };
    BOOST_REQUIRE((find(two, Lane::retry) != backlog.end()));
    BOOST_TEST((find(two, Lane::retry)->next_due == retry.due_at));
    BOOST_TEST((find(one, Lane::fresh) != backlog.end()));

    lab.clock.advance(milliseconds{1});  // within one, only one process keeps an order
    lab.append("late", {one});
    BOOST_TEST(lab.recorder.take_works().empty());
    const auto claimed = lab.claim(one);
    BOOST_REQUIRE(claimed.works.size() == 5U);
    BOOST_TEST(claimed.works[0].event->external_id == "msg_1");
    BOOST_TEST((claimed.works[0].delivery.id == held[2].delivery.id));
    BOOST_TEST(claimed.works[4].event->external_id == "late");
    BOOST_TEST(claimed.exhausted);
    lab.append("handed over", {one});
    BOOST_TEST(lab.recorder.take_works().size() == 1U);
}

// Goal: another tenant's claim, release and settlement touch nothing.
BOOST_DATA_TEST_CASE(tenants_are_apart, data::make(kinds()), kind)
{
    StoreFixture lab{kind, 1};
    const auto subscription = lab.ids.make<SubscriptionId>();
    const auto stranger = lab.ids.make<TenantId>();
    lab.append("msg_1", {subscription});
    lab.append("msg_2", {subscription});
    const auto held = lab.recorder.take_works();
    const auto claimed = lab.run(lab.store->claim(
                                     {stranger, subscription, Lane::fresh, 10, lab.clock.now()}))
                             .value();
    BOOST_TEST(claimed.works.empty());
    auto foreign = lab.make_settlement(held[0], DeliveryState::dead, 500);
    foreign.tenant = stranger;
    lab.run(lab.store->settle({foreign})).value();
    BOOST_TEST((lab.delivery(held[0].delivery.id).state == DeliveryState::pending));
}

BOOST_AUTO_TEST_SUITE_END()
