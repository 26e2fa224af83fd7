// Accepted, stored, fanned out, signed, delivered, checked.
#include "bench/scenario/scenario.hpp"

namespace katydid::bench {

namespace {

/// Sends as fast as deliveries come back, so that the result is what is sustained.
PhaseOptions closed_on_delivery(const Settings& settings, unsigned fan_out)
{
    PhaseOptions options;
    options.name = "end to end, fan-out " + std::to_string(fan_out);
    options.load.connections = 32;
    options.load.duration = by_size<nanoseconds>(settings, 1s, 4s, 15s);
    options.load.warm_up = options.load.duration / 5;
    options.load.outstanding_max = 2'000;
    options.settle = 60s;
    return options;
}

PhaseOptions steady(const Settings& settings, double per_second)
{
    PhaseOptions options;
    options.name = "end to end, open loop";
    options.load.per_second = per_second;
    options.load.duration = by_size<nanoseconds>(settings, 1s, 4s, 15s);
    options.load.warm_up = options.load.duration / 5;
    options.settle = 60s;
    return options;
}

awaitable<> run_fan_out(Context& context, unsigned fan_out, ScenarioResult& result)
{
    const auto& settings = context.settings;
    const auto session = context.open("end-to-end-" + std::to_string(fan_out));
    co_await session->start();
    EndpointWishes wishes;
    wishes.in_flight = std::max(1U, 128 / fan_out);
    co_await session->add_endpoints(fan_out, wishes);
    auto phase_load = closed_on_delivery(settings, fan_out);
    const auto phase = co_await session->run(std::move(phase_load));
    result.add(phase);
    const auto name = "end_to_end.fan_out_" + std::to_string(fan_out);
    const auto per_second = phase.delivered_per_second;
    const bool single = fan_out == 1;
    result.figure({name + ".per_second", std::round(per_second), "deliveries/s", Better::higher,
                   single ? 6'000 : std::nan(""), single ? 12'000 : std::nan("")});
    if (!single) co_return;
    const auto floor = context.floor.sqlite_per_second;
    if (floor > 0)
        result.figure(
            {name + ".ratio_to_sqlite", std::round(per_second / floor * 1000) / 1000, ""});
    const auto rate = settings.size == Size::smoke
                          ? std::min(300.0, per_second / 2)
                          : std::min(6'000.0, std::floor(per_second * 0.7));
    auto held_load = steady(settings, rate);
    const auto held = co_await session->run(std::move(held_load));
    result.add(held);
    result.figure(
        {"end_to_end.open_loop.per_second", std::round(held.delivered_per_second), "deliveries/s"});
    result.figure(
        {"end_to_end.open_loop.p99", milliseconds_at(held.end_to_end, 99), "ms", Better::lower});
}

}  // namespace

awaitable<ScenarioResult> run_end_to_end(Context& context)
{
    ScenarioResult result;
    co_await measure_floor(context);
    for (const unsigned fan_out : {1U, 10U, 100U}) {
        co_await run_fan_out(context, fan_out, result);
    }
    co_return result;
}

}  // namespace katydid::bench
