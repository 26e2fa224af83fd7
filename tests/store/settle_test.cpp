#include "tests/store/stores.hpp"

using namespace katydid;
using namespace katydid::store;
using namespace katydid::store::test;
namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(store_settle)

// Goal: a delivery's life is recorded: attempts with their answers, states, times and reasons.
BOOST_DATA_TEST_CASE(life_of_a_delivery, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    const auto subscription = lab.ids.make<SubscriptionId>();
    lab.append("msg_1", {subscription});
    auto work = lab.recorder.take_works().at(0);
    const auto id = work.delivery.id;
    BOOST_TEST((lab.delivery(id).state == DeliveryState::pending));

    auto failed = lab.make_settlement(work, DeliveryState::scheduled, 500);
    failed.lane = Lane::retry;
    failed.due_at = lab.clock.now() + milliseconds{10};
    failed.reason = "The receiver answered 500.";
    failed.attempt->response = std::string{"no\0pe", 5};
    failed.attempt->error = "The receiver answered 500.";
    failed.attempt->duration = milliseconds{17};
    failed.attempt->timing.first_byte = std::chrono::microseconds{412};
    lab.run(lab.store->settle({failed})).value();
    auto stored = lab.delivery(id);
    BOOST_TEST((stored.state == DeliveryState::scheduled));
    BOOST_TEST((stored.lane == Lane::retry));
    BOOST_TEST((stored.due_at == failed.due_at));
    BOOST_TEST(stored.attempts == 1U);
    BOOST_TEST(stored.reason == failed.reason);

    lab.clock.advance(milliseconds{10});
    work = lab.claim(subscription, Lane::retry).works.at(0);
    lab.settle(work, DeliveryState::delivered);
    stored = lab.delivery(id);
    BOOST_TEST((stored.state == DeliveryState::delivered));
    BOOST_TEST((stored.ended_at == lab.clock.now()));
    BOOST_TEST(stored.attempts == 2U);

    const auto attempts = lab.run(lab.store->attempts(default_tenant(), id)).value();
    BOOST_REQUIRE(attempts.size() == 2U);
    BOOST_TEST((attempts[0].id == failed.attempt->id));
    BOOST_TEST(attempts[0].number == 1U);
    BOOST_TEST(attempts[0].status == 500U);
    BOOST_TEST((attempts[0].response == failed.attempt->response));
    BOOST_TEST(attempts[0].error == failed.attempt->error);
    BOOST_TEST((attempts[0].duration == milliseconds{17}));
    BOOST_TEST((attempts[0].timing == failed.attempt->timing));
    BOOST_TEST((attempts[1].timing == AttemptTiming{}));
    BOOST_TEST((attempts[0].outcome == AttemptClass::rejected));
    BOOST_TEST(attempts[1].number == 2U);
    BOOST_TEST((attempts[1].outcome == AttemptClass::success));
}

// Goal: an attempt that does not count is recorded, and the next one knows both, also after a
// restart (a shutdown cuts an attempt off).
BOOST_DATA_TEST_CASE(uncounted_attempts, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    const auto subscription = lab.ids.make<SubscriptionId>();
    lab.append("msg_1", {subscription});
    auto work = lab.recorder.take_works().at(0);
    for (const bool counted : {true, false, true, false}) {
        auto settlement = lab.make_settlement(work, DeliveryState::scheduled, 500);
        settlement.is_counted = counted;
        settlement.lane = Lane::retry;
        settlement.due_at = lab.clock.now();
        lab.run(lab.store->settle({settlement})).value();
        if (!counted) lab.restart();
        work = lab.claim(subscription, Lane::retry).works.at(0);
    }
    BOOST_TEST(work.delivery.attempts == 4U);
    BOOST_TEST(work.delivery.attempts_before == 2U);
    BOOST_TEST(lab.run(lab.store->attempts(default_tenant(), work.delivery.id)).value().size()
               == 4U);
}

