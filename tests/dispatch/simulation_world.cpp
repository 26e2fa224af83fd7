// What kind of world a seed makes: who is there, what arrives, which troubles come.
#include "tests/dispatch/simulation.hpp"

namespace katydid::test {

using namespace dispatch;
using namespace std::chrono_literals;

namespace {

constexpr auto horizon = 60s;  ///< arrivals and troubles happen in this time

}  // namespace

/// Different numbers of subscriptions, whose limits are not what limits them.
void Simulation::make_equal_tenants()
{
    shares_ = pick_shares();
    const auto latency = milliseconds{10 + pick(50)};
    const auto tenants = 2 + pick(3);
    std::uint8_t number = 0;
    for (std::uint8_t tenant = 1; tenant <= tenants; ++tenant) {
        turns_[id_of<TenantId>(tenant)] = 0;
        for (std::uint64_t i = 0; i < 1 + pick(3); ++i) {
            auto subscription = make_subscription(++number, tenant);
            subscription->limits.in_flight = 64;
            subscription->timeout = 2s;
            subscriptions_.push_back(subscription);
            receivers_[subscription->id].latency = latency;
        }
    }
}

/// At the start everybody has enough for the whole comparison, the first one four times as much.
void Simulation::plan_flood()
{
    for (const auto& [tenant, none] : turns_) {
        std::vector<std::size_t> own;
        for (std::size_t i = 0; i < subscriptions_.size(); ++i)
            if (subscriptions_[i]->tenant == tenant) own.push_back(i);
        const auto count = tenant == turns_.begin()->first ? 320U : 80U;
        waiting_[tenant] = count;
        for (std::size_t i = 0; i < count; ++i)
            after(milliseconds{pick(5)}, [this, each = own[i % own.size()]] { arrive(each); });
    }
}

/// While all have more waiting than could be in flight, each start is a turn that is compared.
void Simulation::count_turn(TenantId tenant)
{
    const bool all_wait = std::ranges::all_of(waiting_,
                                              [&](const auto& each) { return each.second > 10; });
    if (all_wait && clock_.steady_now() > SteadyTime{10ms}) ++turns_[tenant];
    if (waiting_[tenant] > 0) --waiting_[tenant];
}

/// Jain, Chiu, Hawe: A quantitative measure of fairness (DEC-TR-301, 1984).
double Simulation::jain() const
{
    double sum = 0;
    double squares = 0;
    for (const auto& [tenant, count] : turns_) {
        const auto turns = static_cast<double>(count);
        sum += turns;
        squares += turns * turns;
    }
    return squares == 0 ? 1 : sum * sum / (static_cast<double>(turns_.size()) * squares);
}

void Simulation::make_subscriptions()
{
    const auto count = 1 + pick(6);
    shares_ = pick_shares();
    for (std::uint8_t n = 1; n <= count; ++n) {
        auto subscription = make_subscription(n, static_cast<std::uint8_t>(1 + pick(3)));
        auto& limits = subscription->limits;
        limits.in_flight = static_cast<std::uint32_t>(1 + pick(16));
        if (pick(3) == 0) limits.per_second = static_cast<double>(1 + pick(50));
        if (pick(3) == 0) limits.ordering = Ordering::key;
        limits.adaptive = pick(3) == 0;
        if (pick(5) == 0) limits.payload_bytes = 10'000;
        subscription->timeout = 2s;
        subscription->retry.delays.assign(1 + pick(6), milliseconds{100 + pick(5'000)});
        subscriptions_.push_back(subscription);
        auto& receiver = receivers_[subscription->id];
        receiver.latency = milliseconds{1 + pick(100)};
        if (pick(3) == 0) receiver.failing = static_cast<double>(pick(60)) / 100;
        if (pick(4) == 0) receiver.hanging = static_cast<double>(pick(30)) / 100;
    }
}

Shares Simulation::pick_shares()
{
    if (options_.equal_tenants) {
        const auto few = static_cast<std::uint32_t>(4 + pick(6));
        return {few, few};
    }
    const auto hub = static_cast<std::uint32_t>(1 + pick(40));
    const auto tenant = static_cast<std::uint32_t>(1 + pick(30));
    return {hub, tenant};
}

void Simulation::plan_arrivals()
{
    const auto count = 20 + pick(options_.arrivals_max);
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto subscription = pick(subscriptions_.size());
        const bool burst = pick(2) == 0;
        const auto when = milliseconds{burst ? pick(200) : pick(horizon / 1ms)};
        after(when, [=, this] { arrive(subscription); });
    }
}

void Simulation::plan_changes()
{
    if (options_.equal_tenants) {
        // What changes for all alike leaves them equal.
        for (std::uint64_t i = pick(4); i > 0; --i)
            after(milliseconds{20 + pick(2'000)}, [this] {
                shares_ = pick_shares();
                scheduler_->set_shares(shares_);
            });
        if (pick(3) == 0) after(milliseconds{20 + pick(1'000)}, [this] { crash(); });
        return;
    }
    for (std::uint64_t i = pick(5); i > 0; --i)
        after(milliseconds{pick(horizon / 1ms)}, [this] { change_limits(); });
    if (pick(4) == 0) after(milliseconds{pick(horizon / 1ms)}, [this] { delete_subscription(); });
    for (std::uint64_t i = pick(3); i > 0; --i)
        after(milliseconds{pick(horizon / 1ms)}, [this] { crash(); });
    for (std::uint64_t i = pick(3); i > 0; --i)
        after(milliseconds{pick(horizon / 1ms)}, [this] {
            const auto id = subscriptions_[pick(subscriptions_.size())]->id;
            const milliseconds down{pick(40'000)};
            receivers_[id].down_until = clock_.now() + down;
            if (pick(2) == 0) after(down, [this, id] { scheduler_->on_receiver_up(id, now()); });
        });
}

}  // namespace katydid::test
