// Who wants this event, when everybody filters? One event against so many filters.
#include "bench/micro/events.hpp"
#include "hub/filter/evaluate.hpp"
#include "hub/registry/subscription_matcher.hpp"

#include <benchmark/benchmark.h>

namespace katydid::bench {

namespace {

constexpr std::size_t kinds = 5;

/// Filters as people write them: an equality, ranges, headers, lists, an array.
std::string sample_filter(std::size_t number)
{
    const auto n = std::to_string(number);
    switch (number % kinds) {
    case 0: return R"({"payload":{"customer":{"id":"cus_)" + n + R"("}}})";
    case 1: return R"({"payload":{"status":"paid","total":{"$gt":)" + n + "000}}}";
    case 2: return R"({"headers":{"x-shop":"shop-)" + n + R"("},"payload":{"live":true}})";
    case 3: return R"({"payload":{"country":{"$in":["AT","CH","X)" + n + R"("]}}})";
    default: return R"({"payload":{"items":{"sku":"sku-)" + n + R"(","count":{"$gte":2}}}})";
    }
}

EventPtr order_event(IdSource& ids)
{
    auto event = std::make_shared<Event>(*sample_event(ids, 0));
    event->headers.push_back({"X-Shop", "shop-none"});
    std::string items;
    for (int i = 0; i < 5; ++i)
        items += std::string{i == 0 ? "" : ","} + R"({"sku":"s)" + std::to_string(i)
                 + R"(","count":3,"note":"some words about this item"})";
    event->payload = std::make_shared<const std::string>(
        R"({"id":"ord_1","status":"paid","total":99,"live":true,"country":"DE",)"
        R"("customer":{"id":"cus_none","name":"A Customer","city":"Berlin"},"items":[)"
        + items + R"(],"note":")" + std::string(400, 'n') + "\"}");
    return event;
}

/// The limit is 1 ms for 10,000 filters (issue 6), with the payload parsed once inside it.
void filter_match(benchmark::State& state)
{
    IdSource ids{system_clock(), 1};
    registry::SubscriptionMatcher matcher;
    for (std::int64_t i = 0; i < state.range(0); ++i) {
        auto subscription = *sample_subscription(ids, {"*"});
        subscription.filter = sample_filter(static_cast<std::size_t>(i) + kinds);
        matcher.put(std::make_shared<const Subscription>(std::move(subscription)));
    }
    matcher.put(sample_subscription(ids, {"resource.*"}));
    const auto event = order_event(ids);
    for (auto _ : state) {
        filter::Document document{*event};
        WorkBudget work{10 * filter::filter_work_max};
        const auto found = matcher.match(*event, document, work).recipients;
        if (found.size() != 1) return state.SkipWithError("one subscription should match");
        benchmark::DoNotOptimize(found.data());
    }
    state.SetItemsProcessed(state.range(0) * state.iterations());
}
BENCHMARK(filter_match)->Arg(1)->Arg(100)->Arg(10'000)->Unit(benchmark::kMicrosecond);

}  // namespace

}  // namespace katydid::bench
