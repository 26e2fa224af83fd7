// Carries what the store tells to the loops that own it.
#pragma once

#include "hub/event_loop.hpp"
#include "hub/store/store.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace katydid {

/// Splits committed work by the loop that owns its subscription and posts it there.
///
/// Thread safety: called on the store's thread.
class StoreListener final : public store::Listener {
public:
    using Loops = std::vector<std::unique_ptr<EventLoop>>;

    /// \param give_up  called when the store failed for good, with the sentence for the operator
    StoreListener(const Loops& loops, observe::Metrics& metrics,
                  std::function<void(std::string)> give_up);

    void on_work(std::vector<store::Work> works) override;
    void on_backlog(TenantId tenant, SubscriptionId subscription, Lane lane,
                    Timestamp due) override;
    void on_health(store::Health health, const std::string& why) override;

private:
    [[nodiscard]] EventLoop& owner(SubscriptionId id) const;

    const Loops& loops_;
    observe::Metrics& metrics_;
    std::function<void(std::string)> give_up_;
};

}  // namespace katydid