// Goal: the first outcome stays; a late settlement and one of an unknown delivery change nothing.
BOOST_DATA_TEST_CASE(first_outcome_stays, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    const auto subscription = lab.ids.make<SubscriptionId>();
    lab.append("msg_1", {subscription});
    auto work = lab.recorder.take_works().at(0);
    lab.settle(work, DeliveryState::delivered);
    lab.settle(work, DeliveryState::dead, 500);
    BOOST_TEST((lab.delivery(work.delivery.id).state == DeliveryState::delivered));
    BOOST_TEST(lab.run(lab.store->attempts(default_tenant(), work.delivery.id)).value().size()
               == 1U);
    work.delivery.id = lab.ids.make<DeliveryId>();
    lab.settle(work, DeliveryState::dead, 500);
    const auto stats = lab.run(lab.store->stats({})).value();
    BOOST_TEST(stats.deliveries_by_state[static_cast<int>(DeliveryState::delivered)] == 1U);
    BOOST_TEST(stats.deliveries_by_state[static_cast<int>(DeliveryState::dead)] == 0U);
}

// Goal: parked work (no attempt) is due again, ahead of newer work.
BOOST_DATA_TEST_CASE(parked_work, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    const auto subscription = lab.ids.make<SubscriptionId>();
    lab.append("msg_1", {subscription});
    const auto work = lab.recorder.take_works().at(0);
    auto parked = lab.make_settlement(work, DeliveryState::pending, 0);
    parked.attempt.reset();
    parked.due_at = lab.clock.now();
    lab.run(lab.store->settle({parked})).value();
    lab.append("msg_2", {subscription});
    BOOST_TEST(lab.recorder.take_works().empty());
    const auto claimed = lab.claim(subscription);
    BOOST_REQUIRE(claimed.works.size() == 2U);
    BOOST_TEST((claimed.works[0].delivery.id == work.delivery.id));
    BOOST_TEST(claimed.works[0].delivery.attempts == 0U);
}

// Goal: redeliver makes finished and scheduled work due, leaves work in flight alone, and counts.
BOOST_DATA_TEST_CASE(redeliver, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    const auto subscription = lab.ids.make<SubscriptionId>();
    for (const auto* name : {"dead", "waits", "flies"}) lab.append(name, {subscription});
    const auto works = lab.recorder.take_works();
    lab.settle(works[0], DeliveryState::dead, 500);
    auto later = lab.make_settlement(works[1], DeliveryState::scheduled, 500);
    later.lane = Lane::retry;
    later.due_at = lab.clock.now() + std::chrono::hours{1};
    lab.run(lab.store->settle({later})).value();
    lab.recorder.take_backlog();

    std::vector<DeliveryId> ids;
    for (const auto& work : works) ids.push_back(work.delivery.id);
    ids.push_back(lab.ids.make<DeliveryId>());
    const auto count = lab.run(lab.store->redeliver(default_tenant(), ids, Lane::replay,
                                                    lab.clock.now(), std::nullopt))
                           .value();
    BOOST_TEST(count == 2U);
    const auto backlog = lab.recorder.take_backlog();
    BOOST_REQUIRE(backlog.size() == 1U);
    BOOST_TEST((backlog[0].lane == Lane::replay));
    const auto claimed = lab.claim(subscription, Lane::replay);
    BOOST_REQUIRE(claimed.works.size() == 2U);
    BOOST_TEST(claimed.works[0].delivery.attempts == 1U);
    BOOST_TEST(claimed.works[0].delivery.attempts_before == 1U);
    BOOST_TEST((claimed.works[0].delivery.restarted_at == lab.clock.now()));
    BOOST_TEST(lab.delivery(ids[0]).attempts_before == 1U);
    BOOST_TEST(lab.delivery(ids[2]).attempts_before == 0U);
    BOOST_TEST((lab.delivery(ids[0]).ended_at == Timestamp{}));
    BOOST_TEST(lab.claim(subscription, Lane::retry).works.empty());
}

