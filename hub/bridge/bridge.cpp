#include "hub/bridge/bridge.hpp"

#include "hub/bridge/bridge_impl.hpp"
#include "hub/core/subscription/subscription.hpp"
#include "hub/observe/log.hpp"
#include "hub/registry/subscription_matcher.hpp"

#include <boost/asio/post.hpp>

namespace katydid::bridge {
namespace {

constexpr std::size_t answer_bytes_max = 4UL * 1024 * 1024;

http::ClientOptions with_large_answers(http::ClientOptions options)
{
    options.body_bytes_max = answer_bytes_max;
    return options;
}

}  // namespace

Bridge::Impl::Impl(Parts p, Options o)
    : parts{std::move(p)},
      options{std::move(o)},
      client{parts.executor, parts.egress, with_large_answers(parts.client)},
      atlvs{{client, parts.clock, Platform::atlvs, options.atlvs.url, options.atlvs.key,
             [this](bool reached) { atlvs_health.note(reached); }}},
      grasshopper{{client, parts.clock, Platform::grasshopper, options.grasshopper.url,
                   options.grasshopper.key,
                   [this](bool reached) { grasshopper_health.note(reached); }}},
      atlvs_health{atlvs, parts.clock, options.health_interval,
                   [this] { parts.on_receiver_up(subscription_id()); }},
      grasshopper_health{grasshopper, parts.clock, options.health_interval, [] {}},
      operations{parts.store, [this] { return subscription_id(); }},
      reader{parts.clock,
             parts.privacy,
             {options.wait, options.timeout, options.fresh_max},
             changed_since()},
      forwarder{forwarder_parts()},
      writer{writer_parts()},
      analytics{parts.store, parts.clock,
                [this](std::string event_id) { return read_analytics(std::move(event_id)); }}
{}

Forwarder::Parts Bridge::Impl::forwarder_parts()
{
    return {atlvs,
            pending,
            parts.privacy.atlvs(),
            parts.clock,
            options.timeout,
            [this](Event event) { return publish(std::move(event)); },
            [this] { atlvs_health.note_sync(); }};
}

Writer::Parts Bridge::Impl::writer_parts()
{
    return {parts.store,
            parts.intake,
            parts.ids,
            parts.clock,
            pending,
            operations,
            parts.privacy.grasshopper(),
            [this] { return parts.state_of(subscription_id()); },
            [this] { return is_active(); },
            options.wait,
            options.remembered};
}

SubscriptionId Bridge::Impl::subscription_id() const
{
    const auto found = parts.tables.subscription_by_name(default_tenant(), atlvs_subscription);
    return found ? found->id : SubscriptionId{};
}

bool Bridge::Impl::is_active() const
{
    const auto found = parts.tables.subscription_by_name(default_tenant(), atlvs_subscription);
    return found && found->status == SubscriptionStatus::active;
}

void Bridge::Impl::drop_for(const Event& event)
{
    for (const auto& rule : cache_rules())
        if (rule.source == event.source && registry::covers(rule.types, event.type))
            reader.drop(rule.tag);
}

awaitable<void> Bridge::Impl::drop_answers(const Event& event)
{
    drop_for(event);
    co_return;
}

Reader::ChangedSince Bridge::Impl::changed_since()
{
    if (!options.is_store_shared) return {};
    return [this](std::string_view tag, Timestamp since) { return was_changed(tag, since); };
}

awaitable<bool> Bridge::Impl::was_changed(std::string_view tag, Timestamp since)
{
    for (const auto& rule : cache_rules()) {
        if (rule.tag != tag) continue;
        store::EventQuery query;
        query.source = rule.source;
        query.type = rule.types;
        query.since = since;
        query.limit = 1;
        const auto rows = co_await parts.store.events(std::move(query));
        if (!rows || !rows->empty()) co_return true;
    }
    co_return false;
}

awaitable<result<void>> Bridge::Impl::publish(Event event)
{
    drop_for(event);
    const auto type = event.type;
    const auto appended = co_await parts.intake.accept(std::move(event));
    if (appended) co_return result<void>{};
    if (appended.error() != errc::invalid_argument) co_return appended.error();
    // The tenant's schemas refuse what ATLVS answered. The write is done all the same.
    log::warn("bridge.result_refused", appended.error().message, {{"type", type}});
    co_return result<void>{};
}

Bridge::Bridge(Parts parts, Options options)
    : impl_{std::make_unique<Impl>(std::move(parts), std::move(options))}
{}

Bridge::~Bridge() = default;

awaitable<Outcome> Bridge::handle(const Event& event)
{
    return impl_->on_loop(impl_->forwarder.forward(event));
}

awaitable<void> Bridge::before_append(const Event& event)
{
    return impl_->on_loop(impl_->drop_answers(event));
}

void Bridge::on_degraded(SubscriptionId id)
{
    asio::post(impl_->parts.executor, [impl = impl_.get(), id] {
        if (id == impl->subscription_id()) impl->pending.release_all();
    });
}

void Bridge::start()
{
    for (auto* health : {&impl_->atlvs_health, &impl_->grasshopper_health})
        asio::co_spawn(impl_->parts.executor, health->run(),
                       log::OnFailure{"bridge.health_failed"});
}

void Bridge::stop()
{
    impl_->atlvs_health.stop();
    impl_->grasshopper_health.stop();
    impl_->client.close();
}

Subscription make_subscription(milliseconds timeout, std::vector<milliseconds> delays)
{
    using namespace std::chrono_literals;
    if (delays.empty()) {
        delays = {1s, 2s, 5s, 10s, 30s, 1min, 2min, 5min, 10min, 15min, 30min};
        for (int hour = 1; hour < 72; ++hour) delays.push_back(1h);
    }
    Subscription made;
    made.name = atlvs_subscription;
    made.sources = {std::string{bridge_source}};
    made.event_types = {"bridge.*"};
    made.handler.kind = HandlerKind::coroutine;
    made.limits.ordering = Ordering::key;
    made.retry.delays = std::move(delays);
    made.timeout = timeout + 1s;  // the bridge's own deadline comes first
    made.read_only = true;
    return made;
}

}  // namespace katydid::bridge
