// Killed in the middle of load, started again: everything that was accepted must arrive.
#include "bench/scenario/scenario.hpp"

namespace katydid::bench {

awaitable<ScenarioResult> run_restart(Context& context)
{
    const auto& settings = context.settings;
    ScenarioResult result;
    const auto session = context.open("restart");
    auto& target = session->target();
    if (!target.description().start)
        co_return ScenarioResult::skip("it has no [start], so it cannot be killed and started");
    co_await session->start();
    const EndpointWishes usual;
    co_await session->add_endpoints(3, usual);

    PhaseOptions options;
    options.name = "killed and started again";
    options.load.per_second = by_size(settings, 200.0, 1'000.0, 2'000.0);
    options.load.duration = by_size<nanoseconds>(settings, 2s, 6s, 40s);
    options.load.resend = true;  // as a sender does that got no answer
    options.settle = by_size<nanoseconds>(settings, 20s, 30s, 120s);
    const auto kills = by_size(settings, 1, 2, 8);
    std::vector<double> ready_ms;
    options.beside = [&, pause = options.load.duration / (kills + 1)](Ledger&) -> awaitable<> {
        for (int i = 0; i < kills; ++i) {
            co_await sleep_for(pause);
            const auto start = std::chrono::steady_clock::now();
            co_await target.start_again();
            ready_ms.push_back(
                std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
                    .count());
        }
    };
    auto phase = co_await session->run(std::move(options));
    phase.load.failures = 0;  // a killed server drops connections: that is the scenario
    result.add(phase);
    const auto slowest = *std::max_element(ready_ms.begin(), ready_ms.end());
    result.figure({"restart.ready", std::round(slowest), "ms", Better::lower, 5'000, 1'000});
    result.figure({"restart.missing", static_cast<double>(phase.tally.missing), "deliveries",
                   Better::lower, 0, 0});
    result.figure({"restart.duplicates", static_cast<double>(phase.tally.duplicates), "deliveries",
                   Better::lower});
    co_return result;
}

}  // namespace katydid::bench
