// The scheduler's hands: clocks, store, handlers, timer.
#pragma once

#include "handlers/handler.hpp"
#include "hub/core/async/event.hpp"
#include "hub/dispatch/runtime/attempts.hpp"
#include "hub/dispatch/runtime/breaker_store.hpp"
#include "hub/dispatch/runtime/settlement_queue.hpp"
#include "hub/dispatch/runtime/report.hpp"
#include "hub/dispatch/scheduler/scheduler.hpp"
#include "hub/store/store.hpp"

#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>
#include <unordered_map>
#include <unordered_set>

namespace katydid::dispatch {

/// Delivers the work of the subscriptions that one event loop owns.
///
/// A thin shell: every decision is the Scheduler's. It carries its actions out (claims, attempts,
/// settlements, one timer) and tells it what came of them. It does not poll: it acts when
/// something happened or when its timer rings.
///
/// Lifetime: the parts outlive it. It is destroyed after drain() ended, or when its loop will run
/// no more. Thread safety: none; all calls on the executor's thread. Wiring posts to it.
class Dispatcher {
public:
    struct Parts {
        asio::any_io_executor executor;
        const Clock& clock;
        store::Store& store;
        /// The handler of a subscription, or nullptr when this process has none: its work waits.
        std::function<handlers::Handler*(const Subscription&)> find_handler;
        observe::Metrics* metrics = nullptr;
        observe::Tracer* tracer = nullptr;  ///< null: attempts leave no spans
    };

    struct Options {
        Scheduler::Options scheduler;
        /// Which subscriptions this loop owns; empty: all of them.
        std::function<bool(SubscriptionId)> owns;
        /// A receiver answered 410: disable the subscription and put it again.
        std::function<void(SubscriptionPtr, std::string reason)> on_gone;
        /// For those who watch: an attempt begins, a delivery's new state is committed.
        std::function<void(const Item&)> on_started;
        std::function<void(const Settle&)> on_settled;
        /// Everything else that subscriptions may want to hear of.
        std::function<void(const SubscriptionNotice&)> on_notice;
    };

    Dispatcher(Parts parts, Options options);
    ~Dispatcher();
    Dispatcher(const Dispatcher&) = delete;
    Dispatcher& operator=(const Dispatcher&) = delete;

    /// Asks the store what waits and which breakers were open. Put the subscriptions first: what
    /// waits for one that was not put belongs to none any more and is cancelled.
    /// Errors: the store's. Cancellation: terminal.
    awaitable<result<void>> start();

    /// A new or changed subscription; limits change at once, attempts under way go on.
    void put_subscription(SubscriptionPtr subscription);
    void remove_subscription(SubscriptionId id);
    /// The handler of a subscription can take more or less than before (Handler::capacity).
    void capacity_changed(SubscriptionId id);
    void set_shares(Shares shares);
    /// This loop's part of a tenant's own limit; 0: it has none.
    void set_tenant_share(TenantId tenant, std::uint32_t share);

    // What the store tells, posted here by the wiring.
    void on_work(std::vector<store::Work> works);
    void on_backlog(TenantId tenant, SubscriptionId subscription, Lane lane, Timestamp due);
    /// \param shard  of the store; one that is not well holds up its own tenants only
    void on_health(store::Health health, std::size_t shard = 0);

    /// The receiver of a subscription is back, as somebody else found out.
    void receiver_is_up(SubscriptionId id);

    /// Acts on the time that has passed. The timer calls it; tests do after moving their clock.
    void time_passed();

    /// Starts nothing more, lets attempts end until the deadline and then cancels them, writes
    /// all results and gives back what was not tried. Ends when nothing is left, or when the
    /// deadline is over and the store takes nothing. May be called twice.
    awaitable<void> drain(Deadline deadline);

    [[nodiscard]] const Scheduler& scheduler() const noexcept { return scheduler_; }
    /// How a subscription that this loop owns is doing.
    [[nodiscard]] SubscriptionState state_of(SubscriptionId id) const
    {
        return scheduler_.state_of(id, now()).value_or(SubscriptionState{});
    }

private:
    [[nodiscard]] bool owns(SubscriptionId id) const { return !options_.owns || options_.owns(id); }
    [[nodiscard]] Now now() const { return Now::of(parts_.clock); }

    void wake();
    void act();
    void carry_out();
    void start_attempts();
    void start_claims();
    void hand_over_results();
    void tell_notices();
    void arm(Now now);
    void check_deadlines(Now now);
    [[nodiscard]] bool is_drained() const;

    void on_attempt_ended(Item& item, const Outcome& outcome, bool interrupted);
    void on_settled(const Settle& settle);
    void on_store_refused(TenantId tenant, const Error& error)
    {
        const auto shard = parts_.store.shard_of(tenant);
        if (shard < shards_.size()) on_store_refused(shard, error);
    }
    void on_store_refused(std::size_t shard, const Error& error);
    void hold_shards(Now now);
    [[nodiscard]] bool may_send(const Subscription& subscription) const;
    [[nodiscard]] bool is_healthy() const noexcept;
    awaitable<void> claim(store::Claim claim);
    awaitable<result<void>> take_up_work();
    void cancel_deleted(const Orphans& orphans);
    void bring_forward(const Returned& returned);
    awaitable<result<void>> cancel_orphans(std::vector<store::Backlog> orphans);
    void configure(const SubscriptionPtr& subscription);
    awaitable<result<void>> load_order(SubscriptionPtr subscription);
    void spawn_load_order(SubscriptionPtr subscription);
    void load_orders_again();

    Parts parts_;
    Options options_;
    IdSource ids_;
    Scheduler scheduler_;
    Attempts attempts_;
    SettlementQueue settlements_;
    BreakerStore breakers_;
    Gauges gauges_;
    Actions actions_;
    std::unordered_map<SubscriptionId, SubscriptionPtr> subscriptions_;
    std::unordered_set<SubscriptionId> order_known_;    ///< ordered ones whose retries are known…
    std::unordered_set<SubscriptionId> order_loading_;  ///< …or just being asked for: they wait
    asio::steady_timer timer_;
    AsyncEvent acted_;                ///< set after each act(), for drain()
    std::vector<Returned> returned_;  ///< the store refused to bring these forward
    std::optional<SteadyTime> armed_for_;
    std::optional<SteadyTime> drain_deadline_;
    std::size_t store_calls_ = 0;  ///< claims and look-ups under way
    /// How a shard of the store is.
    struct ShardState {
        enum class Told : std::uint8_t { runs, pauses, is_away };
        bool healthy = true;
        std::optional<SteadyTime> retry_at{};  ///< it refused; ask again then
        Told told = Told::runs;                ///< as the scheduler was told last
        [[nodiscard]] bool is_well() const noexcept { return healthy && !retry_at; }
        [[nodiscard]] Told state() const noexcept
        {
            if (!healthy) return Told::is_away;
            return retry_at ? Told::pauses : Told::runs;
        }
    };
    std::vector<ShardState> shards_;
    bool woken_ = false;
    std::shared_ptr<Dispatcher*> alive_;  ///< what posted and timed calls look at
};

}  // namespace katydid::dispatch
