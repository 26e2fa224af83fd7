#include "hub/jobs/replay_jobs.hpp"

#include "tests/dispatch/fixtures.hpp"
#include "tests/store/memory/memory_store.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::jobs;
using namespace katydid::test;
using namespace std::chrono_literals;

namespace {

/// A store with dead deliveries and a replayer on a loop that the test turns.
struct Desk {
    explicit Desk(ReplayJobs::Options wanted = {}) : options{wanted}
    {
        // A wait of real time is no wait: each turn of the loop looks again.
        options.look_again = options.store_retry = 0ms;
        restart();
    }

    ~Desk()
    {
        jobs->stop();
        turn();
    }

    /// A new process on the same store.
    void restart()
    {
        if (jobs) jobs->stop();
        turn();
        jobs = std::make_unique<ReplayJobs>(loop.get_executor(), store, clock, 1, options);
    }

    void turn(int most = 1'000)
    {
        loop.restart();
        while (most-- > 0 && loop.poll_one() > 0) {}
    }

    template <class T>
    result<T> run(awaitable<result<T>> call)
    {
        std::optional<result<T>> answer;
        asio::co_spawn(loop, std::move(call),
                       [&](const std::exception_ptr&, std::optional<result<T>> value) {
                           answer = std::move(value);
                       });
        while (!answer) turn(1);
        return std::move(*answer);
    }

    void add(std::size_t count, DeliveryState state, std::uint8_t number = 1,
             std::uint8_t tenant = 1)
    {
        const auto subscription = make_subscription(number, tenant);
        for (std::size_t i = 0; i < count; ++i) {
            auto event = maker.event();
            auto delivery = maker.delivery(*subscription, *event);
            delivery.state = state;
            delivery.attempts = 3;
            store.memory.insert(std::move(delivery), std::move(event), false);
            clock.advance(1ms);
        }
    }

    ReplayJob dead_of(std::uint8_t number)
    {
        ReplayJob job;
        job.tenant = id_of<TenantId>(1);
        job.query.subscription = id_of<SubscriptionId>(number);
        job.query.states = {DeliveryState::dead};
        return job;
    }

    ReplayJob look(const ReplayJob& job) { return run(jobs->find(job.tenant, job.id)).value(); }

    /// Delivers what waits.
    void deliver_all()
    {
        std::vector<DeliveryId> waiting;
        for (const auto& [id, row] : store.memory.rows())
            if (row.delivery.state == DeliveryState::pending) waiting.push_back(id);
        for (const auto& id : waiting) store.memory.end(id, DeliveryState::delivered);
    }

    [[nodiscard]] std::size_t count(DeliveryState state) const { return store.memory.count(state); }

    ManualClock clock;
    asio::io_context loop{1};
    WorkMaker maker{clock};
    MemoryStore store;
    ReplayJobs::Options options;
    std::unique_ptr<ReplayJobs> jobs;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(jobs_replay)

// Goal: exactly what matches is made due again, in the replay lane, and the job says how much.
BOOST_AUTO_TEST_CASE(replays_what_matches)
{
    Desk desk;
    desk.add(250, DeliveryState::dead);
    desk.add(50, DeliveryState::delivered);
    desk.add(50, DeliveryState::dead, 2);
    const auto job = desk.run(desk.jobs->create(desk.dead_of(1))).value();
    desk.turn();
    const auto after = desk.look(job);
    BOOST_TEST(to_text(after.status) == "completed");
    BOOST_TEST(after.done == 250U);
    BOOST_TEST(desk.count(DeliveryState::pending) == 250U);
    BOOST_TEST(desk.count(DeliveryState::dead) == 50U);
    for (const auto& [id, row] : desk.store.memory.rows()) {
        if (row.delivery.state != DeliveryState::pending) continue;
        BOOST_REQUIRE((row.delivery.lane == Lane::replay));
        BOOST_REQUIRE(row.delivery.attempts_before == 3U);
    }
    BOOST_TEST(desk.run(desk.jobs->list(job.tenant)).value().size() == 1U);
}

// Goal: no more than a window waits at any time, however much there is to replay.
BOOST_AUTO_TEST_CASE(window)
{
    Desk desk{{.batch = 10, .window = 50}};
    desk.add(300, DeliveryState::dead);
    const auto job = desk.run(desk.jobs->create(desk.dead_of(1))).value();
    std::size_t rounds = 0;
    while (desk.look(job).status != JobStatus::completed && ++rounds < 100) {
        desk.turn(500);
        BOOST_REQUIRE(desk.count(DeliveryState::pending) <= 50U);
        desk.deliver_all();
    }
    desk.deliver_all();
    BOOST_TEST(rounds >= 5U);
    BOOST_TEST(desk.count(DeliveryState::delivered) == 300U);
}

// Goal: what does not move for long holds up nobody for ever.
BOOST_AUTO_TEST_CASE(stuck_work_does_not_count)
{
    Desk desk{{.batch = 10, .window = 20}};
    desk.add(40, DeliveryState::dead);
    const auto job = desk.run(desk.jobs->create(desk.dead_of(1))).value();
    desk.turn(500);
    BOOST_TEST(desk.count(DeliveryState::pending) == 20U);
    desk.clock.advance(31s);
    desk.turn(500);
    BOOST_TEST(desk.count(DeliveryState::pending) == 40U);
    BOOST_TEST(desk.look(job).done == 40U);
}

// Goal: pause stops it, resume goes on where it was, cancel is for good.
BOOST_AUTO_TEST_CASE(pause_resume_cancel)
{
    using Wish = ReplayJobs::Wish;
    Desk desk{{.batch = 10, .window = 10}};
    desk.add(60, DeliveryState::dead);
    const auto job = desk.run(desk.jobs->create(desk.dead_of(1))).value();
    desk.turn(200);
    BOOST_TEST(desk.run(desk.jobs->change(job.tenant, job.id, Wish::pause)).has_value());
    desk.deliver_all();
    desk.turn();
    const auto done = desk.look(job).done;
    BOOST_TEST(done == 10U);
    BOOST_TEST(desk.jobs->running() == 0U);
    BOOST_TEST(desk.run(desk.jobs->change(job.tenant, job.id, Wish::resume)).has_value());
    desk.turn(200);
    BOOST_TEST(desk.look(job).done == 20U);
    BOOST_TEST(desk.run(desk.jobs->change(job.tenant, job.id, Wish::cancel)).has_value());
    desk.deliver_all();
    desk.turn();
    BOOST_TEST(to_text(desk.look(job).status) == "cancelled");
    BOOST_TEST(desk.look(job).done == 20U);
    const auto again = desk.run(desk.jobs->change(job.tenant, job.id, Wish::resume));
    BOOST_TEST((again.error() == errc::conflict));
    const auto other = desk.run(desk.jobs->find(id_of<TenantId>(2), job.id));
    BOOST_TEST((other.error() == errc::not_found));
}

// Goal: after a restart a job goes on behind its cursor; a finished one stays known.
BOOST_AUTO_TEST_CASE(over_a_restart)
{
    Desk desk{{.batch = 10, .window = 20}};
    desk.add(60, DeliveryState::dead);
    const auto job = desk.run(desk.jobs->create(desk.dead_of(1))).value();
    desk.turn(200);
    BOOST_TEST(desk.look(job).done == 20U);
    desk.restart();
    BOOST_TEST(desk.run(desk.jobs->load()).has_value());
    for (int i = 0; i < 10; ++i) {
        desk.deliver_all();
        desk.turn(300);
    }
    BOOST_TEST(desk.look(job).done == 60U);
    BOOST_TEST(to_text(desk.look(job).status) == "completed");
    desk.restart();
    BOOST_TEST(desk.run(desk.jobs->load()).has_value());
    BOOST_TEST(desk.look(job).done == 60U);
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
    BOOST_TEST(desk.look(job).done == 20U);
    BOOST_TEST(desk.look(job).error.empty());
}

// Goal: few jobs run at the same time, and there is an end to how many wait.
BOOST_AUTO_TEST_CASE(bounded)
{
    Desk desk{{.running = {2, 2, 0}, .open = {3, 3, 0}, .batch = 10, .window = 10}};
    for (std::uint8_t n = 1; n <= 4; ++n) desk.add(30, DeliveryState::dead, n);
    std::vector<ReplayJob> jobs;
    for (std::uint8_t n = 1; n <= 3; ++n)
        jobs.push_back(desk.run(desk.jobs->create(desk.dead_of(n))).value());
    BOOST_TEST(desk.jobs->running() == 2U);
    const auto fourth = desk.run(desk.jobs->create(desk.dead_of(4)));
    BOOST_TEST((fourth.error() == errc::over_limit));
    for (int i = 0; i < 20; ++i) {
        desk.deliver_all();
        desk.turn(300);
    }
    for (const auto& job : jobs) BOOST_TEST(desk.look(job).done == 30U);
}

// Goal: one tenant cannot take all places: others still start jobs, and theirs run; what one tenant
// starts and cancels without end is not kept without end, and pushes out nobody else's.
BOOST_AUTO_TEST_CASE(tenants_share_the_places)
{
    Desk desk{{.running = {4, 2, 2}, .open = {6, 3, 2}, .over_max = 2, .batch = 10, .window = 10}};
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
    job.done = 7;
    job.skipped = 2;
    job.error = "x";
    const auto read = read_job(to_record(job));
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST(to_record(*read).json == to_record(job).json);
    BOOST_TEST((read->query.cursor == job.query.cursor));
    for (const auto* text : {"", "7", "{}", R"({"status":"often"})"}) {
        auto record = to_record(job);
        record.json = text;
        BOOST_TEST(!read_job(record).has_value(), text);
    }
}

// Goal: progress goes by the times of what was looked at, from 0 to 1, and survives a restart.
BOOST_AUTO_TEST_CASE(progress_by_time)
{
    ReplayJob job;
    BOOST_TEST(progress(job) == 0.0);
    const Timestamp start{std::chrono::hours{1}};
    job.query.until = start + std::chrono::minutes{10};
    job.from = start;
    job.at = start + std::chrono::minutes{4};
    BOOST_TEST(progress(job) == 0.4, boost::test_tools::tolerance(1e-9));
    const auto again = read_job(to_record(job));
    BOOST_REQUIRE(again.has_value());
    BOOST_TEST(progress(*again) == 0.4, boost::test_tools::tolerance(1e-9));
    job.at = start + std::chrono::hours{2};
    BOOST_TEST(progress(job) == 1.0);
    job.at.reset();
    job.status = JobStatus::completed;
    BOOST_TEST(progress(job) == 1.0);
}

BOOST_AUTO_TEST_SUITE_END()
