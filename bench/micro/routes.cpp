// Who wants this event, among so many subscriptions?
#include "bench/micro/events.hpp"
#include "hub/filter/evaluate.hpp"
#include "hub/registry/subscription_matcher.hpp"

#include <benchmark/benchmark.h>

namespace katydid::bench {

namespace {

/// One subscription matches, all others listen to something else.
void route_match(benchmark::State& state)
{
    IdSource ids{system_clock(), 1};
    registry::SubscriptionMatcher matcher;
    for (std::int64_t i = 1; i < state.range(0); ++i)
        matcher.put(sample_subscription(ids, {"other.type" + std::to_string(i)}));
    matcher.put(sample_subscription(ids, {"resource.*"}));
    const auto event = sample_event(ids, 0);
    for (auto _ : state) {
        filter::Document document{*event};
        WorkBudget work{filter::filter_work_max};
        const auto found = matcher.match(*event, document, work).recipients;
        if (found.size() != 1) return state.SkipWithError("one subscription should match");
        benchmark::DoNotOptimize(found.data());
    }
}
BENCHMARK(route_match)->Arg(1)->Arg(100)->Arg(10'000);

/// Every subscription matches: what a fan-out costs before the store.
void route_fan_out(benchmark::State& state)
{
    IdSource ids{system_clock(), 1};
    registry::SubscriptionMatcher matcher;
    for (std::int64_t i = 0; i < state.range(0); ++i) matcher.put(sample_subscription(ids, {"*"}));
    const auto event = sample_event(ids, 0);
    for (auto _ : state) {
        filter::Document document{*event};
        WorkBudget work{filter::filter_work_max};
        benchmark::DoNotOptimize(matcher.match(*event, document, work).recipients.data());
    }
    state.SetItemsProcessed(state.range(0) * state.iterations());
}
BENCHMARK(route_fan_out)->Arg(1)->Arg(10)->Arg(100);

}  // namespace

}  // namespace katydid::bench
