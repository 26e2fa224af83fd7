// One tenant sends a hundred times what another one sends, who must not notice (principle 5).
#include "bench/scenario/scenario.hpp"

namespace katydid::bench {

namespace {

/// A tenant with a key of its own and one endpoint. \returns its variables
awaitable<Variables> add_tenant(Session& session, const std::string& name)
{
    auto& target = session.target();
    const Variables about{{"name", name}};
    auto variables = co_await target.call("tenant", about);
    variables.insert(variables.end(), about.begin(), about.end());
    const auto key = co_await target.call("key", variables);
    variables.insert(variables.begin(), key.begin(), key.end());
    EndpointWishes wishes;
    wishes.more = variables;
    co_await session.add_endpoints(1, wishes);
    co_return variables;
}

/// Load of the tenant whose endpoint has this number.
PhaseOptions load_of(const Settings& settings, const std::string& name, const Variables& tenant,
                     unsigned endpoint)
{
    PhaseOptions options;
    options.name = name;
    options.door = "typed";
    options.more = tenant;
    options.mix = make_mix("grasshopper", {.run = 0, .data_bytes = 1'024});
    options.load.duration = by_size<nanoseconds>(settings, 1s, 8s, 30s);
    options.load.warm_up = options.load.duration / 5;
    options.owes = [endpoint](std::uint32_t, unsigned candidate) { return candidate == endpoint; };
    options.settle = 120s;
    return options;
}

}  // namespace

awaitable<ScenarioResult> run_noisy_tenant(Context& context)
{
    const auto& settings = context.settings;
    ScenarioResult result;
    const auto session = context.open("noisy-tenant");
    if (!session->target().can("tenant") || !session->target().can("key"))
        co_return ScenarioResult::skip("it has no [call.tenant] and [call.key]");
    co_await session->start();
    const auto quiet = co_await add_tenant(*session, "quiet");
    const auto noisy = co_await add_tenant(*session, "noisy");

    auto alone_load = load_of(settings, "the quiet tenant alone", quiet, 0);
    alone_load.load.per_second = by_size(settings, 10.0, 50.0, 50.0);
    const auto alone_load_rate = alone_load.load.per_second;
    auto beside_load = alone_load;
    beside_load.name = "beside a noisy tenant";
    const auto alone = co_await session->run(std::move(alone_load));
    result.add(alone);

    auto flood = load_of(settings, "the noisy tenant", noisy, 1);
    flood.load.connections = 32;
    flood.load.per_second = 100 * alone_load_rate;
    Phase noise;
    beside_load.beside = [&](Ledger&) -> awaitable<> {
        noise = co_await session->run(std::move(flood));
    };
    const auto beside = co_await session->run(std::move(beside_load));
    result.add(beside);
    // A flood may be refused by a limit: that is no fault of the target's.
    result.phases.push_back(to_json(noise));
    const auto before = milliseconds_at(alone.end_to_end, 99);
    const auto after = milliseconds_at(beside.end_to_end, 99);
    result.figure({"noisy_tenant.alone.p99", before, "ms", Better::lower});
    result.figure({"noisy_tenant.beside.p99", after, "ms", Better::lower});
    if (before > 0)
        result.figure({"noisy_tenant.ratio", std::round(after / before * 100) / 100, "",
                       Better::lower, 1.5, 1.0});
    result.figure(
        {"noisy_tenant.flood.per_second", std::round(noise.load.per_second()), "events/s"});
    co_return result;
}

}  // namespace katydid::bench
