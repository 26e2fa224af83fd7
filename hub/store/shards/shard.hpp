// One shard of a store: a store itself, which may be away.
#pragma once

#include "hub/store/store.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace katydid::store::shards {

using OpenShard = std::function<std::unique_ptr<Store>()>;

/// Hands on what a shard says, with its number.
class ShardEvents {
public:
    virtual ~ShardEvents() = default;
    [[nodiscard]] virtual Listener* listener() const noexcept = 0;
    /// The shard has work of that tenant.
    virtual void on_tenant_seen(std::size_t shard, const TenantId& tenant) = 0;
    virtual void on_shard_health(std::size_t shard, Health health, const std::string& why) = 0;
    virtual void on_shard_hubs(std::size_t shard, std::size_t index, std::size_t alive) = 0;
};

/// A store that may not have been reached yet, and what it said last.
///
/// Thread safety: `open` and `close` on one thread, the rest from any.
class Shard final : public Listener {
public:
    Shard(std::size_t number, std::string name, OpenShard open, ShardEvents& events);
    ~Shard() override;

    [[nodiscard]] std::size_t number() const noexcept { return number_; }
    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    /// Null before it was opened.
    [[nodiscard]] Store* store() const noexcept { return store_.load(std::memory_order_acquire); }
    [[nodiscard]] Health health() const noexcept;
    [[nodiscard]] Error away() const;

    /// Throws Failure.
    void open();
    /// From then on the hub hears what the shard says.
    void listen();
    void close();

    void on_work(std::vector<Work> works) override;
    void on_backlog(TenantId tenant, SubscriptionId subscription, Lane lane,
                    Timestamp due) override;
    void on_health(Health health, const std::string& why) override;
    void on_settings_changed() override;
    void on_hubs(std::size_t index, std::size_t alive) override;
    void on_refused_settlements(std::size_t count) override;

private:
    const std::size_t number_;
    const std::string name_;
    const OpenShard open_;
    ShardEvents& events_;
    std::unique_ptr<Store> owned_;
    std::atomic<Store*> store_{nullptr};
};

/// In the order of their numbers.
using Shards = std::vector<std::unique_ptr<Shard>>;

}  // namespace katydid::store::shards
