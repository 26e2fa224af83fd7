#include "hub/jobs/replay_jobs.hpp"

#include "tests/jobs/replay_desk.hpp"

using namespace katydid;
using namespace katydid::jobs;
using namespace katydid::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(jobs_replay)

// Goal: exactly what matches is made due again, in the replay lane, and the job says how much; it
// is completed when all of it has ended.
BOOST_AUTO_TEST_CASE(replays_what_matches)
{
    Desk desk;
    desk.add(250, DeliveryState::dead);
    desk.add(50, DeliveryState::delivered);
    desk.add(50, DeliveryState::dead, 2);
    const auto job = desk.start(desk.dead_of(1));
    for (int i = 0; i < 20; ++i) {
        desk.turn(100);
        for (const auto& [id, row] : desk.store.memory.rows()) {
            if (row.delivery.state != DeliveryState::pending) continue;
            BOOST_REQUIRE((row.delivery.lane == Lane::replay));
            BOOST_REQUIRE(row.delivery.attempts_before == 3U);
        }
        desk.end_all();
    }
    desk.turn();
    const auto after = desk.look(job);
    BOOST_TEST(to_text(after.status) == "completed");
    BOOST_TEST(after.total.value() == 250U);
    BOOST_TEST(after.made_due == 250U);
    BOOST_TEST(after.tally.delivered == 250U);
    BOOST_TEST(progress(after) == 1.0);
    BOOST_TEST(desk.count(DeliveryState::delivered) == 300U);
    BOOST_TEST(desk.count(DeliveryState::dead) == 50U);
    BOOST_TEST(desk.run(desk.jobs->list(job.tenant)).value().size() == 1U);
}

// Goal: no more than a window waits at any time, however much there is to replay, and also where
// everything was made in one millisecond.
BOOST_AUTO_TEST_CASE(window)
{
    for (const auto apart : {0ms, 1ms}) {
        Desk desk{{.batch = 10, .window = {50, 50}}};
        desk.add(300, DeliveryState::dead, 1, 1, apart);
        const auto job = desk.start(desk.dead_of(1));
        std::size_t rounds = 0;
        while (desk.look(job).status != JobStatus::completed && ++rounds < 100) {
            desk.turn(500);
            BOOST_REQUIRE(desk.count(DeliveryState::pending) <= 50U);
            desk.end_all();
        }
        BOOST_TEST(rounds >= 5U);
        BOOST_TEST(desk.count(DeliveryState::delivered) == 300U);
    }
}

// Goal: what does not move for long holds up nobody for ever.
BOOST_AUTO_TEST_CASE(stuck_work_does_not_count)
{
    Desk desk{{.batch = 10, .window = {20, 20}}};
    desk.add(40, DeliveryState::dead);
    const auto job = desk.start(desk.dead_of(1));
    desk.turn(500);
    BOOST_TEST(desk.count(DeliveryState::pending) == 20U);
    desk.clock.advance(31s);
    desk.turn(500);
    BOOST_TEST(desk.count(DeliveryState::pending) == 40U);
    BOOST_TEST(desk.look(job).made_due == 40U);
}

// Goal: after a restart a job goes on after its cursor; a finished one stays known.
BOOST_AUTO_TEST_CASE(over_a_restart)
{
    Desk desk{{.batch = 10, .window = {20, 20}}};
    desk.add(60, DeliveryState::dead);
    const auto job = desk.start(desk.dead_of(1));
    desk.turn(200);
    BOOST_TEST(desk.look(job).made_due == 20U);
    desk.restart();
    BOOST_TEST(desk.run(desk.jobs->load()).has_value());
    desk.turn(200);
    BOOST_TEST(desk.count(DeliveryState::pending) == 20U);
    for (int i = 0; i < 10; ++i) {
        desk.end_all();
        desk.turn(300);
    }
    BOOST_TEST(desk.look(job).made_due == 60U);
    BOOST_TEST(to_text(desk.look(job).status) == "completed");
    desk.restart();
    BOOST_TEST(desk.run(desk.jobs->load()).has_value());
    BOOST_TEST(desk.look(job).tally.delivered == 60U);
}

// Goal: the jobs of a tenant that is gone leave their places, and are written down no more.
BOOST_AUTO_TEST_CASE(jobs_of_a_tenant_that_is_gone)
{
    Desk desk{{.batch = 10, .window = {20, 20}}};
    desk.add(60, DeliveryState::dead);
    const auto job = desk.start(desk.dead_of(1));
    desk.turn(200);
    BOOST_TEST(desk.run(desk.jobs->forget(job.tenant)).has_value());
    const auto deleted = desk.run(desk.store.delete_record(
        job.tenant, std::string{store::replay_job_kind}, job.id.to_string()));
    BOOST_TEST(deleted.has_value());
    for (int i = 0; i < 5; ++i) {
        desk.end_all();
        desk.turn(300);
    }
    BOOST_TEST(desk.jobs->running() == 0U);
    BOOST_TEST(desk.run(desk.jobs->list(job.tenant)).value().empty());
    BOOST_TEST(desk.run(desk.store.records(std::string{store::replay_job_kind})).value().empty());
}

