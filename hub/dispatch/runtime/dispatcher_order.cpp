// What an ordered subscription must know before it sends: which keys wait for a retry.
#include "hub/core/subscription/subscription.hpp"
#include "hub/dispatch/runtime/dispatcher.hpp"
#include "hub/observe/log.hpp"

namespace katydid::dispatch {
namespace {

constexpr std::uint32_t page_size = 250;

}  // namespace

void Dispatcher::spawn_load_order(SubscriptionPtr subscription)
{
    const auto id = subscription->id;
    const auto tenant = subscription->tenant;
    order_loading_.insert(id);
    ++store_calls_;
    auto on_end = [this, id, tenant](const std::exception_ptr& exception,
                                     const result<void>& loaded) {
        --store_calls_;
        order_loading_.erase(id);
        const auto error = exception            ? describe(exception)
                           : loaded.has_error() ? loaded.error().message
                                                : std::string{};
        const auto known = subscriptions_.find(id);
        if (error.empty()) {
            if (known != subscriptions_.end()) configure(known->second);
        } else {
            order_known_.erase(id);  // asked again when it is put or when the store is well again
            log::warn("dispatch.order_unknown",
                      "an ordered subscription waits: its retries are unknown",
                      {{"subscription", id.to_string()}, {"error", error}});
            on_store_refused(tenant, {errc::store_unavailable, error});
        }
        wake();
    };
    asio::co_spawn(parts_.executor, load_order(std::move(subscription)), std::move(on_end));
}

/// Asks again for those whose retries the store did not tell.
void Dispatcher::load_orders_again()
{
    for (const auto& [id, subscription] : subscriptions_)
        if (subscription->limits.ordering == Ordering::key && order_known_.insert(id).second)
            spawn_load_order(subscription);
}

awaitable<result<void>> Dispatcher::load_order(SubscriptionPtr subscription)
{
    store::DeliveryQuery query;
    query.tenant = subscription->tenant;
    query.subscription = subscription->id;
    query.states = {DeliveryState::scheduled};
    query.ascending = true;
    query.limit = page_size;
    while (!drain_deadline_) {
        auto page = co_await parts_.store.deliveries(query);
        if (page.has_error()) co_return page.error();
        for (const auto& delivery : *page) scheduler_.note_parked(delivery);
        if (page->size() < page_size) break;
        query.cursor = page->back().id;
    }
    co_return result<void>{};
}

}  // namespace katydid::dispatch
