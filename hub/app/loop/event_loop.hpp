// What one event loop does: receive, answer, deliver.
#pragma once

#include "handlers/coroutine/coroutine_handler.hpp"
#include "handlers/handler_table.hpp"
#include "handlers/stream/stream_handler.hpp"
#include "hub/api/api.hpp"
#include "hub/app/loop/http_observer.hpp"
#include "hub/app/services.hpp"
#include "hub/core/async/periodic.hpp"
#include "hub/dispatch/runtime/dispatcher.hpp"
#include "hub/http/server/server.hpp"
#include "hub/intake/operational_events.hpp"
#include "hub/receive/client_fetcher.hpp"
#include "hub/receive/receiver.hpp"
#include "hub/stream/audience.hpp"
#include "hub/stream/live_sessions.hpp"
#include "hub/stream/loop_owner.hpp"
#include "hub/transform/pool.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <memory>

namespace katydid {

/// Which of `count` loops owns a subscription (principle 4).
[[nodiscard]] std::size_t owner_index(SubscriptionId id, std::size_t count) noexcept;

/// The second half of an event loop: listener, receiver, API and dispatcher. What one subscription
/// needs lives on one loop, so nothing here takes a lock.
///
/// Lifetime: join the context before it goes. Thread safety: the constructor and listen() on the
/// hub's thread before the context runs or accepts, all else on the loop.
class EventLoop {
public:
    /// \param index  of this loop, from 0; the services live on the first one
    EventLoop(Resources& resources, LoopContext& context, Services& services, std::size_t index);
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    [[nodiscard]] asio::any_io_executor executor() { return context_.executor(); }
    [[nodiscard]] dispatch::Dispatcher& dispatcher() { return dispatcher_; }
    /// Of the streams that this loop owns.
    [[nodiscard]] stream::OwnerPtr stream_owner()
    {
        return std::make_shared<stream::LoopOwner>(executor(), *stream_);
    }
    [[nodiscard]] handlers::stream::StreamHandler& streams() { return *stream_; }

    /// Takes its part of the tenants' limits, which all hubs of one store share.
    void set_hubs(std::size_t index, std::size_t alive);

    /// Before run(). Throws Failure when the name is empty or taken.
    void add_coroutine(const std::string& name, handlers::CoroutineHandler::Function function);
    /// Binds, without accepting yet. Throws Failure.
    /// \param descriptor  a listening socket to take over instead; -1: none
    boost::asio::ip::tcp::endpoint listen(boost::asio::ip::tcp::endpoint endpoint,
                                          int descriptor = -1);
    /// Takes up what waits in the store. Throws Failure.
    awaitable<> start_dispatching();
    void start_accepting() { server_->start(); }
    /// No more requests, then no more attempts; results are written. The first one stops the
    /// services between.
    awaitable<> drain(Deadline deadline);

private:
    [[nodiscard]] dispatch::Dispatcher::Parts dispatcher_parts();
    void set_handlers();
    [[nodiscard]] stream::LiveSessions::Parts live_session_parts();
    [[nodiscard]] std::shared_ptr<handlers::Handler>
    shaped(std::shared_ptr<handlers::Handler> handler);
    [[nodiscard]] receive::Receiver::Parts receiver_parts();
    [[nodiscard]] http::LoadLimits load_limits();
    [[nodiscard]] std::chrono::nanoseconds turn_of(const http::Request& head);
    [[nodiscard]] dispatch::Dispatcher::Options dispatcher_options();
    [[nodiscard]] api::Context api_context();
    /// What the registry tells about changes.
    [[nodiscard]] registry::LoopBinding binding();
    void put_subscription(const SubscriptionPtr& subscription);
    void remove_subscription(SubscriptionId id);
    [[nodiscard]] std::optional<api::SignOn> sign_on() const;
    void add_console();
    void add_bridge();
    void add_alerts();
    void set_limits(const api::LimitValues& limits);
    /// Refuses a caller of the bridge whose key is not of that scope, or not of its tenant.
    [[nodiscard]] std::optional<http::Response> judge_bridge_caller(const http::Request& head,
                                                                    std::string_view scope);
    void limit(const registry::Tenant& tenant);
    /// How late this loop is, which everything on it feels, and how old its queues are.
    awaitable<void> measure();
    [[nodiscard]] std::uint32_t share_of_tenants_limit(std::uint32_t limit) const;
    void on_notice(const dispatch::SubscriptionNotice& notice);
    void disable(const SubscriptionPtr& subscription, std::string reason);
    /// The subscription with the delays of the settings where it names none itself.
    [[nodiscard]] SubscriptionPtr with_default_delays(const SubscriptionPtr& subscription) const;

    Resources& resources_;
    LoopContext& context_;
    Services& services_;
    const std::size_t index_;
    std::size_t hub_index_ = 0;  ///< of the hubs that share the store
    std::size_t hubs_ = 1;
    api::LimitValues limits_;
    boost::unordered_flat_map<TenantId, std::uint32_t, std::hash<TenantId>> tenant_limits_;
    transform::Pool transforms_;
    handlers::HandlerTable handlers_;
    std::shared_ptr<handlers::stream::StreamHandler> stream_;
    dispatch::Dispatcher dispatcher_;
    intake::OperationalEvents operational_;
    receive::ClientFetcher fetcher_;
    receive::Receiver receiver_;
    stream::LiveSessions live_sessions_;
    stream::Audience audience_;
    http::Router router_;
    std::shared_ptr<api::LoginThrottle> throttle_;  ///< of the API and the bridge
    http::RateTable<std::string> source_rates_;
    const api::HubReport report_;
    const api::BridgeView bridge_view_;
    HttpObserver observer_;
    Periodic measurements_;
    SteadyTime measure_due_{};  ///< epoch: before the first one
    std::unique_ptr<http::Server> server_;
};

}  // namespace katydid
