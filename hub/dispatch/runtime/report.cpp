#include "hub/dispatch/runtime/report.hpp"

#include "hub/core/subscription/subscription.hpp"
#include "hub/dispatch/scheduler/scheduler.hpp"
#include "hub/observe/log.hpp"
#include "hub/observe/metrics.hpp"
#include "hub/observe/tracer.hpp"

#include <chrono>

namespace katydid::dispatch {
namespace {

double seconds(milliseconds duration)
{
    return std::chrono::duration<double>(std::max(duration, milliseconds{0})).count();
}

log::Level level_of(DeliveryState state)
{
    if (state == DeliveryState::delivered) return log::routine();
    return state == DeliveryState::dead ? log::Level::warn : log::Level::info;
}

std::string_view event_name(DeliveryState state)
{
    if (state == DeliveryState::delivered) return "attempt.delivered";
    return state == DeliveryState::dead ? "attempt.dead" : "attempt.failed";
}

}  // namespace

void report_attempt(const Settle& settle, observe::Metrics* metrics)
{
    const auto& settlement = settle.settlement;
    if (!settlement.attempt) return;
    const auto& attempt = *settlement.attempt;
    if (metrics != nullptr) metrics->attempt_ended(attempt.outcome, seconds(attempt.duration));
    const auto level = level_of(settlement.state);
    if (!log::is_enabled(level)) return;
    const auto next = settlement.state == DeliveryState::scheduled ? to_rfc3339(settlement.due_at)
                                                                   : std::string{};
    log::write(
        level, event_name(settlement.state), "an attempt ended",
        {{"tenant", settlement.tenant.to_string()},
         {"subscription", settle.id.to_string()},
         {"name", settle.subscription ? settle.subscription->name : std::string{}},
         {"event_id", settle.event->id.to_string()},
         {"type", settle.event->type},
         {"trace", trace_of(settle.event->traceparent)},
         {"delivery", settlement.delivery.to_string()},
         {"attempt", attempt.number},
         {"outcome", to_text(attempt.outcome)},
         // Without an answer there is none.
         attempt.status == 0 ? log::Field{"status", ""} : log::Field{"status", attempt.status},
         {"duration_ms", attempt.duration.count()},
         {"error", attempt.error},
         {"state", to_text(settlement.state)},
         {"next", next}});
}

void trace_attempt(const Settle& settle, observe::Tracer& tracer)
{
    const auto& settlement = settle.settlement;
    if (!settlement.attempt || settle.event == nullptr) return;
    const auto stored = parse_traceparent(settle.event->traceparent);
    if (!stored || !stored->sampled) return;
    const auto& attempt = *settlement.attempt;
    observe::Span span;
    span.context = *stored;
    span.context.span = attempt_span(settlement.delivery, attempt.number);
    span.parent = stored->span;
    span.kind = observe::SpanKind::client;
    span.name = "attempt";
    span.end = attempt.started_at + attempt.duration;
    span.duration = attempt.duration;
    span.attributes = {{"katydid.tenant", settlement.tenant.to_string()},
                       {"katydid.event.id", settle.event->id.to_string()},
                       {"katydid.event.type", settle.event->type},
                       {"katydid.subscription.id", settle.id.to_string()},
                       {"katydid.delivery.id", settlement.delivery.to_string()},
                       {"katydid.delivery.state", std::string{to_text(settlement.state)}},
                       {"katydid.attempt", std::int64_t{attempt.number}},
                       {"katydid.outcome", std::string{to_text(attempt.outcome)}}};
    if (settle.subscription)
        span.attributes.emplace_back("katydid.subscription.name", settle.subscription->name);
    if (attempt.status != 0)
        span.attributes.emplace_back("http.response.status_code", std::int64_t{attempt.status});
    if (attempt.outcome != AttemptClass::success)
        span.error = attempt.error.empty() ? to_text(attempt.outcome) : attempt.error;
    tracer.record(std::move(span));
}

void report_start(observe::Metrics& metrics, const Item& item)
{
    if (item.work.delivery.attempts > 0) return;
    metrics.first_attempt_started(seconds(item.started.wall - item.work.event->received_at));
}

void report_settled(observe::Metrics& metrics, const Settle& settle)
{
    const auto& settlement = settle.settlement;
    if (!is_final(settlement.state)) return;
    metrics.delivery_ended(settlement.state, seconds(settlement.settled_at - settle.accepted_at));
}

void report_notice(const SubscriptionNotice& notice)
{
    // That a delivery is dead is said by the line of its last attempt.
    if (!notice.subscription || notice.kind == SubscriptionNotice::Kind::dead) return;
    const auto write = [&](log::Level level, std::string_view event, std::string_view sentence) {
        log::write(level, event, sentence,
                   {{"subscription", notice.subscription->id.to_string()},
                    {"name", notice.subscription->name},
                    {"reason", notice.reason}});
    };
    if (notice.kind == SubscriptionNotice::Kind::gone)
        write(log::Level::warn, "subscription.gone", "the receiver answered 410");
    else if (notice.kind == SubscriptionNotice::Kind::degraded)
        write(log::Level::warn, "subscription.degraded",
              "the breaker opened: what is for it waits");
    else write(log::Level::info, "subscription.recovered", "the breaker closed");
}

void Gauges::report(observe::Metrics& metrics, const Scheduler& scheduler)
{
    const auto change = [](double& known, double now) {
        const auto by = now - known;
        known = now;
        return by;
    };
    if (const auto by = change(in_flight_, scheduler.in_flight()); by != 0)
        metrics.attempts_in_flight_changed(by);
    if (const auto by = change(limit_, scheduler.shares().in_flight); by != 0)
        metrics.attempts_in_flight_max_changed(by);
    if (const auto by = change(breakers_open_, scheduler.breakers_open()); by != 0)
        metrics.breakers_open_changed(by);
    for (std::size_t lane = 0; lane < lane_count; ++lane) {
        const auto which = static_cast<Lane>(lane);
        const auto waiting = static_cast<double>(scheduler.waiting(which));
        if (const auto by = change(queued_[lane], waiting); by != 0)
            metrics.deliveries_queued_changed(which, by);
    }
}

}  // namespace katydid::dispatch
