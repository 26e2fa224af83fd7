// Big bodies, end to end; the signature proves that every byte came through.
#include "bench/scenario/scenario.hpp"

namespace katydid::bench {

awaitable<ScenarioResult> run_large_payloads(Context& context)
{
    const auto& settings = context.settings;
    ScenarioResult result;
    const auto session = context.open("large-payloads");
    co_await session->start();
    EndpointWishes wishes;
    wishes.in_flight = 8;
    co_await session->add_endpoints(1, wishes);
    for (const std::size_t kib : {64U, 256U, 900U}) {
        PhaseOptions options;
        options.name = std::to_string(kib) + " KiB";
        options.data_bytes = kib * 1024;
        options.load.connections = 4;
        options.load.duration = by_size<nanoseconds>(settings, 500ms, 2s, 10s);
        options.load.warm_up = options.load.duration / 5;
        options.load.outstanding_max = 64;
        options.settle = 60s;
        const auto phase = co_await session->run(std::move(options));
        result.add(phase);
        const auto megabytes = phase.delivered_per_second * static_cast<double>(phase.body_bytes)
                               / 1e6;
        result.figure({"large_payloads.kib_" + std::to_string(kib) + ".throughput",
                       std::round(megabytes * 10) / 10, "MB/s"});
    }
    co_return result;
}

}  // namespace katydid::bench
