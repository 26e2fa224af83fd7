// One event loop with everything that lives on it.
#pragma once

#include "certs/tls.hpp"
#include "handlers/coroutine/coroutine_handler.hpp"
#include "handlers/handler_table.hpp"
#include "hub/api/api.hpp"
#include "hub/bridge/bridge.hpp"
#include "hub/config/settings.hpp"
#include "hub/dispatch/runtime/dispatcher.hpp"
#include "hub/http/client/client.hpp"
#include "hub/http/client/identities.hpp"
#include "hub/http/server/server.hpp"
#include "hub/http_observer.hpp"
#include "hub/intake/event_bell.hpp"
#include "hub/intake/intake.hpp"
#include "hub/intake/operational_events.hpp"
#include "hub/jobs/replay_jobs.hpp"
#include "hub/observe/loop_probe.hpp"
#include "hub/observe/metrics.hpp"
#include "hub/receive/client_fetcher.hpp"
#include "hub/receive/receiver.hpp"
#include "hub/registry/registry.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include <memory>
#include <optional>
#include <thread>

namespace katydid {

class EventLoop;
class HubLimits;

/// What all loops of a hub share. It outlives them.
struct Shared {
    const config::Settings& settings;
    const Clock& clock;
    store::Store& store;
    registry::Registry& registry;
    observe::Metrics& metrics;
    http::EgressPolicy egress;
    std::shared_ptr<certs::ServerTls> server_tls;
    std::shared_ptr<certs::ClientTls> client_tls;
    const signing::Vault& vault;
    http::Identities identities{};            ///< complete before the first loop runs
    std::vector<EventLoop*> loops{};          ///< all of them, complete before the first one runs
    std::unique_ptr<intake::EventBell> bell = std::make_unique<intake::EventBell>();
    HubLimits* limits = nullptr;              ///< null: they do not change
    jobs::ReplayJobs* replay_jobs = nullptr;  ///< they live on the first loop
    observe::Tracer* tracer = nullptr;        ///< null: nothing is traced
    bridge::Bridge* bridge = nullptr;         ///< likewise
    privacy::PrivacyTables privacy{};         ///< complete before the first loop is made
};

/// Which of `count` loops owns a subscription (principle 4).
[[nodiscard]] std::size_t owner_index(SubscriptionId id, std::size_t count) noexcept;

/// A thread with its own listener, tables, intake and dispatcher: what one subscription needs
/// lives on one loop, so nothing here takes a lock.
///
/// Thread safety: the constructor, run(), listen() and join() on the hub's thread, all else on
/// the loop.
class EventLoop {
public:
    /// \param index  of this loop, from 0
    EventLoop(Shared& shared, std::size_t index);
    ~EventLoop();
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    [[nodiscard]] asio::any_io_executor executor() { return io_.get_executor(); }
    /// What the registry tells about changes.
    [[nodiscard]] registry::Seat seat();
    [[nodiscard]] dispatch::Dispatcher& dispatcher() { return *dispatcher_; }

    /// Takes its part of the hub's limits.
    void set_limits(const api::HubLimits& limits);
    /// Takes its part of the tenants' limits, which all hubs of one store share.
    void set_hubs(std::size_t index, std::size_t alive);

    /// Before run(). Throws Failure when the name is empty or taken.
    void add_coroutine(const std::string& name, handlers::CoroutineHandler::Function function);
    /// Starts the thread.
    void run();
    /// Binds, without accepting yet. Throws Failure.
    /// \param descriptor  a listening socket to take over instead; -1: none
    boost::asio::ip::tcp::endpoint listen(boost::asio::ip::tcp::endpoint endpoint,
                                          int descriptor = -1);
    /// Takes up what waits in the store. Throws Failure.
    awaitable<> start_dispatching();
    awaitable<> start_accepting();
    /// No more requests, then no more attempts; results are written.
    awaitable<> drain(Deadline deadline);
    /// Lets the thread end when nothing is left to do, and waits for it. May be called twice.
    void join();

private:
    [[nodiscard]] dispatch::Dispatcher::Parts dispatcher_parts();
    [[nodiscard]] receive::Receiver::Parts receiver_parts();
    [[nodiscard]] http::LoadLimits load_limits();
    [[nodiscard]] std::chrono::nanoseconds turn_of(const http::Request& head);
    [[nodiscard]] dispatch::Dispatcher::Options dispatcher_options(std::size_t index);
    void make_bridge();
    /// Refuses a caller of the bridge whose key is not of that scope, or not of its tenant.
    [[nodiscard]] std::optional<http::Response> judge_bridge_caller(const http::Request& head,
                                                                    std::string_view scope);
    void limit(const registry::Tenant& tenant);
    /// What is looked at now and then: how late this loop is, and how old its queues are.
    void measure(double lag_seconds);
    [[nodiscard]] std::uint32_t share_of_tenants_limit(std::uint32_t limit) const;
    void on_notice(const dispatch::SubscriptionNotice& notice);
    void disable(const SubscriptionPtr& subscription, std::string reason);
    /// Asks the loop that owns a subscription how it is doing.
    awaitable<SubscriptionState> state_of(SubscriptionId id);
    /// The subscription with the delays of the settings where it names none itself.
    [[nodiscard]] SubscriptionPtr with_default_delays(const SubscriptionPtr& subscription) const;

    Shared& shared_;
    const std::size_t index_;
    std::size_t hub_index_ = 0;  ///< of the hubs that share the store
    std::size_t hubs_ = 1;
    api::HubLimits limits_;
    boost::unordered_flat_map<TenantId, std::uint32_t, std::hash<TenantId>> tenant_limits_;
    asio::io_context io_{1};
    std::optional<asio::executor_work_guard<asio::io_context::executor_type>> guard_;
    IdSource ids_;
    registry::Tables tables_;
    http::Client client_;
    handlers::HandlerTable handlers_;
    std::unique_ptr<dispatch::Dispatcher> dispatcher_;
    std::unique_ptr<jobs::ReplayJobs> replay_jobs_;  ///< of the whole hub; on the first loop only
    intake::Intake intake_;
    intake::OperationalEvents operational_;
    receive::ClientFetcher fetcher_;
    receive::Receiver receiver_;
    std::unique_ptr<bridge::Bridge> bridge_;  ///< of the whole hub; on the first loop only
    http::Router router_;
    std::shared_ptr<api::LoginThrottle> throttle_;  ///< of the API and the bridge
    http::RateTable<std::string> source_rates_;
    HttpObserver observer_;
    observe::LoopProbe probe_;
    std::unique_ptr<http::Server> server_;
    std::thread thread_;
};

}  // namespace katydid
