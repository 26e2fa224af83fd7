#include "hub/event_loop.hpp"

#include "handlers/endpoint/endpoint_handler.hpp"
#include "hub/api/protocol/access.hpp"
#include "hub/api/api.hpp"
#include "hub/core/on_executor.hpp"
#include "hub/from_settings.hpp"
#include "hub/hub_limits.hpp"
#include "hub/observe/log.hpp"

namespace katydid {
namespace {

constexpr milliseconds probe_interval{500};
constexpr milliseconds denied_log_interval{100};
constexpr std::size_t sources_max = 10'000;  ///< whose rates are remembered

http::ClientOptions client_options(const Shared& shared)
{
    http::ClientOptions options;
    options.tls = shared.client_tls;
    options.dns_ttl = shared.settings.egress_dns_ttl;
    if (const auto& proxy = shared.settings.egress_proxy; !proxy.empty())
        options.proxy = http::EgressPolicy::parse_url(proxy).value();
    // What a tenant is told names no address; the operator may want to know which one it was.
    options.on_denied = [next = SteadyTime{}](const http::Url& url, const auto& address,
                                              const Error& why) mutable {
        const auto now = std::chrono::steady_clock::now();
        if (now < next) return;
        next = now + denied_log_interval;
        log::warn("egress.denied", why.message,
                  {{"host", url.host}, {"port", url.port}, {"address", address.to_string()}});
    };
    return options;
}

}  // namespace

std::size_t owner_index(SubscriptionId id, std::size_t count) noexcept
{
    return std::hash<SubscriptionId>{}(id) % count;
}

EventLoop::EventLoop(Shared& shared, std::size_t index)
    : shared_{shared},
      index_{index},
      limits_{shared.settings.in_flight_max, shared.settings.tenant_in_flight_limit()},
      guard_{io_.get_executor()},
      ids_{shared.clock, random_seed()},
      client_{io_.get_executor(), shared.egress, client_options(shared)},
      dispatcher_{
          std::make_unique<dispatch::Dispatcher>(dispatcher_parts(), dispatcher_options(index))},
      intake_{shared.store, tables_, ids_, shared.clock, shared.metrics, shared.tracer},
      operational_{io_.get_executor(), intake_, shared.clock, shared.metrics},
      fetcher_{client_},
      receiver_{receiver_parts()},
      throttle_{std::make_shared<api::LoginThrottle>(shared.settings.loops)},
      source_rates_{{static_cast<double>(shared.settings.callers.requests_per_second_source),
                     shared.settings.callers.requests_burst_source},
                    sources_max},
      observer_{shared.metrics, shared.clock, shared.tracer},
      probe_{io_.get_executor(), probe_interval, [this](double lag) { measure(lag); }}
{
    if (shared.replay_jobs == nullptr) {
        replay_jobs_ = std::make_unique<jobs::ReplayJobs>(
            executor(), shared.store, shared.clock, random_seed(), jobs::ReplayJobs::Options{});
        shared.replay_jobs = replay_jobs_.get();
    }
    handlers::endpoint::EndpointHandler::Parts parts{
        client_, shared.clock, [this](SubscriptionId id) { return tables_.subscription_keys(id); },
        [this](SubscriptionId id) { return tables_.subscription_signature(id); },
        &shared.identities, shared.tracer != nullptr};
    handlers_.set_endpoint(std::make_shared<handlers::endpoint::EndpointHandler>(std::move(parts)));
    receiver_.add_routes(router_, shared.settings.body_bytes_max);
    api::Context context{shared.store,
                         shared.registry,
                         tables_,
                         intake_,
                         shared.egress,
                         shared.clock,
                         [this](SubscriptionId id) { return state_of(id); }};
    context.hub_limits = [this] { return shared_.limits->current(); };
    context.change_hub_limits = [this](api::HubLimitsChange change) {
        return shared_.limits->change(change);
    };
    context.replay_jobs = shared.replay_jobs;
    context.receiver = &receiver_;
    context.vault = &shared.vault;
    context.identities = &shared.identities;
    context.throttle = throttle_;
    context.asks_for_certificates = !shared.settings.tls.client_ca_file.empty();
    intake_.set_bell(*shared.bell);
    api::add_routes(router_, context);
    make_bridge();
}

void EventLoop::make_bridge()
{
    if (shared_.bridge == nullptr) {
        bridge::Bridge::Parts parts{executor(),
                                    shared_.clock,
                                    shared_.store,
                                    tables_,
                                    intake_,
                                    ids_,
                                    shared_.privacy,
                                    shared_.egress,
                                    client_options(shared_),
                                    [this](SubscriptionId id) { return state_of(id); }};
        bridge_ = std::make_unique<bridge::Bridge>(std::move(parts),
                                                   bridge_options(shared_.settings));
        shared_.bridge = bridge_.get();
    }
    auto* bridge = shared_.bridge;
    bridge->add_routes(router_, [this](const http::Request& head, std::string_view scope) {
        return judge_bridge_caller(head, scope);
    });
    add_coroutine(bridge::atlvs_subscription,
                  [bridge](const Event& event) { return bridge->handle(event); });
}

/// The platforms are the default tenant's: their variables are the hub's settings.
std::optional<http::Response> EventLoop::judge_bridge_caller(const http::Request& head,
                                                             std::string_view scope)
{
    auto access = throttle_->admit(head, tables_, shared_.clock, scope);
    if (auto* refusal = std::get_if<http::Response>(&access)) return std::move(*refusal);
    if (std::get<api::Caller>(access).tenant == default_tenant()) return std::nullopt;
    return http::Response::problem(404, "This key's tenant has no bridge.");
}

receive::Receiver::Parts EventLoop::receiver_parts()
{
    receive::Receiver::Parts parts{tables_,       shared_.registry, intake_,       shared_.store,
                                   shared_.vault, fetcher_,         shared_.clock, shared_.metrics};
    for (const auto& network : shared_.settings.trusted_proxies)
        parts.trusted_proxies.push_back(http::parse_network(network).value());
    parts.ca_file = shared_.settings.egress_ca_file;
    parts.privacy = &shared_.privacy;
    if (has_bridge(shared_.settings))
        parts.before_append = [this](const Event& event) {
            return shared_.bridge->before_append(event);
        };
    return parts;
}

EventLoop::~EventLoop() { join(); }

dispatch::Dispatcher::Parts EventLoop::dispatcher_parts()
{
    return {io_.get_executor(), shared_.clock, shared_.store,
            [this](const Subscription& subscription) { return handlers_.find(subscription); },
            &shared_.metrics, shared_.tracer};
}

dispatch::Dispatcher::Options EventLoop::dispatcher_options(std::size_t index)
{
    const auto loops = shared_.settings.loops;
    dispatch::Dispatcher::Options options;
    options.scheduler.shares = {dispatch::share_of(limits_.in_flight, index, loops),
                                share_of_tenants_limit(limits_.tenant_in_flight)};
    options.scheduler.seed = random_seed();
    options.scheduler.breaker.open_min = shared_.settings.breaker_open;
    options.owns = [index, loops](SubscriptionId id) { return owner_index(id, loops) == index; };
    options.on_gone = [this](const SubscriptionPtr& subscription, std::string reason) {
        disable(subscription, std::move(reason));
    };
    options.on_notice = [this](const dispatch::SubscriptionNotice& notice) { on_notice(notice); };
    return options;
}

void EventLoop::measure(double lag_seconds)
{
    shared_.metrics.loop_lag(lag_seconds);
    const auto oldest = dispatcher_->scheduler().oldest_due();
    const auto now = shared_.clock.now();
    for (std::size_t lane = 0; lane < lane_count; ++lane) {
        const auto age = oldest[lane] ? std::chrono::duration<double>(now - *oldest[lane]).count()
                                      : 0.0;
        shared_.metrics.queue_age(static_cast<Lane>(lane), index_, age);
    }
}

void EventLoop::on_notice(const dispatch::SubscriptionNotice& notice)
{
    using Kind = dispatch::SubscriptionNotice::Kind;
    const auto what = notice.kind == Kind::degraded    ? "subscription.degraded"
                      : notice.kind == Kind::recovered ? "subscription.recovered"
                                                       : "delivery.dead";
    if (notice.kind == Kind::degraded && shared_.bridge != nullptr && notice.subscription)
        shared_.bridge->on_degraded(notice.subscription->id);
    operational_.publish({what, notice.subscription, notice.delivery, notice.event, notice.reason});
}

awaitable<SubscriptionState> EventLoop::state_of(SubscriptionId id)
{
    auto* owner = shared_.loops[owner_index(id, shared_.loops.size())];
    auto ask = [owner, id]() -> awaitable<SubscriptionState> {
        co_return owner->dispatcher().state_of(id);
    };
    auto state = co_await on_executor(owner->executor(), std::move(ask));
    co_return state;
}

void EventLoop::disable(const SubscriptionPtr& subscription, std::string reason)
{
    log::warn("subscription.disabled", reason,
              {{"subscription", subscription->id.to_string()}, {"name", subscription->name}});
    operational_.publish({"subscription.disabled", subscription, {}, nullptr, reason});
    auto disabled = *subscription;
    disabled.status = SubscriptionStatus::disabled;
    disabled.status_reason = std::move(reason);
    auto change = shared_.registry.put_subscription(std::move(disabled), std::nullopt);
    const auto log_end = [](std::exception_ptr exception, const result<SubscriptionPtr>& put) {
        if (exception) log::error("subscription.not_disabled", describe(exception));
        else if (!put) log::error("subscription.not_disabled", put.error().message);
    };
    asio::co_spawn(executor(), std::move(change), log_end);
}

SubscriptionPtr EventLoop::with_default_delays(const SubscriptionPtr& subscription) const
{
    const auto& delays = shared_.settings.retry_delays;
    if (delays.empty() || !subscription->retry.delays.empty()) return subscription;
    auto completed = *subscription;
    completed.retry.delays = delays;
    return std::make_shared<const Subscription>(std::move(completed));
}

registry::Seat EventLoop::seat()
{
    return {executor(), &tables_,
            [this](const SubscriptionPtr& subscription) {
                dispatcher_->put_subscription(with_default_delays(subscription));
            },
            [this](SubscriptionId id) { dispatcher_->remove_subscription(id); },
            [this](const registry::Tenant& tenant) { limit(tenant); }};
}

/// Every loop needs at least one of a limit, or the subscriptions it owns would never be served.
std::uint32_t EventLoop::share_of_tenants_limit(std::uint32_t limit) const
{
    const auto loops = std::size_t{shared_.settings.loops};
    const auto share = dispatch::share_of(limit, hub_index_ * loops + index_, hubs_ * loops);
    return std::max(share, 1U);
}

void EventLoop::set_limits(const api::HubLimits& limits)
{
    limits_ = limits;
    dispatcher_->set_shares({dispatch::share_of(limits.in_flight, index_, shared_.settings.loops),
                             share_of_tenants_limit(limits.tenant_in_flight)});
}

void EventLoop::limit(const registry::Tenant& tenant)
{
    if (tenant.in_flight == 0) tenant_limits_.erase(tenant.id);
    else tenant_limits_[tenant.id] = tenant.in_flight;
    const auto share = tenant.in_flight == 0 ? 0 : share_of_tenants_limit(tenant.in_flight);
    dispatcher_->set_tenant_share(tenant.id, share);
}

void EventLoop::set_hubs(std::size_t index, std::size_t alive)
{
    hub_index_ = index;
    hubs_ = alive;
    shared_.bell->set_shared(alive > 1);
    set_limits(limits_);
    for (const auto& [tenant, limit] : tenant_limits_)
        dispatcher_->set_tenant_share(tenant, share_of_tenants_limit(limit));
}

void EventLoop::add_coroutine(const std::string& name,
                              handlers::CoroutineHandler::Function function)
{
    handlers_.add(name, std::make_shared<handlers::CoroutineHandler>(std::move(function))).value();
}

void EventLoop::run()
{
    thread_ = std::thread{[this] { io_.run(); }};
}

http::LoadLimits EventLoop::load_limits()
{
    const auto& callers = shared_.settings.callers;
    http::LoadLimits limits;
    limits.connections_per_address = callers.connections_per_address;
    limits.requests_per_address = {static_cast<double>(callers.requests_per_second_address),
                                   callers.requests_burst_address};
    limits.uncounted = {http::parse_network("127.0.0.0/8").value(),
                        http::parse_network("::1/128").value()};
    for (const auto& network : shared_.settings.trusted_proxies)
        limits.uncounted.push_back(http::parse_network(network).value());
    // Bodies under way take 64 MB of the hub's memory at most, or a few of the largest; one address
    // a quarter of that.
    constexpr std::size_t hub_bytes = std::size_t{64} * 1024 * 1024;
    limits.body_bytes_max = std::max(hub_bytes / shared_.settings.loops,
                                     8 * shared_.settings.body_bytes_max);
    limits.body_bytes_per_address = limits.body_bytes_max / 4;
    limits.is_overloaded = [this] {
        return server_->requests_under_way() >= shared_.settings.callers.requests_under_way_max;
    };
    if (callers.requests_per_second_source > 0)
        limits.turn_of = [this](const http::Request& head) { return turn_of(head); };
    return limits;
}

/// The rate of a source, by its name in the path.
std::chrono::nanoseconds EventLoop::turn_of(const http::Request& head)
{
    const auto source = head.parameter("source");
    if (source.empty() || !head.path.starts_with("/api/webhooks/")) return {};
    std::string key{head.parameter("tenant")};
    key.append("/").append(source);
    return source_rates_.take(key, std::chrono::steady_clock::now());
}

boost::asio::ip::tcp::endpoint EventLoop::listen(boost::asio::ip::tcp::endpoint endpoint,
                                                 int descriptor)
{
    http::ServerOptions options;
    options.listen_descriptor = descriptor;
    options.load = load_limits();
    options.connections_max = std::max<std::size_t>(1, shared_.settings.connections_max
                                                           / shared_.settings.loops);
    options.reuse_port = shared_.settings.loops > 1;
    options.tls = shared_.server_tls;
    server_ = std::make_unique<http::Server>(executor(), endpoint, router_, options,
                                             &observer_);
    return server_->local_endpoint();
}

awaitable<> EventLoop::start_dispatching()
{
    const auto started = co_await dispatcher_->start();
    started.value();
    asio::co_spawn(executor(), probe_.run(), [](std::exception_ptr failure) {
        if (failure) log::error("loop.probe", describe(failure));
    });
}

awaitable<> EventLoop::start_accepting()
{
    server_->start();
    if (bridge_) bridge_->start();
    co_return;
}

awaitable<> EventLoop::drain(Deadline deadline)
{
    if (server_) co_await server_->drain(deadline);
    if (replay_jobs_) replay_jobs_->stop();
    if (bridge_) bridge_->stop();
    co_await dispatcher_->drain(deadline);
    probe_.stop();
    client_.close();
}

void EventLoop::join()
{
    guard_.reset();
    if (thread_.joinable()) thread_.join();
}

}  // namespace katydid
