// Decides what is sent when: a state machine without clock, socket or store.
#pragma once

#include "hub/dispatch/scheduler/actions.hpp"
#include "hub/dispatch/scheduler/alarms.hpp"
#include "hub/dispatch/scheduler/claim_plan.hpp"
#include "hub/dispatch/scheduler/fair_share.hpp"
#include "hub/dispatch/scheduler/memory_budget.hpp"
#include "hub/dispatch/scheduler/queue.hpp"

#include <memory>
#include <random>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace katydid::dispatch {

/// Decides which delivery is attempted when, what is claimed from the store and kept in memory,
/// and what follows an attempt. The limits of its subscriptions are exact because one scheduler
/// owns each of them (principle 4).
///
/// Pure: it is told what happened, with the time, and next() says what to do. It never sleeps,
/// never calls out and owns no randomness but its seed, so equal input gives an equal trace.
/// It does not own: carrying actions out (Dispatcher), what a handler does, the durable state.
///
///     store ──on_work, on_claimed──▶ waiting ──starts──▶ in flight ──on_attempt_ended──▶ settles
///       ▲                              │                                                   │
///       └───────────── releases ◀──────┘ (no room, paused, breaker open)                   │
///       └───────────────────────────── on_settled ◀────────────────────────────────────────┘
///
/// Thread safety: none; all calls on one loop.
class Scheduler {
public:
    struct Options {
        Shares shares;
        MemoryBudget::Options memory;
        Breaker::Options breaker;
        std::uint32_t claims_max = 16;  ///< under way at the same time
        std::uint64_t seed = 1;
    };

    /// \param ids  makes the attempts' ids; outlives the scheduler
    Scheduler(const Options& options, IdSource& ids);
    ~Scheduler();
    Scheduler(const Scheduler&) = delete;
    Scheduler& operator=(const Scheduler&) = delete;

    // Settings.
    /// A new subscription, or a changed one.
    /// \param has_handler  whether this process has a handler for it; if not, its work waits
    void put_subscription(SubscriptionPtr subscription, bool has_handler, Now now);
    /// As `has_handler` of put_subscription, of one that was put.
    void set_may_send(SubscriptionId id, bool may_send, Now now);
    /// Nothing of it starts before then; what waits stays in memory where that is soon.
    void hold(SubscriptionId id, SteadyTime until, Now now);
    void remove_subscription(SubscriptionId id, Now now);
    /// What the subscription's handler can have under way at most; nullopt: any number.
    void set_capacity(TenantId tenant, SubscriptionId id, std::optional<std::uint32_t> capacity,
                      Now now);
    void set_shares(Shares shares);
    void set_tenant_share(TenantId tenant, std::uint32_t share);
    /// What is known of a breaker from before a restart. Before the first attempt.
    void restore_breaker(const BreakerMemory& memory, Now now);
    /// For an ordered subscription, before it has a handler: a delivery that waits for its retry.
    void note_parked(const Delivery& delivery);

    // What happened.
    void on_work(std::vector<store::Work> works, Now now);
    void on_backlog(TenantId tenant, SubscriptionId id, Lane lane, Timestamp due, Now now);
    void on_claimed(const store::Claim& claim, store::Claimed claimed, Now now);
    void on_claim_failed(const store::Claim& claim, Now now);
    void on_attempt_ended(Item& item, const Outcome& outcome, Now now);
    void on_attempt_interrupted(Item& item, Now now);
    /// Nothing was tried: it waits as before.
    void on_given_back(Item& item, Now now);
    /// Nothing is to be sent: it ends cancelled.
    void on_not_wanted(Item& item, std::string reason, Now now);
    void on_settled(const Settle& settle, Now now);
    void on_released(const Release& release, Now now);
    /// The receiver is back, as somebody else found out. Its breaker does the same by itself.
    void on_receiver_up(SubscriptionId id, Now now);
    /// …and what was scheduled for it is due in the store.
    void on_brought_forward(SubscriptionId id, Now now);

    /// While the store is not well nothing is started or claimed.
    void set_running(bool running) noexcept { running_ = running; }
    /// For good: nothing is started any more, what waits is released.
    void stop(Now now);

