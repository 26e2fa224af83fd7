// An endpoint is down while events keep coming, then it is back: how the waiting work reaches it.
#include "bench/scenario/scenario.hpp"

#include <deque>

namespace katydid::bench {

namespace {

constexpr unsigned in_flight = 64;
constexpr unsigned per_second = 2'000;
constexpr unsigned burst = 100;
/// Timers and the two clocks of sender and receiver: what a window may show above the limit.
constexpr double window_slack = 1.05;
constexpr auto look_interval = 50ms;
constexpr std::size_t looks_per_window = 20;  ///< one second

/// The most requests that came in any second, as far as looking now and then can tell.
class BusiestSecond {
public:
    void look(std::uint64_t attempts)
    {
        seen_.push_back(attempts);
        if (seen_.size() > looks_per_window + 1) seen_.pop_front();
        most_ = std::max(most_, seen_.back() - seen_.front());
    }
    [[nodiscard]] std::uint64_t most() const noexcept { return most_; }

private:
    std::deque<std::uint64_t> seen_;
    std::uint64_t most_ = 0;
};

struct Seen {
    double wait_seconds = 0;   ///< from recovery to the first delivery
    double drain_seconds = 0;  ///< from the first delivery to the last
    std::uint64_t busiest_second = 0;
};

double seconds_between(SteadyTime from, SteadyTime to)
{
    return std::chrono::duration<double>(to - from).count();
}

awaitable<> recover_and_drain(Session& session, Ledger& ledger, Seen& seen)
{
    auto& sink = session.sink();
    const auto recovered = std::chrono::steady_clock::now();
    sink.set_behaviour(0, {});
    const auto give_up = recovered + by_size<nanoseconds>(session.settings(), 60s, 120s, 300s);
    std::optional<SteadyTime> first;
    BusiestSecond busiest;
    while (ledger.outstanding() > 0 && std::chrono::steady_clock::now() < give_up) {
        co_await sleep_for(look_interval);
        busiest.look(sink.counts(0).attempts);
        if (!first && sink.counts(0).delivered > 0) first = std::chrono::steady_clock::now();
    }
    seen.busiest_second = busiest.most();
    if (!first) co_return;
    seen.wait_seconds = seconds_between(recovered, *first);
    seen.drain_seconds = seconds_between(*first, ledger.last_delivery());
}

}  // namespace

awaitable<ScenarioResult> run_outage(Context& context)
{
    auto settings = context.settings;
    // So that the scenario need not last as long as a real outage.
    settings.variables.emplace_back("breaker_open", "1s");
    settings.variables.emplace_back("retry_delays", "1s,1s,1s,1s,1s,1s,1s,1s,1s,1s");
    const auto count = by_size<std::uint32_t>(settings, 500, 10'000, 100'000);
    ScenarioResult result;
    Session session{context.loop, settings, "outage"};
    session.on_second = context.on_second;
    co_await session.start();
    EndpointWishes wishes;
    wishes.in_flight = in_flight;
    wishes.more = {{"per_second", std::to_string(per_second)}, {"burst", std::to_string(burst)}};
    co_await session.add_endpoints(1, wishes);
    session.sink().set_behaviour(0, {.fail_ratio = 1, .fail_status = 503});

    Seen seen;
    PhaseOptions options;
    options.name = "fill, recover, drain";
    options.load.count_max = count;
    options.load.duration = 5min;
    options.settle = 0s;
    options.after_load = [&](Ledger& ledger) { return recover_and_drain(session, ledger, seen); };
    const auto phase = co_await session.run(std::move(options));
    result.add(phase);

    const auto& counts = session.sink().counts(0);
    if (counts.in_flight_max > in_flight)
        result.fail(std::to_string(counts.in_flight_max) + " requests at a time, limit "
                    + std::to_string(in_flight));
    const auto allowed = static_cast<double>(per_second + burst) * window_slack;
    if (static_cast<double>(seen.busiest_second) > allowed)
        result.fail(std::to_string(seen.busiest_second) + " requests in a second, limit "
                    + std::to_string(per_second) + " and a burst of " + std::to_string(burst));
    const auto drained = static_cast<double>(phase.tally.delivered)
                         / std::max(seen.drain_seconds, 1e-3);
    const bool is_long = count >= 5 * per_second;  // else the ramp is most of it
    result.figure({"outage.wait", std::round(seen.wait_seconds * 1000), "ms", Better::lower});
    result.figure({"outage.drain.per_second", std::round(drained), "deliveries/s"});
    result.figure({"outage.drain.share_of_limit", std::round(drained / per_second * 100) / 100, "",
                   Better::higher, is_long ? 0.8 : std::nan("")});
    result.figure({"outage.attempts_while_down",
                   static_cast<double>(counts.attempts - counts.delivered), "attempts",
                   Better::lower});
    co_return result;
}

}  // namespace katydid::bench
