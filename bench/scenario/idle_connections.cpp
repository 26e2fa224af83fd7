// Thousands of connections that each sent one event and then wait.
#include "bench/scenario/scenario.hpp"

#include <sys/resource.h>

namespace katydid::bench {

namespace {

/// Raises the limit of open files as far as it goes. \returns the limit
std::uint64_t raise_file_limit()
{
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
}

}  // namespace

awaitable<ScenarioResult> run_idle_connections(Context& context)
{
    const auto& settings = context.settings;
    const auto count = by_size(settings, 200U, 10'000U, 10'000U);
    ScenarioResult result;
    if (raise_file_limit() < count + 200)
        co_return ScenarioResult::skip("this process may not open " + std::to_string(count)
                                       + " sockets (ulimit -n)");
    const auto session = context.open("idle-connections");
    co_await session->start();
    PhaseOptions options;
    options.name = "idle connections";
    options.load.connections = count;
    options.load.per_second = by_size(settings, 200.0, 2'000.0, 2'000.0);
    options.load.duration = by_size<nanoseconds>(settings, 2s, 8s, 20s);
    double rss_mb = 0;
    options.beside = [&, duration = options.load.duration](Ledger&) -> awaitable<> {
        co_await sleep_for(duration - 200ms);
        rss_mb = static_cast<double>(session->target().usage().rss_bytes) / 1e6;
    };
    const auto phase = co_await session->run(std::move(options));
    result.add(phase);
    const bool all = count >= 10'000;
    result.figure({"idle_connections.rss", std::round(rss_mb), "MB", Better::lower,
                   all ? 300 : std::nan(""), all ? 100 : std::nan("")});
    result.figure(
        {"idle_connections.p99", milliseconds_at(phase.load.latency, 99), "ms", Better::lower});
    co_return result;
}

}  // namespace katydid::bench
