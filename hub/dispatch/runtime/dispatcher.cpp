#include "hub/dispatch/runtime/dispatcher.hpp"

#include "hub/core/subscription/subscription.hpp"
#include "hub/observe/log.hpp"
#include "hub/observe/metrics.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <cassert>
#include <utility>

namespace katydid::dispatch {
namespace {

constexpr milliseconds store_retry{250};  ///< after the store refused

}  // namespace

Dispatcher::Dispatcher(Parts parts, Options options)
    : parts_{std::move(parts)},
      options_{std::move(options)},
      ids_{parts_.clock, options_.scheduler.seed},
      scheduler_{options_.scheduler, ids_},
      attempts_{parts_.executor,
                [this](Item& item, const Outcome& outcome, bool interrupted) {
                    on_attempt_ended(item, outcome, interrupted);
                }},
      settlements_{
          parts_.executor,
          parts_.store,
          {[this](const Settle& settle) { on_settled(settle); },
           [this](const Release& release) { scheduler_.on_released(release, now()); },
           [this](std::size_t shard, const Error& error) { on_store_refused(shard, error); },
           [this] { wake(); }}},
      breakers_{parts_.executor, parts_.store, [this] { wake(); }},
      timer_{parts_.executor},
      shards_(parts_.store.shard_count()),
      alive_{std::make_shared<Dispatcher*>(this)}
{}

Dispatcher::~Dispatcher() = default;

void Dispatcher::put_subscription(SubscriptionPtr subscription)
{
    if (!owns(subscription->id)) return;
    subscriptions_[subscription->id] = subscription;
    const auto id = subscription->id;
    if (subscription->limits.ordering != Ordering::key) order_known_.erase(id);
    else if (order_known_.insert(id).second) spawn_load_order(subscription);
    configure(subscription);
    wake();
}

/// Tells the scheduler. Without a handler, or before an ordered one's retries are known, its work
/// waits.
void Dispatcher::configure(const SubscriptionPtr& subscription)
{
    const auto* handler = parts_.find_handler(*subscription);
    const bool has_handler = handler != nullptr;
    if (!has_handler)
        log::warn("subscription.unattended", "no handler of that name in this process, work waits",
                  {{"subscription", subscription->id.to_string()}, {"name", subscription->name}});
    scheduler_.set_capacity(subscription->tenant, subscription->id,
                            has_handler ? handler->capacity(subscription->id) : std::nullopt,
                            now());
    scheduler_.put_subscription(subscription, has_handler && may_send(*subscription), now());
}

bool Dispatcher::may_send(const Subscription& subscription) const
{
    const auto shard = parts_.store.shard_of(subscription.tenant);
    return !order_loading_.contains(subscription.id) && shard < shards_.size()
           && shards_[shard].told != ShardState::Told::is_away;
}

void Dispatcher::remove_subscription(SubscriptionId id)
{
    subscriptions_.erase(id);
    order_known_.erase(id);
    scheduler_.remove_subscription(id, now());
    wake();
}

void Dispatcher::capacity_changed(SubscriptionId id)
{
    const auto known = subscriptions_.find(id);
    if (known == subscriptions_.end()) return;
    const auto& subscription = *known->second;
    const auto* handler = parts_.find_handler(subscription);
    if (handler == nullptr) return;
    scheduler_.set_capacity(subscription.tenant, id, handler->capacity(id), now());
    wake();
}

void Dispatcher::set_shares(Shares shares)
{
    scheduler_.set_shares(shares);
    wake();
}

void Dispatcher::set_tenant_share(TenantId tenant, std::uint32_t share)
{
    scheduler_.set_tenant_share(tenant, share);
    wake();
}

void Dispatcher::on_work(std::vector<store::Work> works)
{
    scheduler_.on_work(std::move(works), now());
    wake();
}

void Dispatcher::on_backlog(TenantId tenant, SubscriptionId subscription, Lane lane, Timestamp due)
{
    scheduler_.on_backlog(tenant, subscription, lane, due, now());
    wake();
}

void Dispatcher::receiver_is_up(SubscriptionId id)
{
    if (!owns(id)) return;
    scheduler_.on_receiver_up(id, now());
    wake();
}

void Dispatcher::on_health(store::Health health, std::size_t shard)
{
    auto& state = shards_.at(shard);
    state.healthy = health == store::Health::ok;
    if (state.healthy) state.retry_at = SteadyTime::min();
    wake();
}

bool Dispatcher::is_healthy() const noexcept
{
    return std::ranges::all_of(shards_, &ShardState::healthy);
}

/// Work waits whose shard could not take its results: in memory where it refused a moment ago, in
/// the store where it is away.
void Dispatcher::hold_shards(Now moment)
{
    scheduler_.set_running(std::ranges::any_of(shards_, &ShardState::is_well));
    if (shards_.size() == 1) return;
    for (std::size_t i = 0; i < shards_.size(); ++i) {
        auto& shard = shards_[i];
        if (shard.told == shard.state()) continue;
        shard.told = shard.state();
        for (const auto& [id, subscription] : subscriptions_) {
            if (parts_.store.shard_of(subscription->tenant) != i) continue;
            if (shard.told == ShardState::Told::pauses) {
                scheduler_.hold(id, moment.steady + 2 * store_retry, moment);
                continue;
            }
            const bool has_handler = parts_.find_handler(*subscription) != nullptr;
            scheduler_.set_may_send(id, has_handler && may_send(*subscription), moment);
        }
    }
}

void Dispatcher::time_passed()
{
    armed_for_.reset();
    act();
}

/// Acts once after everything that happens in this turn of the loop.
void Dispatcher::wake()
{
    if (woken_) return;
    woken_ = true;
    asio::post(parts_.executor, [alive = std::weak_ptr{alive_}] {
        const auto self = alive.lock();
        if (!self) return;
        (*self)->woken_ = false;
        (*self)->act();
    });
}

void Dispatcher::act()
{
    const auto moment = now();
    check_deadlines(moment);
    hold_shards(moment);
    scheduler_.next(moment, actions_);
    carry_out();
    if (parts_.metrics != nullptr) gauges_.report(*parts_.metrics, scheduler_);
    arm(moment);
    acted_.set();
}

void Dispatcher::check_deadlines(Now moment)
{
    attempts_.cancel_overdue(moment.steady);
    if (drain_deadline_ && *drain_deadline_ <= moment.steady) attempts_.cancel_all();
    bool is_back = false;
    for (std::size_t i = 0; i < shards_.size(); ++i) {
        auto& shard = shards_[i];
        if (!shard.retry_at || !shard.healthy || *shard.retry_at > moment.steady) continue;
        shard.retry_at.reset();
        settlements_.retry(i);
        is_back = true;
    }
    if (!is_back) return;
    load_orders_again();
    for (const auto& each : std::exchange(returned_, {})) bring_forward(each);
}

void Dispatcher::carry_out()
{
    hand_over_results();
    start_claims();
    start_attempts();
    tell_notices();
    for (const auto& each : actions_.orphans) cancel_deleted(each);
    for (const auto& each : actions_.returned) bring_forward(each);
    for (const auto& each : actions_.breakers) breakers_.note(each);
    const bool any_is_healthy = std::ranges::any_of(shards_, &ShardState::healthy);
    if (any_is_healthy && !actions_.breakers.empty()) breakers_.flush();
    if (parts_.metrics != nullptr && actions_.withheld > 0)
        parts_.metrics->attempts_withheld(actions_.withheld);
}

void Dispatcher::start_attempts()
{
    for (auto* item : actions_.starts) {
        const auto& subscription = item->queue->subscription();
        auto* handler = parts_.find_handler(*subscription);
        assert(handler != nullptr);  // else the scheduler would not start it
        if (parts_.metrics != nullptr) report_start(*parts_.metrics, *item);
        if (options_.on_started) options_.on_started(*item);
        attempts_.start(*item, subscription, *handler);
    }
}

void Dispatcher::start_claims()
{
    for (const auto& each : actions_.claims) {
        ++store_calls_;
        auto on_end = [this, each](const std::exception_ptr& exception) {
            --store_calls_;
            if (exception) {
                scheduler_.on_claim_failed(each, now());
                on_store_refused(each.tenant, {errc::internal, describe(exception)});
            }
            wake();
        };
        asio::co_spawn(parts_.executor, claim(each), std::move(on_end));
    }
}

awaitable<void> Dispatcher::claim(store::Claim claim)
{
    auto claimed = co_await parts_.store.claim(claim);
    if (claimed.has_value()) {
        scheduler_.on_claimed(claim, std::move(*claimed), now());
    } else {
        scheduler_.on_claim_failed(claim, now());
        on_store_refused(claim.tenant, claimed.error());
    }
}

void Dispatcher::hand_over_results()
{
    for (auto& settle : actions_.settles) {
        report_attempt(settle, parts_.metrics);
        if (parts_.tracer != nullptr) trace_attempt(settle, *parts_.tracer);
        settle.event.reset();
        settlements_.add(std::move(settle));
    }
    for (const auto& release : actions_.releases) settlements_.add(release);
    settlements_.flush();
}

void Dispatcher::tell_notices()
{
    for (const auto& notice : actions_.notices) {
        report_notice(notice);
        if (!notice.subscription) continue;
        if (notice.kind != SubscriptionNotice::Kind::gone) {
            if (options_.on_notice) options_.on_notice(notice);
        } else if (options_.on_gone) {
            options_.on_gone(notice.subscription, notice.reason);
        }
    }
}

void Dispatcher::on_attempt_ended(Item& item, const Outcome& outcome, bool interrupted)
{
    if (outcome.given_back) scheduler_.on_given_back(item, now());
    else if (outcome.cancelled) scheduler_.on_not_wanted(item, outcome.error, now());
    else if (interrupted) scheduler_.on_attempt_interrupted(item, now());
    else scheduler_.on_attempt_ended(item, outcome, now());
    wake();
}

void Dispatcher::on_settled(const Settle& settle)
{
    if (parts_.metrics != nullptr) report_settled(*parts_.metrics, settle);
    if (options_.on_settled) options_.on_settled(settle);
    scheduler_.on_settled(settle, now());
    wake();
}

void Dispatcher::on_store_refused(std::size_t shard, const Error& error)
{
    auto& retry_at = shards_[shard].retry_at;
    if (!retry_at)
        log::warn("dispatch.store_refused", "the store refused; results are kept, nothing is sent",
                  {{"error", error.message}, {"results_kept", settlements_.size()}});
    retry_at = parts_.clock.steady_now() + store_retry;
    wake();
}

void Dispatcher::arm(Now moment)
{
    auto at = scheduler_.wake_at(moment);
    const auto consider = [&](std::optional<SteadyTime> other) {
        if (other) at = at ? std::min(*at, *other) : *other;
    };
    consider(attempts_.next_deadline());
    for (const auto& shard : shards_)
        if (shard.healthy) consider(shard.retry_at);
    if (drain_deadline_ && *drain_deadline_ > moment.steady) consider(drain_deadline_);
    // Ringing too early is cheaper than setting the timer anew for every attempt.
    if (!at || (armed_for_ && *armed_for_ <= *at)) return;
    armed_for_ = at;
    timer_.expires_after(std::max(*at - moment.steady, SteadyTime::duration::zero()));
    timer_.async_wait([alive = std::weak_ptr{alive_}](const boost::system::error_code& error) {
        const auto self = alive.lock();
        if (!error && self) (*self)->time_passed();
    });
}

}  // namespace katydid::dispatch
