// Who is told what goes wrong: [[alerts]] of the settings.
#pragma once

#include "hub/alerts/incidents.hpp"
#include "hub/config/settings.hpp"
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
/// What is open lives in memory: after a restart an incident that goes on is told once more.
/// Lifetime: stop(), and the loops are joined before it goes. Thread safety: notice() and mail()
/// from any loop, the rest on `home`.
class Alerts {
public:
    struct Parts {
        asio::any_io_executor home;
        const config::Settings& settings;
        intake::Intake& intake;          ///< of home's loop
        const registry::Tables& tables;  ///< the same
        const Clock& clock;
    };

    explicit Alerts(Parts parts);
    ~Alerts();

    [[nodiscard]] bool is_needed() const noexcept { return !incidents_.empty(); }
    /// The subscription that gets the hub's own events.
    awaitable<Outcome> notice(const Event& event);
    /// The subscription of a mail. \param number  of the alert, from 0
    awaitable<Outcome> mail(std::size_t number, const Event& event);
    /// Ends what is quiet, until stop().
    awaitable<> run() { return quiet_.run(); }
    void stop() { quiet_.stop(); }

private:
    awaitable<Outcome> take(alerts::Happening happening);
    awaitable<result<void>> tell(std::size_t number, alerts::Message message);
    awaitable<> end_quiet();

    Parts parts_;
    std::vector<alerts::Incidents> incidents_;        ///< of each alert
    std::unique_ptr<asio::thread_pool> mail_thread_;  ///< null: no alert is a mail
    Periodic quiet_;
};

constexpr const char* alerts_subscription = "katydid-alerts";
/// "katydid-alert-1": the subscription of an alert that names none of the settings.
[[nodiscard]] std::string alert_subscription_name(std::size_t number);
/// All that the alerts of these settings need.
[[nodiscard]] std::vector<Subscription> alert_subscriptions(const config::Settings& settings);

}  // namespace katydid
