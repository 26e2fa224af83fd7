// How many events a second are verified, made durable and acknowledged.
#include "bench/scenario/scenario.hpp"

namespace katydid::bench {

namespace {

/// As fast as answers come: the capacity.
PhaseOptions closed_loop(const Settings& settings)
{
    PhaseOptions options;
    options.name = "ingest, closed loop";
    options.load.duration = by_size<nanoseconds>(settings, 1s, 4s, 30s);
    options.load.warm_up = options.load.duration / 5;
    return options;
}

/// At a rate the target can hold: the latency a sender sees.
PhaseOptions open_loop(const Settings& settings, double per_second)
{
    PhaseOptions options;
    options.name = "ingest, open loop";
    options.load.connections = 128;
    options.load.per_second = per_second;
    options.load.duration = by_size<nanoseconds>(settings, 1s, 4s, 30s);
    options.load.warm_up = options.load.duration / 5;
    return options;
}

}  // namespace

awaitable<ScenarioResult> run_ingest(Context& context)
{
    const auto& settings = context.settings;
    ScenarioResult result;
    co_await measure_floor(context);
    const auto session = context.open("ingest");
    co_await session->start();

    auto fastest_load = closed_loop(settings);
    const auto fastest = co_await session->run(std::move(fastest_load));
    result.add(fastest);
    const auto capacity = fastest.load.per_second();
    result.figure({"ingest.per_second", std::round(capacity), "events/s", Better::higher, 20'000});
    const auto add_ratio = [&](const char* name, double floor, double aim) {
        if (floor > 0)
            result.figure({name, std::round(capacity / floor * 1000) / 1000, "", Better::higher,
                           std::nan(""), aim});
    };
    add_ratio("ingest.ratio_to_beast", context.floor.beast_per_second, 0.6);
    add_ratio("ingest.ratio_to_sqlite", context.floor.sqlite_per_second, std::nan(""));

    const auto rate = settings.size == Size::smoke ? std::min(500.0, capacity / 2)
                                                   : std::min(20'000.0, std::floor(capacity * 0.7));
    auto steady_load = open_loop(settings, rate);
    const auto steady = co_await session->run(std::move(steady_load));
    result.add(steady);
    result.figure(
        {"ingest.open_loop.per_second", std::round(steady.load.per_second()), "events/s"});
    result.figure({"ingest.open_loop.p99", milliseconds_at(steady.load.latency, 99), "ms",
                   Better::lower, 50, 15});
    co_return result;
}

}  // namespace katydid::bench
