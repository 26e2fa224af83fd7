// A big replay beside live traffic: the fresh lane must not wait for it.
#include "bench/scenario/scenario.hpp"

#include "hub/core/clock.hpp"

namespace katydid::bench {

namespace {

PhaseOptions live(const Settings& settings, const std::string& name)
{
    PhaseOptions options;
    options.name = name;
    options.load.per_second = by_size(settings, 200.0, 1'000.0, 1'000.0);
    options.load.duration = by_size<nanoseconds>(settings, 1s, 5s, 20s);
    options.load.warm_up = options.load.duration / 5;
    return options;
}

}  // namespace

awaitable<ScenarioResult> run_replay_under_load(Context& context)
{
    const auto& settings = context.settings;
    ScenarioResult result;
    const auto session = context.open("replay-under-load");
    auto& target = session->target();
    co_await session->start();
    const EndpointWishes usual;
    co_await session->add_endpoints(1, usual);
    const auto since = to_rfc3339(system_clock().now() - 1s);

    auto past = live(settings, "the past");
    past.load.per_second = by_size(settings, 500.0, 5'000.0, 5'000.0);
    const auto history = co_await session->run(std::move(past));
    result.add(history);
    auto quiet_load = live(settings, "live traffic alone");
    const auto quiet = co_await session->run(std::move(quiet_load));
    result.add(quiet);

    auto variables = session->endpoint(0);
    variables.emplace_back("since", since);
    variables.emplace_back("until", to_rfc3339(system_clock().now()));
    const auto attempts = session->sink().counts(0).attempts;
    co_await target.call("replay", variables);
    auto busy_load = live(settings, "live traffic and replay");
    const auto busy = co_await session->run(std::move(busy_load));
    result.add(busy);

    const auto owed = history.tally.accepted + quiet.tally.accepted + busy.tally.accepted;
    const auto replayed_at_least = history.tally.accepted + quiet.tally.accepted;
    const auto give_up = std::chrono::steady_clock::now()
                         + by_size<nanoseconds>(settings, 30s, 30s, 180s);
    const auto came = [&] { return session->sink().counts(0).attempts - attempts; };
    while (came() < replayed_at_least + busy.tally.accepted
           && std::chrono::steady_clock::now() < give_up)
        co_await sleep_for(20ms);
    if (came() < replayed_at_least + busy.tally.accepted)
        result.fail("only " + std::to_string(came()) + " of " + std::to_string(owed)
                    + " deliveries came");
    result.figure({"replay_under_load.alone.p99", milliseconds_at(quiet.end_to_end, 99), "ms",
                   Better::lower});
    result.figure({"replay_under_load.beside.p99", milliseconds_at(busy.end_to_end, 99), "ms",
                   Better::lower});
    co_return result;
}

}  // namespace katydid::bench