// Goal: a store that refuses for a while stops nothing for good.
BOOST_AUTO_TEST_CASE(store_refuses)
{
    Desk desk;
    desk.add(20, DeliveryState::dead);
    const auto job = desk.run(desk.jobs->create(desk.dead_of(1))).value();
    desk.store.failing = errc::store_full;
    desk.turn(100);
    BOOST_TEST(desk.look(job).error == "the test says so");
    desk.store.failing.reset();
    desk.turn();
    BOOST_TEST(desk.look(job).made_due == 20U);
    BOOST_TEST(desk.look(job).error.empty());
}

// Goal: few jobs run at the same time, and there is an end to how many wait.
BOOST_AUTO_TEST_CASE(bounded)
{
    Desk desk{{.running = {2, 2, 0}, .open = {3, 3, 0}, .batch = 10, .window = {10, 10}}};
    for (std::uint8_t n = 1; n <= 4; ++n) desk.add(30, DeliveryState::dead, n);
    std::vector<ReplayJob> jobs;
    for (std::uint8_t n = 1; n <= 3; ++n)
        jobs.push_back(desk.run(desk.jobs->create(desk.dead_of(n))).value());
    BOOST_TEST(desk.jobs->running() == 2U);
    const auto fourth = desk.run(desk.jobs->create(desk.dead_of(4)));
    BOOST_TEST((fourth.error() == errc::over_limit));
    for (int i = 0; i < 20; ++i) {
        desk.end_all();
        desk.turn(300);
    }
    for (const auto& job : jobs) BOOST_TEST(desk.look(job).made_due == 30U);
}

// Goal: one tenant cannot take all places: others still start jobs, and theirs run; what one tenant
// starts and cancels without end is not kept without end, and pushes out nobody else's.
BOOST_AUTO_TEST_CASE(tenants_share_the_places)
{
    Desk desk{
        {.running = {4, 2, 2}, .open = {6, 3, 2}, .over_max = 2, .batch = 10, .window = {10, 10}}};
    std::uint8_t number = 0;
    const auto create_for = [&](std::uint8_t tenant) {
        desk.add(30, DeliveryState::dead, ++number, tenant);  // more than a window: it stays open
        auto job = desk.dead_of(number);
        job.tenant = id_of<TenantId>(tenant);
        return desk.run(desk.jobs->create(std::move(job)));
    };
    const auto is_full = [&](std::uint8_t tenant) {
        const auto made = create_for(tenant);
        return !made && made.error() == errc::over_limit;
    };
    for (int i = 0; i < 3; ++i) BOOST_TEST(!is_full(1));
    BOOST_TEST(is_full(1));
    BOOST_TEST(desk.jobs->running() == 2U);
    BOOST_TEST(!is_full(2));
    BOOST_TEST(desk.jobs->running() == 3U);
    BOOST_TEST(is_full(2));  // the rest is for those that have none
    BOOST_TEST(!is_full(3));
    BOOST_TEST(desk.jobs->running() == 4U);
    BOOST_TEST(!is_full(4));
    BOOST_TEST(is_full(5));
    const auto list_of = [&](std::uint8_t tenant) {
        return desk.run(desk.jobs->list(id_of<TenantId>(tenant))).value();
    };
    for (int i = 0; i < 10; ++i) {
        for (const auto& job : list_of(1))
            if (!is_over(job.status))
                static_cast<void>(
                    desk.run(desk.jobs->change(job.tenant, job.id, ReplayJobs::Wish::cancel)));
        desk.turn(300);
        BOOST_TEST(!is_full(1));
    }
    BOOST_TEST(list_of(1).size() <= 4U);  // two that are over, and those that were just stopped
    BOOST_TEST(list_of(3).size() == 1U);
}

// Goal: a job reads back from its record as it was; nonsense does not.
BOOST_AUTO_TEST_CASE(record_round_trip)
{
    Desk desk;
    auto job = desk.dead_of(1);
    job.id = id_of<JobId>(9);
    job.status = JobStatus::paused;
    job.query.event = id_of<EventId>(3);
    job.query.status = 503;
    job.query.since = Timestamp{1h};
    job.query.until = Timestamp{2h};
    job.query.cursor = id_of<DeliveryId>(4);
    job.total = 20;
    job.made_due = 7;
    job.skipped = 2;
    job.all_due = true;
    job.tally = {1, 2, 3, 4, 5};
    job.error = "x";
    const auto read = read_job(to_record(job));
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST(to_record(*read).json == to_record(job).json);
    BOOST_TEST((read->query.cursor == job.query.cursor));
    BOOST_TEST((read->tally == job.tally));
    for (const auto* text : {"", "7", "{}", R"({"status":"often"})"}) {
        auto record = to_record(job);
        record.json = text;
        BOOST_TEST(!read_job(record).has_value(), text);
    }
}

// Goal: progress counts what has ended and what was skipped, of what matched.
BOOST_AUTO_TEST_CASE(progress_by_count)
{
    ReplayJob job;
    BOOST_TEST(progress(job) == 0.0);
    job.total = 10;
    job.made_due = 6;
    job.skipped = 1;
    job.tally.pending = 2;
    job.tally.scheduled = 1;
    BOOST_TEST(ended(job) == 3U);
    BOOST_TEST(progress(job) == 0.4);
    job.tally.pending = 100;
    BOOST_TEST(ended(job) == 0U);
    job.total = 0;
    job.status = JobStatus::completed;
    BOOST_TEST(progress(job) == 1.0);
}

BOOST_AUTO_TEST_SUITE_END()
