// What every scenario is: a coroutine from settings to a result.
#pragma once

#include "bench/scenario/result.hpp"
#include "bench/scenario/session.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace katydid::bench {

/// What scenarios share.
struct Context {
    asio::io_context& loop;
    Settings settings;
    std::function<void(const std::string& phase, const TimelinePoint&)> on_second;
    Floor floor;

    /// A session whose progress is shown.
    [[nodiscard]] std::unique_ptr<Session> open(const std::string& name);
};

/// 0 where the program is not there.
struct FloorRound {
    double beast_per_second = 0;
    double sqlite_per_second = 0;
};

/// Measures the floor once more and keeps it among the context's rounds.
awaitable<FloorRound> measure_floor_again(Context& context);
/// Measures the floor unless it was measured before.
awaitable<> measure_floor(Context& context);

using Scenario = awaitable<ScenarioResult> (*)(Context&);

struct NamedScenario {
    std::string_view name;
    std::string_view what;
    Scenario run;
};

/// All of them, in the order they are best run.
std::span<const NamedScenario> all_scenarios();

awaitable<ScenarioResult> run_ingest(Context& context);
awaitable<ScenarioResult> run_end_to_end(Context& context);
awaitable<ScenarioResult> run_latency_at_rate(Context& context);
awaitable<ScenarioResult> run_hung_endpoints(Context& context);
awaitable<ScenarioResult> run_endless_transform(Context& context);
awaitable<ScenarioResult> run_noisy_tenant(Context& context);
awaitable<ScenarioResult> run_backlog(Context& context);
awaitable<ScenarioResult> run_outage(Context& context);
awaitable<ScenarioResult> run_restart(Context& context);
awaitable<ScenarioResult> run_idle_connections(Context& context);
awaitable<ScenarioResult> run_large_payloads(Context& context);
awaitable<ScenarioResult> run_replay_under_load(Context& context);
awaitable<ScenarioResult> run_bridge_writes(Context& context);
awaitable<ScenarioResult> run_postgres_cluster(Context& context);

/// A steady load of one event type per endpoint, so that every event is owed to one endpoint.
PhaseOptions typed_load(const Settings& settings, unsigned endpoints, double per_second);

}  // namespace katydid::bench
