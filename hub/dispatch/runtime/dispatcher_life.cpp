// A dispatcher's start and end: what it takes up, and how it lets go.
#include "hub/dispatch/runtime/dispatcher.hpp"

#include "hub/observe/log.hpp"

#include <algorithm>

namespace katydid::dispatch {

awaitable<result<void>> Dispatcher::start()
{
    ++store_calls_;
    auto taken_up = co_await take_up_work();
    --store_calls_;
    for (std::size_t i = 0; i < shards_.size(); ++i)
        shards_[i].healthy = parts_.store.shard_health(i) == store::Health::ok;
    wake();
    co_return taken_up;
}

awaitable<result<void>> Dispatcher::take_up_work()
{
    auto memories = co_await breakers_.load();
    if (memories.has_error()) co_return memories.error();
    for (const auto& each : *memories)
        if (owns(each.subscription) && subscriptions_.contains(each.subscription))
            scheduler_.restore_breaker(each, now());
    auto backlog = co_await parts_.store.backlog();
    if (backlog.has_error()) co_return backlog.error();
    std::vector<store::Backlog> orphans;
    for (const auto& each : *backlog) {
        if (!owns(each.subscription)) continue;
        if (subscriptions_.contains(each.subscription))
            scheduler_.on_backlog(each.tenant, each.subscription, each.lane, each.next_due, now());
        else orphans.push_back(each);
    }
    if (orphans.empty()) co_return result<void>{};
    auto cancelled = co_await cancel_orphans(std::move(orphans));
    co_return cancelled;
}

/// A process may die between deleting a subscription and cancelling what waited for it. One that
/// the store still has was made by another hub a moment ago: its work waits until it is told here.
awaitable<result<void>> Dispatcher::cancel_orphans(std::vector<store::Backlog> orphans)
{
    for (const auto& each : orphans) {
        const auto known = co_await parts_.store.record(each.tenant, store::subscription_kind,
                                                        each.subscription.to_string());
        if (known) {
            scheduler_.on_backlog(each.tenant, each.subscription, each.lane, each.next_due, now());
            continue;
        }
        if (known.error() != errc::not_found) co_return known.error();
        const auto cancelled = co_await parts_.store.cancel_all(
            each.tenant, each.subscription, "the subscription was deleted", parts_.clock.now());
        // The next start does it: a full shard does not hold up this one.
        if (cancelled.has_error())
            log::warn("subscription.cancel_failed", cancelled.error().message,
                      {{"subscription", each.subscription.to_string()}});
    }
    co_return result<void>{};
}

/// What came back to the store after the deletion. If that fails, the next start does it.
void Dispatcher::cancel_deleted(const Orphans& orphans)
{
    ++store_calls_;
    auto on_end = [this, orphans](const std::exception_ptr& exception,
                                  const result<std::uint64_t>& cancelled) {
        --store_calls_;
        const auto why = exception               ? describe(exception)
                         : cancelled.has_error() ? cancelled.error().message
                                                 : std::string{};
        if (!why.empty())
            log::warn("subscription.cancel_failed", why,
                      {{"subscription", orphans.subscription.to_string()}});
        wake();
    };
    asio::co_spawn(parts_.executor,
                   parts_.store.cancel_all(orphans.tenant, orphans.subscription,
                                           "the subscription was deleted", parts_.clock.now()),
                   std::move(on_end));
}

/// A refused one is asked for again when the store is well.
void Dispatcher::bring_forward(const Returned& returned)
{
    ++store_calls_;
    auto on_end = [this, returned](const std::exception_ptr& exception,
                                   const result<std::uint64_t>& brought) {
        --store_calls_;
        if (exception || brought.has_error()) {
            returned_.push_back(returned);
            on_store_refused(returned.tenant, exception ? Error{errc::internal, describe(exception)}
                                                        : brought.error());
            return;
        }
        if (*brought > 0)
            log::info(
                "deliveries.brought_forward", "the receiver is back: its retries go now",
                {{"subscription", returned.subscription.to_string()}, {"deliveries", *brought}});
        scheduler_.on_brought_forward(returned.subscription, now());
        wake();
    };
    asio::co_spawn(
        parts_.executor,
        parts_.store.bring_forward(returned.tenant, returned.subscription, parts_.clock.now()),
        std::move(on_end));
}

awaitable<void> Dispatcher::drain(Deadline deadline)
{
    drain_deadline_ = deadline.at;
    scheduler_.stop(now());
    wake();
    while (!is_drained()) {
        acted_.reset();
        co_await acted_.wait();
    }
    timer_.cancel();
    if (!settlements_.empty())
        log::warn("dispatch.results_kept", "the store takes no results; these will be sent again",
                  {{"results", settlements_.size()}});
}

bool Dispatcher::is_drained() const
{
    const bool is_writing = settlements_.is_writing() || breakers_.is_writing();
    if (woken_ || store_calls_ > 0 || attempts_.running() > 0 || is_writing) return false;
    if (settlements_.empty()) return true;
    const bool is_over = *drain_deadline_ <= parts_.clock.steady_now();
    return is_over && (settlements_.is_refused() || !is_healthy());
}

}  // namespace katydid::dispatch
