// What waits for one subscription, and whether it may go now.
#pragma once

#include "hub/core/subscription/subscription_state.hpp"
#include "hub/dispatch/scheduler/actions.hpp"
#include "hub/dispatch/policy/adaptive_limit.hpp"
#include "hub/dispatch/policy/breaker.hpp"
#include "hub/dispatch/scheduler/deficit_ring.hpp"
#include "hub/dispatch/scheduler/lane_picker.hpp"
#include "hub/dispatch/scheduler/order_gate.hpp"
#include "hub/dispatch/policy/retry_budget.hpp"
#include "hub/dispatch/policy/retry_policy.hpp"
#include "hub/dispatch/policy/token_bucket.hpp"

#include <array>
#include <memory>
#include <optional>

namespace katydid::dispatch {

struct Tenant;

/// One lane of one subscription.
struct LaneQueue
    : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::safe_link>> {
    Queue* queue = nullptr;
    Lane lane = Lane::fresh;
    Items ready;                   ///< may start as soon as limits allow
    std::size_t in_memory = 0;     ///< ready, or waiting for its key
    std::optional<Timestamp> due;  ///< when the store has work of this lane; nullopt: none known
    bool claiming = false;
    std::uint32_t in_flight = 0;
};

/// The state of one subscription: its lanes, and everything that decides whether an attempt may
/// start. The scheduler owns the flow between queues; a queue knows only itself.
///
/// It exists also for a subscription that is unknown or was removed, so that what the store says
/// about it is kept and what is in flight can end.
/// Thread safety: none; one loop owns it (principle 4).
class Queue : public RingMember {
public:
    Queue(SubscriptionId id, Tenant& tenant, std::uint64_t ordinal,
          const Breaker::Options& breaker);

    /// Takes over the settings of a subscription: new, or changed at run time.
    /// \param has_handler  there is a handler for it in this process
    void configure(SubscriptionPtr subscription, bool has_handler);
    /// What the handler can have under way at most; nullopt: any number. At 0 the work waits in
    /// the store.
    void set_capacity(std::optional<std::uint32_t> capacity) noexcept { capacity_ = capacity; }
    [[nodiscard]] bool has_capacity() const noexcept { return capacity_.has_value(); }
    /// Deleted: what is in flight ends, nothing else is sent or remembered.
    void set_may_send(bool may_send) noexcept { has_handler_ = may_send; }
    void remove() noexcept;

    [[nodiscard]] LaneQueue& lane(Lane lane) noexcept { return lanes_[std::size_t(lane)]; }
    [[nodiscard]] std::array<LaneQueue, lane_count>& lanes() noexcept { return lanes_; }
    [[nodiscard]] const SubscriptionPtr& subscription() const noexcept { return subscription_; }
    [[nodiscard]] const RetryPolicy& policy() const noexcept { return policy_; }
    [[nodiscard]] OrderGate* gate() noexcept { return gate_.get(); }

    // What stands in the way. SteadyTime::max(): until something changes.
    /// nullopt when attempts may start as far as status, hold and breaker go.
    [[nodiscard]] std::optional<SteadyTime> blocked_until(SteadyTime now) noexcept;
    [[nodiscard]] bool has_token(SteadyTime now) const noexcept { return bucket_.has_token(now); }
    [[nodiscard]] SteadyTime next_token_at() const noexcept { return bucket_.next_at(); }
    /// Attempts at the same time that are allowed now: the limit, less while the breaker ramps, the
    /// receiver asks for less or the handler can take less.
    [[nodiscard]] std::uint32_t cap() const noexcept;
    /// The lane whose turn it is, if any may start an attempt now.
    [[nodiscard]] std::optional<Lane> next_lane() noexcept;
    /// Works to claim at once: no more than the rate lets go in about two seconds.
    [[nodiscard]] std::uint32_t claim_count_max() const noexcept { return claim_count_max_; }

    // What happened.
    void started(Item& item, SteadyTime now) noexcept;
    /// Its handler gave it back: it is ready as before.
    void give_back(Items& in_flight, Item& item);
    /// The attempt is over, however it ended.
    void ended(Lane lane) noexcept;
    /// Counts the result of an attempt for breaker, retry budget and adaptive limit.
    Breaker::Change judge(const Item& item, const Outcome& outcome, SteadyTime now, double random);
    void hold(SteadyTime until) noexcept { held_until_ = std::max(held_until_, until); }
    void mark_gone() noexcept { gone_ = true; }
    /// Its receiver is back, as somebody else found out. False: it was said not long ago, and
    /// attempts have failed all the same.
    [[nodiscard]] bool note_up(SteadyTime now) noexcept;
    void note_due(Lane lane, Timestamp due);

    [[nodiscard]] std::uint32_t in_flight() const noexcept { return in_flight_; }
    [[nodiscard]] bool is_removed() const noexcept { return removed_; }
    [[nodiscard]] SubscriptionState state(Now now) const;
    [[nodiscard]] Breaker& breaker() noexcept { return breaker_; }
    [[nodiscard]] std::size_t waiting() const noexcept;
    /// When what has waited longest in a lane was due, in memory or in the store; nullopt: nothing
    /// waits there, or nothing may be sent.
    [[nodiscard]] std::optional<Timestamp> oldest_due(Lane lane) const;
    /// Deleted, and nothing of it is in memory, in flight or on its way to the store.
    [[nodiscard]] bool is_over() const noexcept;

    const SubscriptionId id;
    Tenant& tenant;
    const std::uint64_t ordinal;             ///< order of appearance, for a stable trace
    std::uint32_t unsettled = 0;             ///< settlements on their way to the store
    std::uint32_t releasing = 0;             ///< releases on their way to the store
    bool bringing_forward = false;           ///< its retries, in the store, at this moment
    std::size_t work_bytes = 2'048;          ///< what a work of it takes, as seen so far
    std::optional<SteadyTime> steady_alarm;  ///< slots of the scheduler's alarms
    std::optional<Timestamp> wall_alarm;

private:
    [[nodiscard]] LaneMask eligible() const noexcept;

    SubscriptionPtr subscription_;
    bool has_handler_ = false;
    std::optional<std::uint32_t> capacity_;  ///< of the handler
    bool gone_ = false;                      ///< answered 410
    bool removed_ = false;
    std::array<LaneQueue, lane_count> lanes_;
    LanePicker picker_;
    RetryPolicy policy_;
    RetryBudget budget_;
    TokenBucket bucket_;
    Breaker breaker_;
    AdaptiveLimit adaptive_;
    std::unique_ptr<OrderGate> gate_;
    SteadyTime held_until_ = SteadyTime::min();
    bool failing_ = false;             ///< the attempt that ended last failed
    std::optional<SteadyTime> up_at_;  ///< note_up() said so then, while it was failing
    std::uint32_t in_flight_ = 0;
    std::uint32_t claim_count_max_ = 0;
};

}  // namespace katydid::dispatch