    /// What to do now. Replaces the content of `out`, whose memory is reused.
    void next(Now now, Actions& out);
    /// When next() has something to do although nothing happened; nullopt: never.
    [[nodiscard]] std::optional<SteadyTime> wake_at(Now now) const;

    // For metrics and tests.
    [[nodiscard]] std::uint32_t in_flight() const noexcept
    {
        return static_cast<std::uint32_t>(in_flight_.size());
    }
    [[nodiscard]] std::uint32_t in_flight(SubscriptionId id) const;
    [[nodiscard]] const Shares& shares() const noexcept { return fair_.shares(); }
    [[nodiscard]] std::uint32_t unsettled() const noexcept { return unsettled_; }
    [[nodiscard]] const MemoryBudget& memory() const noexcept { return memory_; }
    [[nodiscard]] std::size_t waiting(Lane lane) const noexcept
    {
        return waiting_[static_cast<std::size_t>(lane)];
    }
    /// Since when the oldest delivery of each lane has been due, of subscriptions that may send;
    /// nullopt: none is known. Looks at every subscription: ask now and then.
    [[nodiscard]] std::array<std::optional<Timestamp>, lane_count> oldest_due() const;
    /// Subscriptions whose breaker opened and has not recovered.
    [[nodiscard]] std::uint32_t breakers_open() const noexcept { return breakers_open_; }
    /// nullopt for one that this scheduler does not know.
    [[nodiscard]] std::optional<SubscriptionState> state_of(SubscriptionId id, Now now) const;

private:
    Queue& queue_of(TenantId tenant, SubscriptionId id);
    void forget_if_over(Queue& queue);

    enum class Arrival : std::uint8_t { handed_over, claimed, claimed_last };
    void take_in(Queue& queue, store::Work work, Arrival how, Now now);
    [[nodiscard]] bool has_room(Queue& queue, Lane lane, Arrival how);
    void enter(Queue& queue, Items& arrived, Arrival how, Now now);
    void note_due(Queue& queue, Lane lane, Timestamp due);
    void leave_memory(const Item& item);

    void start(Queue& queue, Now now);
    [[nodiscard]] bool lease_expired(Queue& queue, const Item& item, Now now);
    [[nodiscard]] bool refuse(Queue& queue, Item& item, Now now);
    void note_breaker(Queue& queue, std::uint32_t openings_before, Now now);
    void cancel_waiting(Queue& queue, Items& items, Now now);
    [[nodiscard]] Decision decide(const Item& item, const Outcome& outcome, Now now);
    void bring_forward(Queue& queue, Now now);
    void finish(Item& item, store::Settlement settlement);
    void follow_up(Item& item, const Decision& decision);
    void tell(SubscriptionNotice::Kind kind, const Item& item, const std::string& reason);
    void park_behind(Queue& queue, Items& parked, Timestamp due, Timestamp now);
    void send_settle(Queue& queue, const Item& item, store::Settlement settlement);
    void release(Queue& queue, Items& items, Now now);
    void release_waiting(Queue& queue, Now now);

    void refresh(Queue& queue, Now now);
    void plan_claims(Queue& queue, bool blocked, Now now);
    void ring_alarms(Now now);
    [[nodiscard]] double random();

    Options options_;
    IdSource& ids_;
    std::mt19937_64 random_;
    MemoryBudget memory_;
    FairShare fair_;
    ClaimPlan claims_;
    Alarms<SteadyTime, Queue> steady_alarms_;
    Alarms<Timestamp, Queue> wall_alarms_;
    std::unordered_map<SubscriptionId, std::unique_ptr<Queue>> queues_;
    std::unordered_set<SubscriptionId> removed_;  ///< work of these that still comes is cancelled
    Items in_flight_;
    Actions pending_;
    std::array<std::size_t, lane_count> waiting_{};
    std::uint64_t queues_made_ = 0;
    std::uint32_t unsettled_ = 0;
    std::uint32_t breakers_open_ = 0;
    bool running_ = true;
    bool stopping_ = false;
};

}  // namespace katydid::dispatch
