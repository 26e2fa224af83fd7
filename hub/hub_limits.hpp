// The limits of the whole hub, as an operator may change them while it runs.
#pragma once

#include "hub/api/api.hpp"
#include "hub/store/store.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace katydid {

class EventLoop;

/// Keeps the hub's limits: those of the settings, unless an operator changed them through the API.
/// A change is stored first (a record "limits") and then told to every loop, each of which holds
/// its part. It is the same after a restart, and `null` goes back to the setting.
///
/// Thread safety: calls from any loop; each runs on the first one. It outlives the loops' routes.
class HubLimits {
public:
    HubLimits(store::Store& store, api::HubLimits standard, const std::vector<EventLoop*>& loops);

    /// Takes up what an operator chose in an earlier run.
    awaitable<result<void>> load();
    awaitable<api::HubLimits> current();
    /// Errors: invalid_argument when a loop would get nothing, those of the store.
    awaitable<result<api::HubLimits>> change(api::HubLimitsChange change);

private:
    awaitable<result<api::HubLimits>> change_here(api::HubLimitsChange change);
    [[nodiscard]] api::HubLimits effective() const;
    awaitable<void> tell_all();

    store::Store& store_;
    const api::HubLimits standard_;
    const std::vector<EventLoop*>& loops_;
    api::HubLimitsChange chosen_;  ///< by an operator
};

}  // namespace katydid
