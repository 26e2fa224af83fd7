// One of a hundred subscriptions has a transform that never ends. The others must not notice.
#include "bench/scenario/scenario.hpp"

#include <vector>

namespace katydid::bench {

namespace {

constexpr const char* good = R"({"code":"function transform({payload}) { return {payload}; }"})";
constexpr const char* endless = R"({"code":"function transform() { for (;;); }"})";

/// The same in all phases; only whether the endless one is there differs.
PhaseOptions load_for(const Settings& settings, unsigned others, const std::string& name)
{
    auto options = typed_load(settings, others + 1, by_size(settings, 100.0, 500.0, 500.0));
    options.mix.back().type = "bench.endless";
    options.load.duration = by_size<nanoseconds>(settings, 1s, 4s, 10s);
    options.load.warm_up = options.load.duration / 8;
    options.name = name;
    options.owes = [=](std::uint32_t number, unsigned endpoint) {
        return number % (others + 1) == endpoint && endpoint < others;
    };
    return options;
}

/// One phase. \returns the others' p99 in milliseconds
awaitable<double> run_phase(Session& session, ScenarioResult& result, unsigned others,
                            bool is_endless)
{
    auto load = load_for(session.settings(), others,
                         is_endless ? "one never ends" : "all transforms end");
    if (is_endless) {
        EndpointWishes wishes;
        wishes.event_types = "bench.endless";
        wishes.in_flight = 16;
        wishes.more = {{"transform", endless}};
        co_await session.add_endpoints(1, wishes);
    }
    const auto phase = co_await session.run(std::move(load));
    result.add(phase);
    if (is_endless) {
        // It goes with all that it still waits for.
        const auto last = static_cast<unsigned>(session.sink().size()) - 1;
        co_await session.target().call("remove", session.endpoint(last));
    }
    co_return milliseconds_at(phase.end_to_end, 99);
}

}  // namespace

awaitable<ScenarioResult> run_endless_transform(Context& context)
{
    const auto& settings = context.settings;
    const auto others = by_size(settings, 9U, 99U, 99U);
    ScenarioResult result;
    const auto session = context.open("endless-transform");
    if (!session->target().has_door("typed") || !session->target().can("remove"))
        co_return ScenarioResult::skip("it has no [publish.typed] and [call.remove]");
    co_await session->start();
    EndpointWishes wishes;
    wishes.event_types = "bench.e{{index}}";
    wishes.in_flight = 16;
    wishes.more = {{"transform", good}};
    co_await session->add_endpoints(others, wishes);
    // In turns, in one hub, so that both see the same machine.
    std::vector<double> without, with;
    const auto turns = by_size(settings, 1, 5, 9);
    for (int turn = 0; turn < turns; ++turn) {
        for (const bool second : {false, true}) {
            const bool is_endless = second == (turn % 2 == 0);
            const auto p99 = co_await run_phase(*session, result, others, is_endless);
            (is_endless ? with : without).push_back(p99);
        }
    }
    const auto before = median_of(without);
    const auto after = median_of(with);
    result.figure({"endless_transform.alone.p99", before, "ms", Better::lower});
    result.figure({"endless_transform.others.p99", after, "ms", Better::lower});
    if (before > 0)
        result.figure({"endless_transform.ratio", std::round(after / before * 100) / 100, "",
                       Better::lower, 1.2, 1.0});
    co_return result;
}

}  // namespace katydid::bench
