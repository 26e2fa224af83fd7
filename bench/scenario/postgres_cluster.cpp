// Two servers on one PostgreSQL, both under load: every event that either accepted arrives.
#include "bench/scenario/scenario.hpp"

namespace katydid::bench {

namespace {

Description describe_member(const Settings& settings)
{
    auto description = read_description(settings.target_file);
    if (description.start)
        for (const auto& entry : description.cluster_environment)
            description.start->environment.push_back(entry);
    return description;
}

PhaseOptions half_of_the_load(const Settings& settings, const std::string& name)
{
    PhaseOptions options;
    options.name = name;
    options.load.per_second = by_size(settings, 100.0, 500.0, 1'000.0);
    options.load.duration = by_size<nanoseconds>(settings, 1s, 5s, 20s);
    options.load.warm_up = options.load.duration / 5;
    return options;
}

/// Until the second server has heard of an endpoint that the first one made: what it accepts before
/// goes to nobody. Throws std::runtime_error when it does not hear of it.
awaitable<> wait_until_known(Target& second, const Variables& endpoint)
{
    const auto give_up = std::chrono::steady_clock::now() + 10s;
    for (;;) {
        std::string why;
        try {
            co_await second.call("show", endpoint);
        } catch (const NotAvailable& error) {
            why = error.what();
        }
        if (why.empty()) co_return;
        if (std::chrono::steady_clock::now() > give_up)
            throw std::runtime_error{"the second server does not know the endpoints: " + why};
        co_await sleep_for(5ms);
    }
}

}  // namespace

awaitable<ScenarioResult> run_postgres_cluster(Context& context)
{
    auto settings = context.settings;
    const auto description = describe_member(settings);
    if (!description.start || description.cluster_environment.empty())
        co_return ScenarioResult::skip("it has no [start] and [cluster]");
    if (settings.postgres.empty()) co_return ScenarioResult::skip("no --postgres URL was given");
    settings.variables.emplace_back("postgres", settings.postgres);

    ScenarioResult result;
    Session session{context.loop, settings, "postgres-cluster-1", description};
    session.on_second = context.on_second;
    Target second{
        description,
        {settings.hub, settings.work_directory + "/postgres-cluster-2", settings.variables}};
    co_await session.start();
    co_await second.start();
    EndpointWishes usual;
    co_await session.add_endpoints(3, usual);
    if (second.can("show")) co_await wait_until_known(second, session.endpoint(2));

    auto here = half_of_the_load(settings, "through the first");
    auto there = half_of_the_load(settings, "through the second");
    there.through = &second;
    Phase other;
    here.beside = [&](Ledger&) -> awaitable<> { other = co_await session.run(std::move(there)); };
    const auto mine = co_await session.run(std::move(here));
    result.add(mine);
    result.add(other);
    result.figure({"postgres_cluster.per_second",
                   std::round(mine.delivered_per_second + other.delivered_per_second),
                   "deliveries/s"});
    result.figure(
        {"postgres_cluster.p99", milliseconds_at(other.end_to_end, 99), "ms", Better::lower});
    const auto duplicates = mine.tally.duplicates + other.tally.duplicates;
    result.figure({"postgres_cluster.duplicates", static_cast<double>(duplicates), "deliveries",
                   Better::lower});
    co_return result;
}

}  // namespace katydid::bench
