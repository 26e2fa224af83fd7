// Deliveries that a replay job made due, and retries that were brought forward.
#include "tests/store/stores.hpp"

#include <map>

using namespace katydid;
using namespace katydid::store;
using namespace katydid::store::test;
namespace data = boost::unit_test::data;

namespace katydid::store::test::replays {

/// Deliveries of one subscription that have ended, or are scheduled for later.
struct Replayed : StoreFixture {
    using StoreFixture::StoreFixture;

    std::vector<DeliveryId> add(std::size_t count, DeliveryState state)
    {
        std::vector<DeliveryId> added;
        for (std::size_t i = 0; i < count; ++i) {
            append("msg_" + std::to_string(++made), {subscription});
            const auto work = recorder.take_works().at(0);
            auto settlement = make_settlement(work, state, 500);
            settlement.reason = "as it was";
            settlement.lane = Lane::retry;
            settlement.due_at = clock.now() + std::chrono::hours{1};
            run(store->settle({settlement})).value();
            added.push_back(work.delivery.id);
        }
        return added;
    }

    std::uint64_t redeliver(const std::vector<DeliveryId>& wanted, std::optional<JobId> by)
    {
        return run(store->redeliver(default_tenant(), wanted, Lane::replay, clock.now(), by))
            .value();
    }

    std::map<DeliveryState, std::uint64_t> counts(std::vector<DeliveryState> states = {})
    {
        std::map<DeliveryState, std::uint64_t> all;
        for (const auto& each :
             run(store->replay_counts(default_tenant(), job, std::move(states))).value()) {
            BOOST_TEST((each.subscription == subscription));
            all[each.state] += each.deliveries;
        }
        return all;
    }

    std::uint64_t stored(DeliveryState state)
    {
        return run(store->stats({})).value().deliveries_by_state[static_cast<int>(state)];
    }

    const SubscriptionId subscription = ids.make<SubscriptionId>();
    const JobId job = ids.make<JobId>();
    int made = 0;
};

using Counts = std::map<DeliveryState, std::uint64_t>;

}  // namespace katydid::store::test::replays

using namespace katydid::store::test::replays;

BOOST_AUTO_TEST_SUITE(store_replay)

// Goal: the store knows what a job made due and what became of it, over a restart too; asked
// twice it does nothing twice; what another makes due is the job's no longer.
BOOST_DATA_TEST_CASE(what_a_job_made_due, data::make(kinds()), kind)
{
    using enum DeliveryState;
    Replayed lab{kind};
    const auto ids = lab.add(4, dead);
    BOOST_TEST(lab.redeliver(ids, lab.job) == 4U);
    BOOST_TEST((lab.counts() == Counts{{pending, 4}}));
    const auto works = lab.claim(lab.subscription, Lane::replay, 2).works;
    BOOST_REQUIRE(works.size() == 2U);
    lab.settle(works[0], delivered);
    auto later = lab.make_settlement(works[1], scheduled, 500);
    later.lane = Lane::retry;
    later.due_at = lab.clock.now() + std::chrono::hours{1};
    lab.run(lab.store->settle({later})).value();
    lab.restart();
    BOOST_TEST((lab.counts() == Counts{{pending, 2}, {scheduled, 1}, {delivered, 1}}));
    BOOST_TEST((lab.counts({pending}) == Counts{{pending, 2}}));
    BOOST_TEST(lab.redeliver(ids, lab.job) == 4U);
    BOOST_TEST((lab.counts() == Counts{{pending, 2}, {scheduled, 1}, {delivered, 1}}));
    BOOST_TEST(lab.redeliver({ids[0]}, std::nullopt) == 1U);
    BOOST_TEST((lab.counts() == Counts{{pending, 2}, {scheduled, 1}}));
    const auto other = lab.ids.make<JobId>();
    BOOST_TEST(lab.run(lab.store->replay_counts(default_tenant(), other, {})).value().empty());
    const auto stranger = lab.ids.make<TenantId>();
    BOOST_TEST(lab.run(lab.store->replay_counts(stranger, lab.job, {})).value().empty());
}

