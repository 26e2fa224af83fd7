#include "hub/app/store_listener.hpp"

#include "hub/observe/log.hpp"

#include <boost/asio/post.hpp>

namespace katydid {

StoreListener::StoreListener(const Loops& loops, observe::Metrics& metrics, Calls calls)
    : loops_{loops},
      metrics_{metrics},
      calls_{std::move(calls)}
{}

EventLoop& StoreListener::owner(SubscriptionId id) const
{
    return *loops_[owner_index(id, loops_.size())];
}

void StoreListener::on_work(std::vector<store::Work> works)
{
    if (loops_.size() == 1) {
        auto& loop = *loops_.front();
        asio::post(loop.executor(), [&loop, works = std::move(works)]() mutable {
            loop.dispatcher().on_work(std::move(works));
        });
        return;
    }
    std::vector<std::vector<store::Work>> shares(loops_.size());
    for (auto& work : works)
        shares[owner_index(work.delivery.subscription, loops_.size())].push_back(std::move(work));
    for (std::size_t i = 0; i < shares.size(); ++i) {
        if (shares[i].empty()) continue;
        auto& loop = *loops_[i];
        asio::post(loop.executor(), [&loop, share = std::move(shares[i])]() mutable {
            loop.dispatcher().on_work(std::move(share));
        });
    }
}

void StoreListener::on_backlog(TenantId tenant, SubscriptionId subscription, Lane lane,
                               Timestamp due)
{
    auto& loop = owner(subscription);
    asio::post(loop.executor(), [&loop, tenant, subscription, lane, due] {
        loop.dispatcher().on_backlog(tenant, subscription, lane, due);
    });
}

void StoreListener::on_hubs(std::size_t index, std::size_t alive)
{
    metrics_.set_hubs(alive);
    if (alive > 1)
        log::info("hubs.changed", "this hub is one of several that share the store",
                  {{"hub", index + 1}, {"hubs", alive}});
    for (const auto& loop : loops_)
        asio::post(loop->executor(),
                   [&each = *loop, index, alive] { each.set_hubs(index, alive); });
    calls_.hubs_changed(index, alive);
}

void StoreListener::on_refused_settlements(std::size_t count)
{
    metrics_.settlements_refused(count);
    log::warn("settlement.refused",
              "attempts ended after this hub had lost their subscriptions to another one, which"
              " sends them again: look for pauses of this process longer than the lease",
              {{"count", count}});
}

void StoreListener::on_shard_health(std::size_t shard, store::Health health, const std::string& why)
{
    {
        const std::lock_guard lock{health_mutex_};
        healths_[shard] = health;
        auto worst = health;
        for (const auto& [number, each] : healths_) worst = std::max(worst, each);
        metrics_.store_health(static_cast<int>(worst));
    }
    if (health == store::Health::ok) log::info("store.recovered", why);
    else log::error("store.degraded", why);
    for (const auto& loop : loops_)
        asio::post(loop->executor(),
                   [&each = *loop, health, shard] { each.dispatcher().on_health(health, shard); });
    if (health == store::Health::failed) calls_.give_up(why);
}

}  // namespace katydid
