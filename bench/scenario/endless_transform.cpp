// One of a hundred subscriptions has a transform that never ends. The others must not notice.
#include "bench/scenario/scenario.hpp"

namespace katydid::bench {

namespace {

constexpr const char* good = R"({"code":"function transform({payload}) { return {payload}; }"})";
constexpr const char* endless = R"({"code":"function transform() { for (;;); }"})";

/// \param owed  of them; the others get nothing
PhaseOptions load_for(const Settings& settings, unsigned types, unsigned owed,
                      const std::string& name)
{
    auto options = typed_load(settings, types, by_size(settings, 100.0, 500.0, 500.0));
    options.name = name;
    options.owes = [=](std::uint32_t number, unsigned endpoint) {
        return number % types == endpoint && endpoint < owed;
    };
    return options;
}

}  // namespace

awaitable<ScenarioResult> run_endless_transform(Context& context)
{
    const auto& settings = context.settings;
    const auto others = by_size(settings, 9U, 99U, 99U);
    ScenarioResult result;
    const auto session = context.open("endless-transform");
    if (!session->target().has_door("typed"))
        co_return ScenarioResult::skip("it has no [publish.typed]");
    co_await session->start();
    EndpointWishes wishes;
    wishes.event_types = "bench.e{{index}}";
    wishes.in_flight = 16;
    wishes.more = {{"transform", good}};
    co_await session->add_endpoints(others, wishes);
    auto alone_load = load_for(settings, others, others, "all transforms end");
    const auto alone = co_await session->run(std::move(alone_load));
    result.add(alone);
    wishes.more = {{"transform", endless}};
    co_await session->add_endpoints(1, wishes);
    auto beside_load = load_for(settings, others + 1, others, "one never ends");
    const auto beside = co_await session->run(std::move(beside_load));
    result.add(beside);

    const auto before = milliseconds_at(alone.end_to_end, 99);
    const auto after = milliseconds_at(beside.end_to_end, 99);
    result.figure({"endless_transform.alone.p99", before, "ms", Better::lower});
    result.figure({"endless_transform.others.p99", after, "ms", Better::lower});
    if (before > 0)
        result.figure({"endless_transform.ratio", std::round(after / before * 100) / 100, "",
                       Better::lower, 1.2, 1.0});
    co_return result;
}

}  // namespace katydid::bench