// Goal: what a job made due and nobody started ends again as it had ended; what is in flight, and
// what was to be tried anyway, goes on.
BOOST_DATA_TEST_CASE(take_back, data::make(kinds()), kind)
{
    using enum DeliveryState;
    Replayed lab{kind};
    auto ids = lab.add(2, dead);
    for (const auto& id : lab.add(1, delivered)) ids.push_back(id);
    for (const auto& id : lab.add(1, scheduled)) ids.push_back(id);
    const auto ended_at = lab.delivery(ids[1]).ended_at;
    lab.clock.advance(milliseconds{5});
    BOOST_TEST(lab.redeliver(ids, lab.job) == 4U);
    BOOST_TEST((lab.delivery(ids[1]).ended_at == Timestamp{}));
    const auto flying = lab.claim(lab.subscription, Lane::replay, 1).works;
    BOOST_REQUIRE(flying.size() == 1U);
    BOOST_TEST((flying[0].delivery.id == ids[0]));
    BOOST_TEST(lab.run(lab.store->take_back(default_tenant(), lab.job)).value() == 2U);
    BOOST_TEST((lab.delivery(ids[0]).state == pending));
    BOOST_TEST((lab.delivery(ids[1]).state == dead));
    BOOST_TEST(lab.delivery(ids[1]).reason == "as it was");
    BOOST_TEST((lab.delivery(ids[1]).ended_at == ended_at));
    BOOST_TEST((lab.delivery(ids[2]).state == delivered));
    BOOST_TEST((lab.delivery(ids[3]).state == pending));
    BOOST_TEST((lab.counts() == Counts{{pending, 2}}));
    BOOST_TEST(lab.stored(pending) == 2U);
    BOOST_TEST(lab.stored(dead) == 1U);
    BOOST_TEST(lab.stored(delivered) == 1U);
    lab.settle(flying[0], delivered);
    BOOST_TEST(lab.run(lab.store->take_back(default_tenant(), lab.job)).value() == 0U);
    BOOST_TEST((lab.counts() == Counts{{pending, 1}, {delivered, 1}}));
    const auto left = lab.claim(lab.subscription, Lane::replay).works;
    BOOST_REQUIRE(left.size() == 1U);
    BOOST_TEST((left[0].delivery.id == ids[3]));
}

// Goal: retries that are brought forward are due at once, in order of their slots and acceptance,
// and each knows its slot until the next settlement; what is due already is left alone.
BOOST_DATA_TEST_CASE(bring_forward, data::make(kinds()), kind)
{
    using enum DeliveryState;
    Replayed lab{kind, 2'000};
    const auto ids = lab.add(700, scheduled);
    const auto slot = lab.delivery(ids[0]).due_at;
    lab.append("fresh", {lab.subscription});
    lab.recorder.take_backlog();
    BOOST_TEST(lab.claim(lab.subscription, Lane::retry).works.empty());
    lab.clock.advance(milliseconds{5});
    const auto now = lab.clock.now();
    const auto forward = [&] {
        return lab.run(lab.store->bring_forward(default_tenant(), lab.subscription, now)).value();
    };
    BOOST_TEST(forward() == 700U);
    BOOST_TEST(forward() == 0U);
    const auto backlog = lab.recorder.take_backlog();
    BOOST_REQUIRE(!backlog.empty());
    BOOST_TEST((backlog[0].lane == Lane::retry));
    lab.restart();
    const auto claimed = lab.claim(lab.subscription, Lane::retry, 1'000).works;
    BOOST_REQUIRE(claimed.size() == 700U);
    for (std::size_t i = 0; i < claimed.size(); ++i)
        BOOST_REQUIRE((claimed[i].delivery.id == ids[i]));
    BOOST_TEST((claimed[0].delivery.slot_at == slot));
    BOOST_TEST((claimed[0].delivery.due_at == now));
    BOOST_TEST((lab.delivery(ids[0]).state == scheduled));
    auto again = lab.make_settlement(claimed[0], scheduled, 500);
    again.lane = Lane::retry;
    again.due_at = slot;
    lab.run(lab.store->settle({again})).value();
    BOOST_TEST((lab.delivery(ids[0]).slot_at == Timestamp{}));
    BOOST_TEST((lab.delivery(ids[0]).due_at == slot));
}

// Goal: the ids of a list are those of its rows, however long it is.
BOOST_DATA_TEST_CASE(ids_of_a_list, data::make(kinds()), kind)
{
    using enum DeliveryState;
    Replayed lab{kind};
    std::vector<DeliveryId> expected;
    for (const auto state : {dead, delivered, cancelled})
        for (const auto& id : lab.add(100, state))
            if (state != delivered) expected.push_back(id);
    DeliveryQuery query;
    query.subscription = lab.subscription;
    query.states = {dead, cancelled};
    query.ascending = true;
    query.limit = id_list_limit_max;
    const auto find = [&] { return lab.run(lab.store->delivery_ids(query)).value(); };
    BOOST_TEST((find() == expected));
    query.cursor = expected[149];
    query.limit = 20;
    expected = {expected.begin() + 150, expected.begin() + 170};
    BOOST_TEST((find() == expected));
}

BOOST_AUTO_TEST_SUITE_END()
