// Many waiting deliveries: what they cost in memory, how fast a start over them is, how they drain.
#include "bench/scenario/scenario.hpp"

#include "bench/measure/process.hpp"

namespace katydid::bench {

namespace {

double seconds_since(SteadyTime start)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Sends everything; who calls it has paused the subscription before.
PhaseOptions fill(std::uint32_t count)
{
    PhaseOptions options;
    options.name = "fill";
    options.load.count_max = count;
    options.load.duration = 15min;
    options.settle = 0s;
    return options;
}

}  // namespace

awaitable<ScenarioResult> run_backlog(Context& context)
{
    const auto& settings = context.settings;
    const auto count = by_size<std::uint32_t>(settings, 500, 50'000, 1'000'000);
    ScenarioResult result;
    const auto session = context.open("backlog");
    auto& target = session->target();
    if (!target.can("pause") || !target.can("resume"))
        co_return ScenarioResult::skip("it has no [call.pause] and [call.resume]");
    co_await session->start();
    EndpointWishes wishes;
    wishes.in_flight = 256;
    co_await session->add_endpoints(1, wishes);
    const auto subscription = session->endpoint(0);
    co_await target.call("pause", subscription);

    auto options = fill(count);
    double ready_seconds = -1;
    double drain_seconds = 0;
    double rss_mb = 0;
    options.after_load = [&](Ledger& ledger) -> awaitable<> {
        rss_mb = static_cast<double>(usage_of(target.pid()).rss_bytes) / 1e6;
        if (target.can_restart()) {
            const auto start = std::chrono::steady_clock::now();
            co_await target.start_again();
            ready_seconds = seconds_since(start);
        }
        const auto start = std::chrono::steady_clock::now();
        co_await target.call("resume", subscription);
        const auto give_up = start + by_size<nanoseconds>(settings, 20s, 60s, 600s);
        while (ledger.outstanding() > 0 && std::chrono::steady_clock::now() < give_up)
            co_await sleep_for(5ms);
        drain_seconds = seconds_since(start);
        rss_mb = std::max(rss_mb, static_cast<double>(usage_of(target.pid()).rss_peak_bytes) / 1e6);
    };
    const auto phase = co_await session->run(std::move(options));
    result.add(phase);
    const bool million = count >= 1'000'000;
    result.figure({"backlog.rss", std::round(rss_mb), "MB", Better::lower,
                   million ? 400 : std::nan(""), million ? 150 : std::nan("")});
    if (ready_seconds >= 0)
        result.figure(
            {"backlog.ready", std::round(ready_seconds * 1000), "ms", Better::lower, 5'000, 1'000});
    result.figure({"backlog.drain.per_second",
                   std::round(static_cast<double>(phase.tally.delivered) / drain_seconds),
                   "deliveries/s"});
    co_return result;
}

}  // namespace katydid::bench
