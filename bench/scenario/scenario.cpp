#include "bench/scenario/scenario.hpp"

#include <array>

namespace katydid::bench {

std::unique_ptr<Session> Context::open(const std::string& name)
{
    auto session = std::make_unique<Session>(loop, settings, name);
    session->on_second = on_second;
    return session;
}

std::span<const NamedScenario> all_scenarios()
{
    static constexpr std::array scenarios{
        NamedScenario{"ingest", "verified, durable, acknowledged events a second", run_ingest},
        NamedScenario{"end-to-end", "accepted, stored, signed, delivered; fan-out 1, 10, 100",
                      run_end_to_end},
        NamedScenario{"latency-at-rate", "acceptance to first attempt at 1,000 events/s",
                      run_latency_at_rate},
        NamedScenario{"hung-endpoints", "10 % of the endpoints never answer: do the others notice?",
                      run_hung_endpoints},
        NamedScenario{"endless-transform",
                      "one of 100 transforms never ends: do the others notice?",
                      run_endless_transform},
        NamedScenario{"noisy-tenant", "one tenant floods: does the other notice?",
                      run_noisy_tenant},
        NamedScenario{"backlog", "many waiting deliveries: memory, start, drain", run_backlog},
        NamedScenario{"outage", "an endpoint is back after an outage: ramp, limit, drain",
                      run_outage},
        NamedScenario{"restart", "killed under load: nothing is lost", run_restart},
        NamedScenario{"idle-connections", "thousands of idle keep-alive connections",
                      run_idle_connections},
        NamedScenario{"large-payloads", "64 KiB to 900 KiB, end to end", run_large_payloads},
        NamedScenario{"replay-under-load", "a replay beside live traffic", run_replay_under_load},
        NamedScenario{"bridge-writes", "the bridge takes writes while ATLVS refuses: 202 at once",
                      run_bridge_writes},
        NamedScenario{"postgres-cluster", "two hubs, one PostgreSQL", run_postgres_cluster},
    };
    return scenarios;
}

PhaseOptions typed_load(const Settings& settings, unsigned endpoints, double per_second)
{
    PhaseOptions options;
    options.door = "typed";
    const auto patterns = make_mix("grasshopper", {});
    for (unsigned i = 0; i < endpoints; ++i)
        options.mix.push_back(
            {"bench.e" + std::to_string(i), 1, patterns[i % patterns.size()].data});
    options.load.per_second = per_second;
    options.load.duration = by_size<nanoseconds>(settings, 1s, 5s, 25s);
    options.load.warm_up = options.load.duration / 5;
    return options;
}

}  // namespace katydid::bench
