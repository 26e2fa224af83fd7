// What becomes of what a replay job made due: its window, its end, what it takes back.
#include "tests/jobs/replay_desk.hpp"

using namespace katydid;
using namespace katydid::jobs;
using namespace katydid::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(jobs_replay_follow)

// Goal: a job is not over while a delivery waits for its retry, but other jobs take its place; its
// progress counts what has ended.
BOOST_AUTO_TEST_CASE(completed_when_all_have_ended)
{
    Desk desk{{.running = {1, 1, 0}}};
    desk.add(4, DeliveryState::dead);
    desk.add(1, DeliveryState::dead, 2);
    const auto job = desk.start(desk.dead_of(1));
    const auto other = desk.start(desk.dead_of(2));
    desk.turn();
    BOOST_TEST(desk.look(job).all_due);
    BOOST_TEST(desk.look(other).all_due);
    desk.end_all(DeliveryState::delivered, 2);
    desk.end_all(DeliveryState::scheduled, 1);
    desk.end_all(DeliveryState::dead, 1);
    desk.end_all();
    desk.turn();
    const auto before = desk.look(job);
    BOOST_TEST(to_text(before.status) == "running");
    BOOST_TEST(to_text(desk.look(other).status) == "completed");
    BOOST_TEST(before.tally.scheduled == 1U);
    BOOST_TEST(before.tally.dead == 1U);
    BOOST_TEST(ended(before) == 3U);
    BOOST_TEST(progress(before) == 0.75);
    desk.restart();
    BOOST_TEST(desk.run(desk.jobs->load()).has_value());
    desk.turn();
    BOOST_TEST(to_text(desk.look(job).status) == "running");
    for (const auto& [id, row] : desk.store.memory.rows())
        if (row.delivery.state == DeliveryState::scheduled)
            desk.store.memory.end(id, DeliveryState::delivered);
    desk.turn();
    BOOST_TEST(to_text(desk.look(job).status) == "completed");
    BOOST_TEST(desk.look(job).tally.delivered == 3U);
}

// Goal: 2,000 events of one batch go to a receiver that takes 20 a second: about two seconds'
// worth is due at any time, also after a pause and after a restart; a pause is felt within seconds,
// and a cancellation takes back what has not begun.
BOOST_AUTO_TEST_CASE(a_batch_to_a_slow_receiver)
{
    using Wish = ReplayJobs::Wish;
    Desk desk;
    desk.add(2'000, DeliveryState::dead, 1, 1, 0ms);
    const auto job = desk.start(desk.dead_of(1));
    const auto take = [&](int seconds) {
        for (int i = 0; i < seconds * 10; ++i) {
            desk.turn(20);
            BOOST_REQUIRE(desk.count(DeliveryState::pending) <= 45U);
            desk.end_all(DeliveryState::delivered, 2);
            desk.clock.advance(100ms);
        }
    };
    take(20);
    BOOST_TEST(desk.count(DeliveryState::delivered) == 400U);
    BOOST_TEST(desk.look(job).total.value() == 2'000U);
    desk.change(job, Wish::pause);
    take(3);
    BOOST_TEST(desk.count(DeliveryState::pending) == 0U);
    const auto delivered = desk.count(DeliveryState::delivered);
    BOOST_TEST(delivered <= 445U);
    take(3);
    BOOST_TEST(desk.count(DeliveryState::delivered) == delivered);
    desk.change(job, Wish::resume);
    take(10);
    desk.change(job, Wish::pause);
    desk.change(job, Wish::resume);
    take(5);
    desk.restart();
    BOOST_TEST(desk.run(desk.jobs->load()).has_value());
    take(5);
    BOOST_TEST(desk.count(DeliveryState::delivered) == delivered + 400U);
    desk.change(job, Wish::cancel);
    desk.turn();
    BOOST_TEST(desk.count(DeliveryState::pending) == 0U);
    BOOST_TEST(desk.count(DeliveryState::dead) == 1'600U - delivered);
    const auto over = desk.look(job);
    BOOST_TEST(over.made_due == delivered + 400U);
    BOOST_TEST(over.tally.delivered == over.made_due);
}

// Goal: pause stops it, resume goes on where it was, cancel is for good and takes back what waits,
// also what comes back to the store later.
BOOST_AUTO_TEST_CASE(pause_resume_cancel)
{
    using Wish = ReplayJobs::Wish;
    Desk desk{{.batch = 10, .window = {10, 10}}};
    desk.add(60, DeliveryState::dead);
    const auto job = desk.start(desk.dead_of(1));
    desk.turn(200);
    desk.change(job, Wish::pause);
    desk.end_all();
    desk.turn();
    BOOST_TEST(desk.look(job).made_due == 10U);
    BOOST_TEST(desk.jobs->running() == 0U);
    desk.change(job, Wish::resume);
    desk.turn(200);
    BOOST_TEST(desk.look(job).made_due == 20U);
    store::Claim claim{job.tenant, id_of<SubscriptionId>(1), Lane::replay, 1, desk.clock.now()};
    const auto claimed = desk.store.memory.claim(claim).works;
    BOOST_REQUIRE(claimed.size() == 1U);
    desk.change(job, Wish::cancel);
    desk.turn();
    BOOST_TEST(to_text(desk.look(job).status) == "cancelled");
    BOOST_TEST(desk.look(job).made_due == 11U);
    BOOST_TEST(desk.count(DeliveryState::dead) == 49U);
    desk.restart();
    BOOST_TEST(desk.run(desk.jobs->load()).has_value());
    desk.store.memory.release({claimed[0].delivery.id});
    desk.turn();
    BOOST_TEST(desk.look(job).made_due == 10U);
    BOOST_TEST(desk.count(DeliveryState::dead) == 50U);
    const auto again = desk.run(desk.jobs->change(job.tenant, job.id, Wish::resume));
    BOOST_TEST((again.error() == errc::conflict));
    const auto other = desk.run(desk.jobs->find(id_of<TenantId>(2), job.id));
    BOOST_TEST((other.error() == errc::not_found));
}

// Goal: a process that dies after a batch and before it is written down repeats nothing.
BOOST_AUTO_TEST_CASE(a_lost_record_repeats_nothing)
{
    Desk desk{{.batch = 10, .window = {10, 10}}};
    desk.add(30, DeliveryState::delivered);
    auto wanted = desk.dead_of(1);
    wanted.query.states = {DeliveryState::delivered};
    const auto job = desk.start(wanted);
    const auto records = [&] { return desk.store.memory.records.list(std::string{job_kind}); };
    auto early = records().at(0);
    early.version = 0;  // replaces what is there
    desk.turn(200);
    desk.end_all();
    BOOST_TEST(desk.store.memory.records.put(early).has_value());
    desk.restart();
    BOOST_TEST(desk.run(desk.jobs->load()).has_value());
    desk.turn(200);
    BOOST_TEST(desk.count(DeliveryState::pending) == 10U);
    for (int i = 0; i < 10; ++i) {
        desk.end_all();
        desk.turn(300);
    }
    BOOST_TEST(to_text(desk.look(job).status) == "completed");
    BOOST_TEST(desk.look(job).made_due == 30U);
}

BOOST_AUTO_TEST_SUITE_END()
