#include "hub/app/alerts.hpp"

#include "hub/alerts/mail.hpp"
#include "hub/alerts/message.hpp"
#include "hub/core/async/on_executor.hpp"
#include "hub/core/subscription/subscription.hpp"
#include "hub/observe/log.hpp"
#include "hub/registry/named.hpp"

#include <boost/json.hpp>

namespace katydid {
namespace {

namespace json = boost::json;
using Way = config::AlertSettings::Way;

constexpr std::chrono::seconds quiet_interval{30};

/// Short at first, so that people hear of it soon after their mail server is back; two days in all.
/// Not those of [retry], which are for the receivers that an operator knows.
std::vector<milliseconds> retry_delays()
{
    using namespace std::chrono_literals;
    return {5s, 30s, 1min, 2min, 5min, 10min, 15min, 30min, 1h, 2h, 4h, 8h, 16h, 16h};
}

std::unique_ptr<asio::thread_pool> make_mail_thread(const config::Settings& settings)
{
    for (const auto& each : settings.alerts)
        if (each.way == Way::mail) return std::make_unique<asio::thread_pool>(1);
    return nullptr;
}

std::string text_at(const json::object& object, std::string_view name)
{
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string{value->get_string()} : "";
}

/// What the hub published about a subscription (intake::make_operational_event()).
alerts::Happening read_happening(const Event& event)
{
    const auto payload = json::parse(*event.payload).as_object();
    const auto& subscription = payload.at("subscription").as_object();
    return {event.type, text_at(subscription, "id"), text_at(subscription, "name"),
            text_at(payload, "reason"), event.occurred_at};
}

alerts::MailServer server_of(const config::SmtpSettings& smtp)
{
    return {smtp.url, smtp.user, smtp.password, smtp.ca_file};
}

alerts::Mail make_mail(const config::SmtpSettings& smtp, const std::string& to, const Event& event)
{
    const auto payload = json::parse(*event.payload).as_object();
    alerts::Mail mail{smtp.from, to, {}, {}, event.id.to_string(), event.received_at};
    mail.subject = "[Katydid] " + text_at(payload, "title");
    mail.text = text_at(payload, "text") + "\n";
    if (const auto link = text_at(payload, "link"); !link.empty())
        mail.text += "\nReplay it in the console: " + link + "\n";
    return mail;
}

/// Empty: it is not known where browsers reach it.
std::string console_of(const config::Settings& settings)
{
    return settings.public_url.empty() ? "" : settings.public_url + "/console/";
}

awaitable<result<void>> send_mail(alerts::MailServer server, alerts::Mail mail)
{
    co_return alerts::send(server, mail);
}

}  // namespace

std::string alert_subscription_name(std::size_t number)
{
    return "katydid-alert-" + std::to_string(number + 1);
}

std::vector<Subscription> alert_subscriptions(const config::Settings& settings)
{
    std::vector<Subscription> all;
    const auto add = [&all](std::string name) -> Subscription& {
        auto& made = all.emplace_back();
        made.name = std::move(name);
        made.handler.kind = HandlerKind::coroutine;
        made.dialect = Dialect::raw;
        made.read_only = true;
        return made;
    };
    if (settings.alerts.empty()) return all;
    auto& notices = add(alerts_subscription);
    notices.event_types = {"katydid.subscription.*", "katydid.delivery.dead"};
    notices.limits.in_flight = 1;  // incidents are told in the order in which they happen
    for (std::size_t i = 0; i < settings.alerts.size(); ++i) {
        const auto& alert = settings.alerts[i];
        if (alert.way == Way::subscription) continue;
        auto& made = add(alert_subscription_name(i));
        made.event_types = {std::string{alerts::event_type}};
        made.timeout = std::chrono::seconds{30};
        made.retry.delays = retry_delays();
        // That an incident is over is not to come before that it began, which may be retried.
        made.limits.ordering = Ordering::key;
        if (alert.way != Way::slack) continue;
        made.handler.kind = HandlerKind::endpoint;
        made.handler.url = alert.to;
        made.transform.code = alerts::slack_code;
    }
    return all;
}

Alerts::Alerts(Parts parts)
    : parts_{std::move(parts)},
      incidents_{parts_.records},
      mail_thread_{make_mail_thread(parts_.settings)},
      quiet_{quiet_interval, [this] { return end_quiet(); }}
{}

Alerts::~Alerts() = default;

awaitable<Outcome> Alerts::notice(const Event& event)
{
    auto taking = take(read_happening(event));
    auto outcome = co_await on_executor(parts_.home, std::move(taking));
    co_return outcome;
}

awaitable<Outcome> Alerts::take(alerts::Happening happening)
{
    const auto lock = co_await mutex_.lock();
    for (std::size_t i = 0; i < parts_.settings.alerts.size(); ++i) {
        auto taking = take_for(i, happening);
        const auto taken = co_await std::move(taking);
        if (!taken) co_return Outcome::failed(taken.error().message);
    }
    co_return Outcome::delivered();
}

awaitable<result<void>> Alerts::take_for(std::size_t number, const alerts::Happening& happening)
{
    if (tally_.count(number, happening, parts_.clock.now())) co_return result<void>{};
    if (const auto counted = tally_.find(number, happening.subscription)) {
        auto before = co_await advance(number, counted->last, counted->times);
        if (!before) co_return before;
    }
    auto taken = co_await advance(number, happening, 1);
    co_return taken;
}

/// It is told first and kept then. When the hub ends between, it is told again, under the same id.
awaitable<result<void>> Alerts::advance(std::size_t number, const alerts::Happening& happening,
                                        std::uint32_t times)
{
    auto known = co_await incidents_.find(number, happening.subscription);
    if (!known) co_return known.error();
    const bool was_open = known->has_value();
    const auto& types = parts_.settings.alerts[number].on;
    auto step = alerts::advance(types, std::move(*known), happening, times);
    if (step.message) {
        auto telling = tell(number, std::move(*step.message));
        auto told = co_await std::move(telling);
        if (!told) co_return told;
    }
    result<void> kept;
    if (step.incident) kept = co_await incidents_.put(number, *step.incident);
    else if (was_open) kept = co_await incidents_.erase(number, happening.subscription);
    if (!kept) co_return kept;
    if (step.incident) tally_.wrote(number, *step.incident, parts_.clock.now());
    else tally_.ended(number, happening.subscription);
    co_return kept;
}

awaitable<result<void>> Alerts::tell(std::size_t number, alerts::Message message)
{
    const auto& alert = parts_.settings.alerts[number];
    const auto name = alert.way == Way::subscription ? alert.to : alert_subscription_name(number);
    const auto to = registry::named_subscription(parts_.tables, default_tenant(), name);
    if (!to)
        co_return Error{errc::not_found, "an alert names the subscription \"" + name
                                             + "\", and there is none of that name"};
    Event event;
    event.origin = Origin::hub;
    event.type = alerts::event_type;
    // The same told again, by another hub or after a restart, is a duplicate.
    event.external_id = alerts::id_of(message, number + 1);
    event.key = message.happening.subscription;
    event.content_type = "application/json";
    event.occurred_at = parts_.clock.now();
    const auto told = alerts::describe(message, number + 1, console_of(parts_.settings));
    event.payload = std::make_shared<const std::string>(json::serialize(told));
    intake::AcceptOptions options;
    options.only = to->id;
    const auto appended = co_await parts_.intake.accept(std::move(event), options);
    if (!appended) co_return appended.error();
    co_return result<void>{};
}

awaitable<result<void>> Alerts::write_counted()
{
    const auto counted = tally_.all();
    result<void> all_written;
    for (const auto& [alert, last, times] : counted) {
        auto written = co_await advance(alert, last, times);
        if (!written) all_written = written;
    }
    if (all_written) tally_.clear();
    co_return all_written;
}

awaitable<> Alerts::end_quiet()
{
    auto ending = end_all_quiet();
    const auto ended = co_await std::move(ending);
    if (!ended && !quiet_.is_stopped()) log::warn("alert.not_told", ended.error().message);
}

awaitable<result<void>> Alerts::end_all_quiet()
{
    const auto lock = co_await mutex_.lock();
    auto all_told = co_await write_counted();
    auto open = co_await incidents_.all();
    if (!open) co_return open.error();
    if (open->empty()) co_return all_told;
    const auto held_back = co_await incidents_.held_back();
    if (!held_back) co_return held_back.error();
    for (auto& [number, incident] : *open) {
        const bool is_held_back = held_back->contains(incident.last.subscription);
        if (!alerts::is_over(incident, is_held_back, parts_.clock.now())) continue;
        auto end_one = end(number, std::move(incident));
        auto ended = co_await std::move(end_one);
        if (!ended) all_told = ended;
    }
    co_return all_told;
}

/// One whom there is nobody to tell about ends as well.
awaitable<result<void>> Alerts::end(std::size_t number, alerts::Incident incident)
{
    result<void> told;
    if (number < parts_.settings.alerts.size()) {
        alerts::Message over{true, incident.last, incident.count};
        auto telling = tell(number, std::move(over));
        told = co_await std::move(telling);
        if (!told && told.error() != errc::not_found) co_return told;
    }
    auto erased = co_await incidents_.erase(number, incident.last.subscription);
    co_return told ? erased : told;
}

awaitable<Outcome> Alerts::mail(std::size_t number, const Event& event)
{
    const auto& settings = parts_.settings;
    auto sending = send_mail(server_of(settings.smtp),
                             make_mail(settings.smtp, settings.alerts[number].to, event));
    const auto sent = co_await on_executor(mail_thread_->get_executor(), std::move(sending));
    if (!sent) co_return Outcome::failed(sent.error().message);
    co_return Outcome::delivered();
}

}  // namespace katydid
