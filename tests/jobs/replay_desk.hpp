// Replay jobs on a store in memory and a loop that the test turns.
#pragma once

#include "hub/jobs/replay_jobs.hpp"
#include "tests/dispatch/fixtures.hpp"
#include "tests/store/memory/memory_store.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

namespace katydid::test {

using namespace jobs;
using namespace std::chrono_literals;

/// A store with dead deliveries and a replayer on a loop that the test turns.
struct Desk {
    explicit Desk(ReplayJobs::Options wanted = {}) : options{wanted}
    {
        // A wait of real time is no wait: each turn of the loop looks again.
        options.look_again = options.store_retry = options.follow_max = 0ms;
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
             std::uint8_t tenant = 1, milliseconds apart = 1ms)
    {
        const auto subscription = make_subscription(number, tenant);
        for (std::size_t i = 0; i < count; ++i) {
            auto event = maker.event();
            auto delivery = maker.delivery(*subscription, *event);
            delivery.state = state;
            delivery.attempts = 3;
            store.memory.insert(std::move(delivery), std::move(event), false);
            clock.advance(apart);
        }
        clock.advance(1ms);
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

    /// Ends what waits, oldest first, at most so many.
    void end_all(DeliveryState state = DeliveryState::delivered, std::size_t most = 100'000)
    {
        std::vector<DeliveryId> waiting;
        for (const auto& [id, row] : store.memory.rows())
            if (row.delivery.state == DeliveryState::pending && waiting.size() < most)
                waiting.push_back(id);
        for (const auto& id : waiting) store.memory.end(id, state);
    }

    ReplayJob start(const ReplayJob& job) { return run(jobs->create(job)).value(); }
    void change(const ReplayJob& job, ReplayJobs::Wish wish)
    {
        BOOST_TEST(run(jobs->change(job.tenant, job.id, wish)).has_value());
    }

    [[nodiscard]] std::size_t count(DeliveryState state) const { return store.memory.count(state); }

    ManualClock clock;
    asio::io_context loop{1};
    WorkMaker maker{clock};
    MemoryStore store;
    ReplayJobs::Options options;
    std::unique_ptr<ReplayJobs> jobs;
};

}  // namespace katydid::test
