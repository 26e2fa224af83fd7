// A world in virtual time around the real scheduler: arrivals, receivers that hang and fail,
// changed limits, crashes. One seed is one world.
#pragma once

#include "hub/dispatch/scheduler/scheduler.hpp"
#include "tests/dispatch/fixtures.hpp"
#include "tests/store/memory/memory_data.hpp"

#include <functional>
#include <map>
#include <queue>
#include <random>
#include <set>
#include <string>

namespace katydid::test {

/// What a run came to. `faults` is empty when every promise was kept.
struct SimulationReport {
    std::vector<std::string> faults;
    std::uint64_t trace = 0;  ///< a hash over every start and settlement
    std::size_t deliveries = 0;
    std::size_t attempts = 0;
    std::size_t crashes = 0;
    std::size_t deleted = 0;  ///< subscriptions
    double jain = 1;  ///< of the turns of equal tenants while all of them had work; 1: all equal
    std::size_t turns = 0;  ///< that were compared
};

/// What kind of world it is.
struct WorldOptions {
    std::uint64_t arrivals_max = 300;  ///< more or less
    /// Tenants with the same receivers, all with more work than can be sent at once, one with
    /// much more than the others: they must get equal turns.
    bool equal_tenants = false;
};

class Simulation {
public:
    explicit Simulation(std::uint64_t seed, WorldOptions options = {});
    SimulationReport run();

private:
    struct Receiver {
        milliseconds latency{5};
        double failing = 0;  ///< share of attempts
        double hanging = 0;
        Timestamp down_until{};
    };
    struct Event {
        SteadyTime at;
        std::uint64_t number;
        std::function<void()> happen;
        friend bool operator>(const Event& a, const Event& b)
        {
            return std::tie(a.at, a.number) > std::tie(b.at, b.number);
        }
    };

    void make_subscriptions();
    void make_equal_tenants();
    void plan_arrivals();
    void plan_flood();
    void count_turn(TenantId tenant);
    [[nodiscard]] double jain() const;
    void plan_changes();
    void boot();
    void crash();
    void arrive(std::size_t subscription);
    void change_limits();
    void delete_subscription();
    void cancel_all(SubscriptionId id);
    void act();
    void start(dispatch::Item& item);
    void check_start(const dispatch::Item& item);
    Outcome outcome_of(const Receiver& receiver, milliseconds& duration);
    void settle(const dispatch::Settle& settle);
    void after(milliseconds wait, std::function<void()> happen);
    void after_in_this_life(milliseconds wait, std::function<void()> happen);
    void check_end();
    void fault(const std::string& text);
    void note(std::uint64_t value);
    [[nodiscard]] dispatch::Shares pick_shares();
    [[nodiscard]] std::uint64_t pick(std::uint64_t below) { return random_() % below; }
    [[nodiscard]] dispatch::Now now() const { return dispatch::Now::of(clock_); }

    ManualClock clock_;
    std::mt19937_64 random_;
    WorkMaker maker_;
    MemoryData store_;
    std::vector<std::shared_ptr<Subscription>> subscriptions_;
    std::map<SubscriptionId, Receiver> receivers_;
    std::set<SubscriptionId> deleted_;
    dispatch::Shares shares_;
    std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
    std::uint64_t event_number_ = 0;
    std::uint64_t life_ = 0;
    std::uint64_t seed_;
    WorldOptions options_;
    std::map<TenantId, std::uint64_t> waiting_;  ///< equal tenants: not yet tried
    std::map<TenantId, std::uint64_t> turns_;    ///< while all of them had work
    std::unique_ptr<IdSource> ids_;
    std::unique_ptr<dispatch::Scheduler> scheduler_;
    std::optional<SteadyTime> alarm_;
    std::map<DeliveryId, bool> in_flight_;
    std::map<TenantId, std::uint32_t> tenant_in_flight_;
    std::map<std::pair<SubscriptionId, std::string>, DeliveryId> key_last_started_;
    SimulationReport report_;
};

}  // namespace katydid::test
