// Many waiting deliveries: what they cost in memory, how fast a start over them is, how they drain.
#include "bench/scenario/scenario.hpp"

namespace katydid::bench {

namespace {

double seconds_since(SteadyTime start)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Sends everything, while something holds the deliveries back.
PhaseOptions fill(std::uint32_t count)
{
    PhaseOptions options;
    options.name = "fill";
    options.load.count_max = count;
    options.load.duration = 15min;
    options.settle = 0s;
    return options;
}

/// Makes deliveries wait: pauses the subscription, or, where there is no such call, lets the
/// endpoint hang, so that its limit of requests in flight holds back all others.
class Dam {
public:
    explicit Dam(Session& session) : session_{session} {}

    awaitable<> close()
    {
        const auto& subscription = session_.endpoint(0);
        std::string why;
        try {
            co_await session_.target().call("pause", subscription);
        } catch (const NotAvailable& error) {
            why = error.what();
        }
        paused_ = why.empty();
        if (!paused_ && !session_.target().can_restart()) throw NotAvailable{why};
        if (!paused_) session_.sink().set_behaviour(0, {.hang = true});
    }

    /// After a restart, which ends the requests that hang.
    awaitable<> open()
    {
        const auto& subscription = session_.endpoint(0);
        if (!paused_) co_return;
        std::string why;
        try {
            co_await session_.target().call("resume", subscription);
        } catch (const NotAvailable& error) {
            why = error.what();
        }
        // It could be paused, so it is there: something was lost.
        if (!why.empty())
            throw std::runtime_error{"a paused subscription cannot be resumed: " + why};
    }

    /// To be called before a restart, so that what is tried again at once is answered.
    void prepare_restart()
    {
        if (!paused_) session_.sink().set_behaviour(0, {});
    }

private:
    Session& session_;
    bool paused_ = false;
};

struct Seen {
    double ready_seconds = -1;  ///< negative: the target could not be restarted
    double drain_seconds = 0;
    double rss_mb = 0;
};

awaitable<> restart_and_drain(Session& session, Dam& dam, Ledger& ledger, Seen& seen)
{
    auto& target = session.target();
    seen.rss_mb = static_cast<double>(target.usage().rss_bytes) / 1e6;
    dam.prepare_restart();
    auto start = std::chrono::steady_clock::now();
    if (target.can_restart()) {
        co_await target.start_again();
        seen.ready_seconds = seconds_since(start);
    }
    co_await dam.open();
    const auto give_up = std::chrono::steady_clock::now()
                         + by_size<nanoseconds>(session.settings(), 20s, 60s, 600s);
    while (ledger.outstanding() > 0 && std::chrono::steady_clock::now() < give_up) {
        co_await sleep_for(5ms);
    }
    seen.drain_seconds = seconds_since(start) - std::max(seen.ready_seconds, 0.0);
    const auto peak = static_cast<double>(target.usage().rss_peak_bytes) / 1e6;
    seen.rss_mb = std::max(seen.rss_mb, peak);
}

}  // namespace

awaitable<ScenarioResult> run_backlog(Context& context)
{
    const auto& settings = context.settings;
    const auto count = by_size<std::uint32_t>(settings, 500, 50'000, 1'000'000);
    ScenarioResult result;
    const auto session = context.open("backlog");
    co_await session->start();
    EndpointWishes wishes;
    wishes.in_flight = 256;
    wishes.timeout = "2m";
    co_await session->add_endpoints(1, wishes);
    Dam dam{*session};
    co_await dam.close();

    Seen seen;
    auto options = fill(count);
    options.after_load = [&](Ledger& ledger) {
        return restart_and_drain(*session, dam, ledger, seen);
    };
    const auto phase = co_await session->run(std::move(options));
    result.add(phase);
    const bool million = count >= 1'000'000;
    const auto goal = [&](double value) { return million ? value : std::nan(""); };
    result.figure(
        {"backlog.rss", std::round(seen.rss_mb), "MB", Better::lower, goal(400), goal(150)});
    if (seen.ready_seconds >= 0)
        result.figure({"backlog.ready", std::round(seen.ready_seconds * 1000), "ms", Better::lower,
                       5'000, 1'000});
    const auto delivered = static_cast<double>(phase.tally.delivered);
    result.figure({"backlog.fill.per_second", std::round(phase.load.per_second()), "events/s"});
    result.figure(
        {"backlog.drain.per_second", std::round(delivered / seen.drain_seconds), "deliveries/s"});
    co_return result;
}

}  // namespace katydid::bench
