// The limits of the whole hub, as an operator may change them while it runs.
#pragma once

#include "hub/api/api.hpp"
#include "hub/store/records.hpp"

#include <functional>
#include <vector>

namespace katydid {

/// Keeps the hub's limits: those of the settings, unless an operator changed them through the API.
/// A change is stored first (a record "limits") and then told to every loop, each of which holds
/// its part. It is the same after a restart, and `null` goes back to the setting.
///
/// Thread safety: calls from any loop; each runs on `home`. It outlives the loops' routes.
class RuntimeLimits {
public:
    using Apply = std::function<void(const api::LimitValues&)>;

    /// \param standard  those of the settings
    RuntimeLimits(asio::any_io_executor home, store::Records& store, api::LimitValues standard);

    /// A loop that takes its part whenever the limits change. Before load().
    void add_loop(asio::any_io_executor executor, Apply apply);
    /// Takes up what an operator chose in an earlier run.
    awaitable<result<void>> load();
    awaitable<api::LimitValues> current();
    /// Errors: invalid_argument when a loop would get nothing, those of the store.
    awaitable<result<api::LimitValues>> change(api::LimitsChange change);

private:
    struct Loop {
        asio::any_io_executor executor;
        Apply apply;
    };
    awaitable<result<api::LimitValues>> change_here(api::LimitsChange change);
    [[nodiscard]] api::LimitValues effective() const;
    awaitable<void> tell_all();

    const asio::any_io_executor home_;
    store::Records& store_;
    const api::LimitValues standard_;
    std::vector<Loop> loops_;
    api::LimitsChange chosen_;  ///< by an operator
};

}  // namespace katydid
