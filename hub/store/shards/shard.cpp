#include "hub/store/shards/shard.hpp"

#include "hub/store/shards/identity.hpp"
#include "hub/store/shards/wait_for.hpp"

namespace katydid::store::shards {

Shard::Shard(std::size_t number, std::string name, OpenShard open, ShardEvents& events)
    : number_{number},
      name_{std::move(name)},
      open_{std::move(open)},
      events_{events}
{}

Shard::~Shard() { close(); }

/// One that failed for good is away until the next start: the others work on.
Health Shard::health() const noexcept
{
    const auto* opened = store();
    const auto health = opened == nullptr ? Health::unavailable : opened->health();
    return health == Health::failed ? Health::unavailable : health;
}

Error Shard::away() const
{
    return {errc::store_unavailable,
            "The shard \"" + name_ + "\" does not answer: try again later."};
}

void Shard::open()
{
    auto opened = open_();
    wait_for(claim_identity(*opened, name_, number_ == 0)).value();
    owned_ = std::move(opened);
    store_.store(owned_.get(), std::memory_order_release);
}

void Shard::listen()
{
    if (owned_) owned_->set_listener(this);
}

void Shard::close()
{
    if (owned_) owned_->close();
}

void Shard::on_work(std::vector<Work> works)
{
    if (auto* hears = events_.listener()) hears->on_work(std::move(works));
}

void Shard::on_backlog(TenantId tenant, SubscriptionId subscription, Lane lane, Timestamp due)
{
    events_.on_tenant_seen(number_, tenant);
    if (auto* hears = events_.listener()) hears->on_backlog(tenant, subscription, lane, due);
}

void Shard::on_health(Health health, const std::string& why)
{
    const bool is_lost = health == Health::failed;
    events_.on_shard_health(
        number_, is_lost ? Health::unavailable : health,
        "Shard \"" + name_ + "\": " + why
            + (is_lost ? " Its tenants wait until the hub is started anew." : ""));
}

void Shard::on_settings_changed()
{
    if (auto* hears = events_.listener()) hears->on_settings_changed();
}

void Shard::on_hubs(std::size_t index, std::size_t alive)
{
    events_.on_shard_hubs(number_, index, alive);
}

void Shard::on_refused_settlements(std::size_t count)
{
    if (auto* hears = events_.listener()) hears->on_refused_settlements(count);
}

}  // namespace katydid::store::shards
