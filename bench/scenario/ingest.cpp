// How many events a second are verified, made durable and acknowledged.
#include "bench/scenario/scenario.hpp"

namespace katydid::bench {

namespace {

constexpr double must_per_second = 20'000;

/// As fast as answers come: the capacity.
PhaseOptions closed_loop(const Settings& settings, int round)
{
    PhaseOptions options;
    options.name = "ingest, closed loop " + std::to_string(round);
    options.load.duration = by_size<nanoseconds>(settings, 1s, 3s, 10s);
    options.load.warm_up = options.load.duration / 5;
    return options;
}

/// At a constant rate: the latency a sender sees.
PhaseOptions open_loop(const Settings& settings, double per_second)
{
    PhaseOptions options;
    options.name = "ingest, open loop at " + std::to_string(std::lround(per_second));
    options.load.connections = 128;
    options.load.per_second = per_second;
    options.load.duration = by_size<nanoseconds>(settings, 1s, 4s, 20s);
    options.load.warm_up = options.load.duration / 5;
    return options;
}

/// A machine that others share is faster at one time than at another: floor and hub are measured in
/// turns, so that each ratio is one of neighbours.
struct Capacity {
    std::vector<double> per_second, to_beast, to_sqlite;

    void add(double reached, const FloorRound& floor)
    {
        per_second.push_back(reached);
        if (floor.beast_per_second > 0) to_beast.push_back(reached / floor.beast_per_second);
        if (floor.sqlite_per_second > 0) to_sqlite.push_back(reached / floor.sqlite_per_second);
    }
};

Figure ratio(const char* name, const std::vector<double>& ratios, double aim)
{
    const auto rounded = std::round(median_of(ratios) * 1000) / 1000;
    return {name, rounded, "", Better::higher, std::nan(""), aim};
}

awaitable<Capacity> measure_capacity(Context& context, Session& session, ScenarioResult& result)
{
    Capacity capacity;
    const auto rounds = by_size(context.settings, 1, 3, 3);
    for (int round = 1; round <= rounds; ++round) {
        const auto floor = co_await measure_floor_again(context);
        auto load = closed_loop(context.settings, round);
        const auto phase = co_await session.run(std::move(load));
        result.add(phase);
        capacity.add(phase.load.per_second(), floor);
    }
    co_return capacity;
}

}  // namespace

awaitable<ScenarioResult> run_ingest(Context& context)
{
    const auto& settings = context.settings;
    ScenarioResult result;
    const auto session = context.open("ingest");
    co_await session->start();

    const auto measured = co_await measure_capacity(context, *session, result);
    const auto capacity = median_of(measured.per_second);
    result.figure(
        {"ingest.per_second", std::round(capacity), "events/s", Better::higher, must_per_second});
    if (!measured.to_beast.empty())
        result.figure(ratio("ingest.ratio_to_beast", measured.to_beast, 0.6));
    if (!measured.to_sqlite.empty())
        result.figure(ratio("ingest.ratio_to_sqlite", measured.to_sqlite, std::nan("")));

    const bool is_smoke = settings.size == Size::smoke;
    const auto rate = is_smoke ? std::min(500.0, capacity / 2)
                               : std::min(must_per_second, std::floor(capacity * 0.7));
    auto steady_load = open_loop(settings, rate);
    const auto steady = co_await session->run(std::move(steady_load));
    result.add(steady);
    result.figure(
        {"ingest.open_loop.per_second", std::round(steady.load.per_second()), "events/s"});
    result.figure(
        {"ingest.open_loop.p99", milliseconds_at(steady.load.latency, 99), "ms", Better::lower});
    if (is_smoke) co_return result;
    auto must_load = open_loop(settings, must_per_second);
    const auto must = co_await session->run(std::move(must_load));
    result.add(must);
    result.figure({"ingest.at_20000.p99", milliseconds_at(must.load.latency, 99), "ms",
                   Better::lower, 50, 15});
    co_return result;
}

}  // namespace katydid::bench