// Goal: a replay keeps the id of an existing delivery and makes one where there was none; a second
// replay finds that one.
BOOST_DATA_TEST_CASE(replay, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    const auto old_one = lab.ids.make<SubscriptionId>();
    const auto new_one = lab.ids.make<SubscriptionId>();
    const auto event = lab.append("msg_1", {old_one}).event;
    const auto work = lab.recorder.take_works().at(0);
    lab.settle(work, DeliveryState::delivered);
    const auto replay_both = [&] {
        return lab.run(lab.store->replay(default_tenant(), event, {{old_one, ""}, {new_one, "k"}},
                                         lab.clock.now()));
    };
    const auto first = replay_both().value();
    BOOST_REQUIRE(first.size() == 2U);
    BOOST_TEST((first[0] == work.delivery.id));
    BOOST_TEST(lab.recorder.take_backlog().size() == 2U);
    const auto claimed = lab.claim(new_one, Lane::replay);
    BOOST_REQUIRE(claimed.works.size() == 1U);
    BOOST_TEST((claimed.works[0].delivery.id == first[1]));
    BOOST_TEST(claimed.works[0].delivery.order_key == "k");
    BOOST_TEST((claimed.works[0].event->id == event));
    lab.settle(claimed.works[0], DeliveryState::delivered);

    const auto second = replay_both().value();
    BOOST_TEST((second == first));
    const auto listed = lab.run(lab.store->deliveries({.states = {}, .event = event})).value();
    BOOST_TEST(listed.size() == 2U);
    const auto none = lab.run(lab.store->replay(default_tenant(), lab.ids.make<EventId>(),
                                                {{old_one, ""}}, lab.clock.now()));
    BOOST_TEST((none.error() == errc::not_found));
}

// Goal: cancelling ends what waits, not what flies; a whole subscription's backlog goes too.
BOOST_DATA_TEST_CASE(cancel, data::make(kinds()), kind)
{
    StoreFixture lab{kind, 2};
    const auto subscription = lab.ids.make<SubscriptionId>();
    for (int i = 0; i < 1'200; ++i) lab.append("msg_" + std::to_string(i), {subscription});
    const auto flying = lab.recorder.take_works();
    BOOST_TEST(flying.size() == 2U);
    const auto waiting = lab.run(lab.store->deliveries({.subscription = subscription})).value();
    const auto ids = std::vector{waiting.at(0).id, flying[0].delivery.id};
    BOOST_TEST(lab.run(lab.store->cancel(default_tenant(), ids, "by hand", lab.clock.now())).value()
               == 1U);
    BOOST_TEST(lab.delivery(ids[0]).reason == "by hand");
    BOOST_TEST((lab.delivery(ids[0]).state == DeliveryState::cancelled));
    const auto count = lab.run(lab.store->cancel_all(default_tenant(), subscription,
                                                     "subscription deleted", lab.clock.now()));
    BOOST_TEST(count.value() == 1'197U);
    BOOST_TEST(lab.claim(subscription).works.empty());
    lab.settle(flying[0], DeliveryState::delivered);
    lab.settle(flying[1], DeliveryState::delivered);
    const auto stats = lab.run(lab.store->stats(default_tenant())).value();
    BOOST_TEST(stats.events == 1'200U);
    BOOST_TEST(stats.deliveries_by_state[static_cast<int>(DeliveryState::cancelled)] == 1'198U);
    BOOST_TEST(stats.deliveries_by_state[static_cast<int>(DeliveryState::delivered)] == 2U);
    BOOST_TEST(stats.deliveries_by_state[static_cast<int>(DeliveryState::pending)] == 0U);
    BOOST_TEST(stats.bytes_on_disk > 0U);
}

BOOST_AUTO_TEST_SUITE_END()
