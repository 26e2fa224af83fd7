// How long an accepted event waits for its first attempt, at a rate far below capacity.
#include "bench/scenario/scenario.hpp"

namespace katydid::bench {

awaitable<ScenarioResult> run_latency_at_rate(Context& context)
{
    const auto& settings = context.settings;
    ScenarioResult result;
    const auto session = context.open("latency-at-rate");
    co_await session->start();
    const EndpointWishes usual;
    co_await session->add_endpoints(1, usual);
    PhaseOptions options;
    options.name = "latency at rate";
    options.load.per_second = by_size(settings, 200.0, 1'000.0, 1'000.0);
    options.load.duration = by_size<nanoseconds>(settings, 1s, 6s, 30s);
    options.load.warm_up = options.load.duration / 6;
    const auto phase = co_await session->run(std::move(options));
    result.add(phase);
    result.figure({"latency_at_rate.accepted_to_attempt.p99",
                   milliseconds_at(phase.after_acceptance, 99), "ms", Better::lower, 20, 5});
    result.figure({"latency_at_rate.sent_to_attempt.p99", milliseconds_at(phase.end_to_end, 99),
                   "ms", Better::lower});
    result.figure({"latency_at_rate.acceptance.p99", milliseconds_at(phase.load.latency, 99), "ms",
                   Better::lower});
    co_return result;
}

}  // namespace katydid::bench
