// Who is told what goes wrong: [[alerts]] of the settings.
#pragma once

#include "hub/alerts/tally.hpp"
#include "hub/app/incident_store.hpp"
#include "hub/config/settings.hpp"
#include "hub/core/async/mutex.hpp"
#include "hub/core/async/periodic.hpp"
#include "hub/core/outcome.hpp"
#include "hub/intake/intake.hpp"
#include "hub/registry/tables.hpp"

#include <boost/asio/thread_pool.hpp>

#include <memory>
#include <vector>

namespace katydid {

/// Makes incidents of the hub's own events, and of each an event `katydid.alert` that goes to whom
/// the alert names. Both ends are subscriptions, so that what cannot be told now is retried, ends
/// dead and is seen like any other delivery.
///
/// What is open is in the store, and read anew before it changes: it may be another hub's work.
/// What is only counted is written once in some seconds.
/// Lifetime: stop(), and the loops are joined before it goes. Thread safety: notice() and mail()
/// from any loop, the rest on `home`.
class Alerts {
public:
    struct Parts {
        asio::any_io_executor home;
        const config::Settings& settings;
        store::Records& records;
        intake::Intake& intake;          ///< of home's loop
        const registry::Tables& tables;  ///< the same
        const Clock& clock;
    };

    explicit Alerts(Parts parts);
    ~Alerts();

    [[nodiscard]] bool is_needed() const noexcept { return !parts_.settings.alerts.empty(); }
    /// The subscription that gets the hub's own events.
    awaitable<Outcome> notice(const Event& event);
    /// The subscription of a mail. \param number  of the alert, from 0
    awaitable<Outcome> mail(std::size_t number, const Event& event);
    /// Ends what is quiet, until stop().
    awaitable<> run() { return quiet_.run(); }
    void stop() { quiet_.stop(); }

private:
    awaitable<Outcome> take(alerts::Happening happening);
    awaitable<result<void>> take_for(std::size_t number, const alerts::Happening& happening);
    awaitable<result<void>> advance(std::size_t number, const alerts::Happening& happening,
                                    std::uint32_t times);
    awaitable<result<void>> write_counted();
    awaitable<result<void>> tell(std::size_t number, alerts::Message message);
    awaitable<> end_quiet();
    awaitable<result<void>> end_all_quiet();
    awaitable<result<void>> end(std::size_t number, alerts::Incident incident);

    Parts parts_;
    IncidentStore incidents_;
    alerts::Tally tally_;
    AsyncMutex mutex_;                                ///< of what is read, told and kept
    std::unique_ptr<asio::thread_pool> mail_thread_;  ///< null: no alert is a mail
    Periodic quiet_;
};

constexpr const char* alerts_subscription = "katydid-alerts";
/// "katydid-alert-1": the subscription of an alert that names none of the settings.
[[nodiscard]] std::string alert_subscription_name(std::size_t number);
/// All that the alerts of these settings need.
[[nodiscard]] std::vector<Subscription> alert_subscriptions(const config::Settings& settings);

}  // namespace katydid
