#include "hub/event_loop.hpp"

#include "handlers/endpoint/endpoint_handler.hpp"
#include "hub/api/api.hpp"
#include "hub/observe/log.hpp"

namespace katydid {
namespace {

http::ClientOptions client_options(const Shared& shared)
{
    http::ClientOptions options;
    options.tls = shared.client_tls;
    return options;
}

}  // namespace

/// Counts what the public listener sees.
class EventLoop::Observer final : public http::ServerObserver {
public:
    explicit Observer(observe::Metrics& metrics) : metrics_{metrics} {}

    void on_open(const http::Peer&) override { metrics_.connection_opened(); }
    void on_close(const http::Peer&) override { metrics_.connection_closed(); }

    void on_response(const http::Request& request, std::string_view pattern, unsigned status,
                     std::chrono::nanoseconds duration) override
    {
        if (!log::is_enabled(log::Level::debug)) return;
        log::debug("request", "answered",
                   {{"method", request.method},
                    {"route", pattern},
                    {"status", status},
                    {"microseconds",
                     std::chrono::duration_cast<std::chrono::microseconds>(duration).count()},
                    {"peer", request.peer.address.to_string()}});
    }

    void on_refused(const http::Peer& peer, unsigned status, std::string_view why) override
    {
        metrics_.request_refused(status);
        log::debug("request.refused", why,
                   {{"status", status}, {"peer", peer.address.to_string()}});
    }

    void on_exception(const http::Request& request, std::string_view what) override
    {
        log::error("request.failed", what, {{"method", request.method}, {"path", request.path}});
    }

private:
    observe::Metrics& metrics_;
};

std::size_t owner_index(SubscriptionId id, std::size_t count) noexcept
{
    return std::hash<SubscriptionId>{}(id) % count;
}

EventLoop::EventLoop(Shared& shared, std::size_t index)
    : shared_{shared},
      guard_{io_.get_executor()},
      ids_{shared.clock, random_seed()},
      client_{io_.get_executor(), shared.egress, client_options(shared)},
      dispatcher_{
          std::make_unique<dispatch::Dispatcher>(dispatcher_parts(), dispatcher_options(index))},
      intake_{shared.store, tables_, ids_, shared.clock, shared.metrics},
      receiver_{tables_, intake_, shared.store, shared.clock, shared.metrics},
      observer_{std::make_unique<Observer>(shared.metrics)}
{
    handlers::endpoint::EndpointHandler::Parts parts{
        client_, shared.clock, [this](SubscriptionId id) { return tables_.subscription_keys(id); }};
    handlers_.set_endpoint(std::make_shared<handlers::endpoint::EndpointHandler>(std::move(parts)));
    receiver_.add_routes(router_, shared.settings.body_bytes_max);
    api::add_routes(router_,
                    {shared.store, shared.registry, tables_, intake_, shared.egress, shared.clock});
}

EventLoop::~EventLoop() { join(); }

dispatch::Dispatcher::Parts EventLoop::dispatcher_parts()
{
    return {io_.get_executor(), shared_.clock, shared_.store,
            [this](const Subscription& subscription) { return handlers_.find(subscription); },
            &shared_.metrics};
}

dispatch::Dispatcher::Options EventLoop::dispatcher_options(std::size_t index)
{
    const auto loops = shared_.settings.loops;
    const auto share = std::max(1U, shared_.settings.in_flight_max / loops);
    dispatch::Dispatcher::Options options;
    options.scheduler.shares = {share, share};
    options.scheduler.seed = random_seed();
    options.scheduler.breaker.open_min = shared_.settings.breaker_open;
    options.owns = [index, loops](SubscriptionId id) { return owner_index(id, loops) == index; };
    options.on_gone = [this](const SubscriptionPtr& subscription, std::string reason) {
        disable(subscription, std::move(reason));
    };
    return options;
}

void EventLoop::disable(const SubscriptionPtr& subscription, std::string reason)
{
    log::warn("subscription.disabled", reason,
              {{"subscription", subscription->id.to_string()}, {"name", subscription->name}});
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
            [this](SubscriptionId id) { dispatcher_->remove_subscription(id); }};
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

boost::asio::ip::tcp::endpoint EventLoop::listen(boost::asio::ip::tcp::endpoint endpoint)
{
    http::ServerOptions options;
    options.connections_max = std::max<std::size_t>(1, shared_.settings.connections_max
                                                           / shared_.settings.loops);
    options.reuse_port = shared_.settings.loops > 1;
    options.tls = shared_.server_tls;
    server_ = std::make_unique<http::Server>(executor(), endpoint, router_, options,
                                             observer_.get());
    return server_->local_endpoint();
}

awaitable<> EventLoop::start_dispatching()
{
    const auto started = co_await dispatcher_->start();
    started.value();
}

awaitable<> EventLoop::start_accepting()
{
    server_->start();
    co_return;
}

awaitable<> EventLoop::drain(Deadline deadline)
{
    if (server_) co_await server_->drain(deadline);
    co_await dispatcher_->drain(deadline);
    client_.close();
}

void EventLoop::join()
{
    guard_.reset();
    if (thread_.joinable()) thread_.join();
}

}  // namespace katydid
