// How the two platforms are, looked at in the background.
#pragma once

#include "hub/bridge/upstream.hpp"
#include "hub/core/async/periodic.hpp"
#include "hub/core/subscription/subscription_state.hpp"

#include <boost/json/object.hpp>

#include <functional>
#include <optional>
#include <string>

namespace katydid::bridge {

/// What is known of one platform.
struct PlatformHealth {
    bool is_set_up = false;
    std::optional<bool> reachable;  ///< nullopt: not known yet
    milliseconds latency{0};
    std::string version;    ///< as the platform says, else empty
    std::string last_sync;  ///< RFC 3339: the hub's latest write there, else what it says itself
    Timestamp checked_at{};
};

/// Asks a platform's /health every now and then: one small request with a deadline, then a timer.
/// What other calls find out in between counts as well.
///
/// Lifetime: call stop() and let the loop run until run() ended before it goes.
/// Thread safety: none; on the bridge's loop.
class HealthWatch {
public:
    /// \param on_up  the platform answers again
    HealthWatch(Upstream& upstream, const Clock& clock, milliseconds interval,
                std::function<void()> on_up);

    /// Looks until stop().
    awaitable<void> run();
    void stop();

    /// Another call reached the platform, or did not.
    void note(bool reached);
    /// The platform took a write.
    void note_sync();

    /// What is known; waits for the first look, not longer than until then.
    awaitable<PlatformHealth> health(SteadyTime until);

private:
    awaitable<void> look();
    awaitable<void> ask();

    Upstream& upstream_;
    const Clock& clock_;
    const milliseconds interval_;
    const std::function<void()> on_up_;
    Periodic looks_;
    AsyncEvent looked_;
    PlatformHealth health_;
    bool synced_ = false;
};

/// What a caller with a key is shown of one platform.
[[nodiscard]] boost::json::object to_json(const PlatformHealth& health,
                                          const SubscriptionState* state, std::size_t backlog,
                                          bool backlog_is_more);

}  // namespace katydid::bridge
