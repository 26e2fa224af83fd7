// The hub's own events: katydid.subscription.degraded and its like.
#pragma once

#include "hub/core/limits/quota.hpp"
#include "hub/core/subscription/subscription_ptr.hpp"
#include "hub/intake/intake.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <unordered_map>

namespace katydid::intake {

/// Something that people or programs may want to hear of.
struct Operational {
    /// "subscription.degraded", "subscription.recovered", "subscription.disabled", "delivery.dead"
    std::string_view what;
    SubscriptionPtr subscription;
    DeliveryId delivery;  ///< nil: none in particular
    EventPtr event;       ///< of that delivery, or null
    std::string reason;
};

/// `{"subscription": {"id", "name"}, "delivery", "event": {"id", "type"}, "reason", "at"}` as an
/// event `katydid.<what>` of the subscription's tenant. Pure.
[[nodiscard]] Event make_operational_event(const Operational& operational, Timestamp now);

/// Publishes operational events through the one door, like any other event.
///
/// A delivery of an operational event raises none, so that a failing listener does not feed
/// itself. What is over the rate, or too much at once, is dropped and counted: the log and the
/// deliveries themselves still say it. That a subscription was disabled is never dropped: it is
/// one event, and the last that there is.
/// Lifetime: it outlives what it publishes, which ends with its loop.
/// Thread safety: none; each event loop has its own.
class OperationalEvents {
public:
    static constexpr std::uint32_t per_window_max = 100;  ///< for each tenant and loop
    static constexpr milliseconds window{10'000};
    static constexpr Quota under_way{64, 16, 16};  ///< of the loop, and of each tenant

    OperationalEvents(boost::asio::any_io_executor executor, Intake& intake, const Clock& clock,
                      observe::Metrics& metrics);

    void publish(const Operational& operational);

private:
    struct Window {
        SteadyTime start{};
        std::uint32_t count = 0;
        std::size_t under_way = 0;
    };
    [[nodiscard]] bool has_room(TenantId tenant);

    boost::asio::any_io_executor executor_;
    Intake& intake_;
    const Clock& clock_;
    observe::Metrics& metrics_;
    std::unordered_map<TenantId, Window> windows_;
    std::size_t under_way_ = 0;
};

}  // namespace katydid::intake
