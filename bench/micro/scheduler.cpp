// One delivery through the scheduler: handed over, started, ended, settled.
#include "bench/micro/events.hpp"
#include "hub/dispatch/scheduler/scheduler.hpp"

#include <benchmark/benchmark.h>

namespace katydid::bench {

namespace {

using dispatch::Now;

/// \param state  range(0): how many subscriptions take turns
void scheduler_step(benchmark::State& state)
{
    IdSource ids{system_clock(), 1};
    dispatch::Scheduler scheduler{{}, ids};
    const auto now = Now::of(system_clock());
    std::vector<SubscriptionPtr> subscriptions;
    for (std::int64_t i = 0; i < state.range(0); ++i) {
        subscriptions.push_back(sample_subscription(ids, {"*"}));
        scheduler.put_subscription(subscriptions.back(), true, now);
    }
    const auto event = sample_event(ids, 0);
    dispatch::Actions actions;
    std::size_t turn = 0;
    for (auto _ : state) {
        store::Work work;
        work.delivery.id = ids.make<DeliveryId>();
        work.delivery.subscription = subscriptions[turn++ % subscriptions.size()]->id;
        work.delivery.state = DeliveryState::in_flight;
        work.delivery.created_at = work.delivery.due_at = now.wall;
        work.event = event;
        std::vector<store::Work> works;
        works.push_back(std::move(work));
        scheduler.on_work(std::move(works), now);
        scheduler.next(now, actions);
        if (actions.starts.size() != 1) return state.SkipWithError("nothing was started");
        scheduler.on_attempt_ended(*actions.starts.front(), Outcome::delivered(), now);
        scheduler.next(now, actions);
        if (actions.settles.size() != 1) return state.SkipWithError("nothing was settled");
        scheduler.on_settled(actions.settles.front(), now);
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(scheduler_step)->Arg(1)->Arg(100)->Arg(10'000);

}  // namespace

}  // namespace katydid::bench
