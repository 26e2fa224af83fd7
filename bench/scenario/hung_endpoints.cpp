// A tenth of the endpoints accept and never answer. The others must not notice (principle 5).
#include "bench/scenario/scenario.hpp"

namespace katydid::bench {

namespace {

/// Endpoints 0, 10, 20, … hang.
bool hangs(unsigned endpoint) { return endpoint % 10 == 0; }

PhaseOptions load_for(const Settings& settings, unsigned endpoints, const std::string& name,
                      bool some_hang)
{
    auto options = typed_load(settings, endpoints, by_size(settings, 200.0, 1'000.0, 2'000.0));
    options.name = name;
    options.owes = [=](std::uint32_t number, unsigned endpoint) {
        return number % endpoints == endpoint && !(some_hang && hangs(endpoint));
    };
    return options;
}

}  // namespace

awaitable<ScenarioResult> run_hung_endpoints(Context& context)
{
    const auto& settings = context.settings;
    const auto endpoints = by_size(settings, 10U, 100U, 100U);
    ScenarioResult result;
    const auto session = context.open("hung-endpoints");
    if (!session->target().has_door("typed"))
        co_return ScenarioResult::skip("it has no [publish.typed]");
    co_await session->start();
    EndpointWishes wishes;
    wishes.event_types = "bench.e{{index}}";
    wishes.in_flight = 16;
    co_await session->add_endpoints(endpoints, wishes);

    auto healthy_load = load_for(settings, endpoints, "all endpoints answer", false);
    const auto healthy = co_await session->run(std::move(healthy_load));
    result.add(healthy);
    for (unsigned i = 0; i < endpoints; ++i)
        if (hangs(i)) session->sink().set_behaviour(i, {.hang = true});
    auto hung_load = load_for(settings, endpoints, "a tenth hangs", true);
    const auto hung = co_await session->run(std::move(hung_load));
    result.add(hung);

    const auto before = milliseconds_at(healthy.end_to_end, 99);
    const auto after = milliseconds_at(hung.end_to_end, 99);
    result.figure({"hung_endpoints.healthy.p99", before, "ms", Better::lower});
    result.figure({"hung_endpoints.others.p99", after, "ms", Better::lower});
    if (before > 0)
        result.figure({"hung_endpoints.ratio", std::round(after / before * 100) / 100, "",
                       Better::lower, 1.5, 1.0});
    co_return result;
}

}  // namespace katydid::bench
