#include "hub/app/loop/event_loop.hpp"

#include "handlers/endpoint/endpoint_handler.hpp"
#include "handlers/shaping/shaping_handler.hpp"
#include "hub/api/access/access.hpp"
#include "hub/api/access/embed_tokens.hpp"
#include "hub/app/build.hpp"
#include "hub/app/report.hpp"
#include "hub/app/loop/told_deliveries.hpp"
#include "hub/app/transforms.hpp"
#include "hub/console/console.hpp"
#include "hub/core/subscription/subscription.hpp"
#include "hub/observe/log.hpp"
#include "hub/sso/sso.hpp"

namespace katydid {
namespace {

constexpr milliseconds measure_interval{500};
constexpr std::size_t sources_max = 10'000;  ///< whose rates are remembered

}  // namespace

std::size_t owner_index(SubscriptionId id, std::size_t count) noexcept
{
    return std::hash<SubscriptionId>{}(id) % count;
}

EventLoop::EventLoop(Resources& resources, LoopContext& context, Services& services,
                     std::size_t index)
    : resources_{resources},
      context_{context},
      services_{services},
      index_{index},
      limits_{limits_of(resources.settings)},
      transforms_{executor(), transform_options(resources.settings),
                  transform_observer(resources.metrics)},
      dispatcher_{dispatcher_parts(), dispatcher_options()},
      operational_{executor(), context.intake, resources.clock, resources.metrics},
      fetcher_{context.client},
      receiver_{receiver_parts()},
      live_sessions_{live_session_parts()},
      audience_{resources.happenings, executor()},
      throttle_{std::make_shared<api::LoginThrottle>(resources.settings.loops)},
      source_rates_{{static_cast<double>(resources.settings.callers.requests_per_second_source),
                     resources.settings.callers.requests_burst_source},
                    sources_max},
      report_{make_report(resources, context)},
      bridge_view_{view_of(services.bridge)},
      observer_{resources.metrics, resources.clock, resources.tracer.get()},
      measurements_{measure_interval, [this] { return measure(); }}
{
    set_handlers();
    receiver_.add_routes(router_, resources.settings.body_bytes_max);
    api::add_routes(router_, api_context());
    if (resources.settings.has_console) add_console();
    console::add_widget_routes(router_);
    add_bridge();
    add_alerts();
    resources.registry.add_loop(binding());
    services.limits.add_loop(executor(),
                             [this](const api::LimitValues& limits) { set_limits(limits); });
}

void EventLoop::set_handlers()
{
    const handlers::request::Writer::Parts writer{
        resources_.clock,
        [this](SubscriptionId id) { return context_.tables.subscription_keys(id); },
        [this](SubscriptionId id) { return context_.tables.subscription_signature(id); },
        resources_.tracer != nullptr};
    handlers::endpoint::EndpointHandler::Parts endpoint{context_.client, resources_.clock, writer,
                                                        &resources_.identities};
    handlers_.set_endpoint(
        shaped(std::make_shared<handlers::endpoint::EndpointHandler>(std::move(endpoint))));
    handlers::stream::StreamHandler::Parts stream{
        resources_.clock, writer, [this](SubscriptionId id) { dispatcher_.capacity_changed(id); },
        random_seed()};
    stream_ = std::make_shared<handlers::stream::StreamHandler>(std::move(stream));
    handlers_.set_stream(shaped(stream_));
}

/// Behind the transforms of subscriptions.
std::shared_ptr<handlers::Handler> EventLoop::shaped(std::shared_ptr<handlers::Handler> handler)
{
    return std::make_shared<handlers::shaping::ShapingHandler>(std::move(handler), transforms_);
}

void EventLoop::add_console()
{
    console::add_routes(router_, api_context());
    const auto& settings = resources_.settings.sign_on;
    if (settings && console::is_built_in())
        sso::add_routes(router_, api_context(), context_.client, *settings);
}

void EventLoop::add_bridge()
{
    auto& bridge = services_.bridge;
    bridge.add_routes(router_, [this](const http::Request& head, std::string_view scope) {
        return judge_bridge_caller(head, scope);
    });
    const api::EmbedTokens tokens{*resources_.vault, context_.tables, resources_.clock};
    bridge.add_embed_routes(router_, [tokens](const http::Request& head, std::string_view event) {
        return tokens.admit(head, "analytics", event);
    });
    add_coroutine(bridge::atlvs_subscription,
                  [&bridge](const Event& event) { return bridge.handle(event); });
}

void EventLoop::add_alerts()
{
    auto& alerts = services_.alerts;
    if (!alerts.is_needed()) return;
    add_coroutine(alerts_subscription,
                  [&alerts](const Event& event) { return alerts.notice(event); });
    const auto& all = resources_.settings.alerts;
    for (std::size_t i = 0; i < all.size(); ++i)
        if (all[i].way == config::AlertSettings::Way::mail)
            add_coroutine(alert_subscription_name(i),
                          [&alerts, i](const Event& event) { return alerts.mail(i, event); });
}

/// The platforms are the default tenant's: their variables are the hub's settings.
std::optional<http::Response> EventLoop::judge_bridge_caller(const http::Request& head,
                                                             std::string_view scope)
{
    auto access = throttle_->admit(head, context_.tables, resources_.clock, scope);
    if (auto* refusal = std::get_if<http::Response>(&access)) return std::move(*refusal);
    if (std::get<api::Caller>(access).tenant == default_tenant()) return std::nullopt;
    return http::Response::problem(404, "This key's tenant has no bridge.");
}

awaitable<void> EventLoop::measure()
{
    using Seconds = std::chrono::duration<double>;
    const auto late = SteadyTime::clock::now() - measure_due_;
    if (measure_due_ != SteadyTime{}) resources_.metrics.loop_lag(Seconds(late).count());
    const auto oldest = dispatcher_.scheduler().oldest_due();
    const auto now = resources_.clock.now();
    for (std::size_t lane = 0; lane < lane_count; ++lane) {
        const auto age = oldest[lane] ? Seconds(now - *oldest[lane]).count() : 0.0;
        resources_.metrics.queue_age(static_cast<Lane>(lane), index_, age);
    }
    tell_transform_workers(resources_.metrics, index_, transforms_.state());
    measure_due_ = SteadyTime::clock::now() + measure_interval;
    co_return;
}

void EventLoop::on_notice(const dispatch::SubscriptionNotice& notice)
{
    using Kind = dispatch::SubscriptionNotice::Kind;
    const auto what = notice.kind == Kind::degraded    ? "subscription.degraded"
                      : notice.kind == Kind::recovered ? "subscription.recovered"
                                                       : "delivery.dead";
    if (notice.kind == Kind::degraded && notice.subscription)
        services_.bridge.on_degraded(notice.subscription->id);
    operational_.publish({what, notice.subscription, notice.delivery, notice.event, notice.reason});
}

void EventLoop::disable(const SubscriptionPtr& subscription, std::string reason)
{
    log::warn("subscription.disabled", reason,
              {{"subscription", subscription->id.to_string()}, {"name", subscription->name}});
    operational_.publish({"subscription.disabled", subscription, {}, nullptr, reason});
    auto disabled = *subscription;
    disabled.status = SubscriptionStatus::disabled;
    disabled.status_reason = std::move(reason);
    auto change = resources_.registry.subscriptions.put(std::move(disabled), std::nullopt);
    asio::co_spawn(executor(), std::move(change), log::OnFailure{"subscription.not_disabled"});
}

SubscriptionPtr EventLoop::with_default_delays(const SubscriptionPtr& subscription) const
{
    const auto& delays = resources_.settings.retry_delays;
    if (delays.empty() || !subscription->retry.delays.empty()) return subscription;
    auto completed = *subscription;
    completed.retry.delays = delays;
    return std::make_shared<const Subscription>(std::move(completed));
}

registry::LoopBinding EventLoop::binding()
{
    return {executor(), &context_.tables,
            [this](const SubscriptionPtr& subscription) { put_subscription(subscription); },
            [this](SubscriptionId id) { remove_subscription(id); },
            [this](const registry::Tenant& tenant) { limit(tenant); }};
}

void EventLoop::put_subscription(const SubscriptionPtr& subscription)
{
    const bool is_owned = owner_index(subscription->id, resources_.settings.loops) == index_;
    if (is_owned) stream_->put_subscription(subscription);
    dispatcher_.put_subscription(with_default_delays(subscription));
}

void EventLoop::remove_subscription(SubscriptionId id)
{
    dispatcher_.remove_subscription(id);
    stream_->remove_subscription(id);
}

/// Every loop needs at least one of a limit, or the subscriptions it owns would never be served.
std::uint32_t EventLoop::share_of_tenants_limit(std::uint32_t limit) const
{
    const auto loops = std::size_t{resources_.settings.loops};
    const auto share = dispatch::share_of(limit, hub_index_ * loops + index_, hubs_ * loops);
    return std::max(share, 1U);
}

void EventLoop::set_limits(const api::LimitValues& limits)
{
    limits_ = limits;
    dispatcher_.set_shares({dispatch::share_of(limits.in_flight, index_, resources_.settings.loops),
                            share_of_tenants_limit(limits.tenant_in_flight)});
}

void EventLoop::limit(const registry::Tenant& tenant)
{
    if (tenant.in_flight == 0) tenant_limits_.erase(tenant.id);
    else tenant_limits_[tenant.id] = tenant.in_flight;
    const auto share = tenant.in_flight == 0 ? 0 : share_of_tenants_limit(tenant.in_flight);
    dispatcher_.set_tenant_share(tenant.id, share);
}

void EventLoop::set_hubs(std::size_t index, std::size_t alive)
{
    hub_index_ = index;
    hubs_ = alive;
    set_limits(limits_);
    for (const auto& [tenant, limit] : tenant_limits_)
        dispatcher_.set_tenant_share(tenant, share_of_tenants_limit(limit));
}

void EventLoop::add_coroutine(const std::string& name,
                              handlers::CoroutineHandler::Function function)
{
    auto handler = std::make_shared<handlers::CoroutineHandler>(std::move(function));
    handlers_.add(name, shaped(std::move(handler))).value();
}

http::LoadLimits EventLoop::load_limits()
{
    const auto& callers = resources_.settings.callers;
    http::LoadLimits limits;
    limits.connections_per_address = callers.connections_per_address;
    limits.requests_per_address = {static_cast<double>(callers.requests_per_second_address),
                                   callers.requests_burst_address};
    limits.uncounted = {http::parse_network("127.0.0.0/8").value(),
                        http::parse_network("::1/128").value()};
    for (const auto& network : resources_.settings.trusted_proxies)
        limits.uncounted.push_back(http::parse_network(network).value());
    // Bodies under way take 64 MB of the hub's memory at most, or a few of the largest; one address
    // a quarter of that.
    constexpr std::size_t hub_bytes = std::size_t{64} * 1024 * 1024;
    limits.body_bytes_max = std::max(hub_bytes / resources_.settings.loops,
                                     8 * resources_.settings.body_bytes_max);
    limits.body_bytes_per_address = limits.body_bytes_max / 4;
    limits.is_overloaded = [this] {
        return server_->requests_under_way() >= resources_.settings.callers.requests_under_way_max;
    };
    if (callers.requests_per_second_source > 0)
        limits.turn_of = [this](const http::Request& head) { return turn_of(head); };
    return limits;
}

/// The rate of a source, by whichever names the path has it.
std::chrono::nanoseconds EventLoop::turn_of(const http::Request& head)
{
    const auto source = head.parameter("source");
    if (source.empty() || !head.path.starts_with("/api/webhooks/")) return {};
    const auto known = receiver_.find_source(head);
    auto key = known ? known->source.id.to_string() : std::string{"unknown"};
    return source_rates_.take(key, std::chrono::steady_clock::now());
}

boost::asio::ip::tcp::endpoint EventLoop::listen(boost::asio::ip::tcp::endpoint endpoint,
                                                 int descriptor)
{
    http::ServerOptions options;
    options.listen_descriptor = descriptor;
    options.load = load_limits();
    options.connections_max = connections_of_loop(resources_.settings);
    options.reuse_port = resources_.settings.loops > 1;
    options.tls = resources_.server_tls;
    server_ = std::make_unique<http::Server>(executor(), endpoint, router_, options, &observer_);
    return server_->local_endpoint();
}

awaitable<> EventLoop::start_dispatching()
{
    const auto started = co_await dispatcher_.start();
    started.value();
    asio::co_spawn(executor(), measurements_.run(), log::OnFailure{"loop.probe"});
    asio::co_spawn(executor(), live_sessions_.run(), log::OnFailure{"sessions.ended"});
}

awaitable<> EventLoop::drain(Deadline deadline)
{
    live_sessions_.drain();
    if (index_ == 0) services_.peers.stop_serving();
    const auto grace = SteadyTime::clock::now() + 2 * stream::LiveSessions::drain_grace;
    if (server_) co_await server_->drain(deadline);
    co_await stream_->drain(std::min(grace, deadline.at));
    if (index_ == 0) services_.stop();
    co_await dispatcher_.drain(deadline);
    co_await transforms_.stop();
    measurements_.stop();
    context_.client.close();
}

}  // namespace katydid
