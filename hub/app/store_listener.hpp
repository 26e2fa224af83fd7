// Carries what the store tells to the loops that own it.
#pragma once

#include "hub/app/loop/event_loop.hpp"
#include "hub/store/store.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace katydid {

/// Splits committed work by the loop that owns its subscription and posts it there.
///
/// Thread safety: called on the stores' threads.
class StoreListener final : public store::Listener {
public:
    using Loops = std::vector<std::unique_ptr<EventLoop>>;

    struct Calls {
        std::function<void(std::string)> give_up;  ///< the store failed for good: the sentence why
        std::function<void()> settings_changed;    ///< by another hub
        std::function<void(std::size_t index, std::size_t alive)> hubs_changed;
    };
    StoreListener(const Loops& loops, observe::Metrics& metrics, Calls calls);

    void on_work(std::vector<store::Work> works) override;
    void on_backlog(TenantId tenant, SubscriptionId subscription, Lane lane,
                    Timestamp due) override;
    void on_health(store::Health health, const std::string& why) override
    {
        on_shard_health(0, health, why);
    }
    void on_shard_health(std::size_t shard, store::Health health, const std::string& why) override;
    void on_settings_changed() override { calls_.settings_changed(); }
    void on_hubs(std::size_t index, std::size_t alive) override;
    void on_refused_settlements(std::size_t count) override;

private:
    [[nodiscard]] EventLoop& owner(SubscriptionId id) const;

    const Loops& loops_;
    observe::Metrics& metrics_;
    Calls calls_;
    std::mutex health_mutex_;
    std::map<std::size_t, store::Health> healths_;  ///< of each shard that spoke of it
};

}  // namespace katydid
