// A hub put together, from its settings to its end.
#pragma once

#include "hub/app/certificate_keeper.hpp"
#include "hub/app/loop/event_loop.hpp"
#include "hub/app/store_listener.hpp"
#include "hub/observe/operator_routes.hpp"
#include "hub/core/addresses.hpp"
#include "hub/process/stop_signal.hpp"

#include <katydid/hub.hpp>

#include <atomic>

namespace katydid {

struct InProcessHandler {
    HandlerOptions options;
    HandlerFunction function;
};

/// The parts of a running hub, in the order they are built: what needs no loop, the loops'
/// contexts, the services, the loops, and what listens to the store. Each is whole when the next
/// one begins.
///
/// Lifetime: settings, signal and handlers outlive it; await drain() before it goes, also after
/// start() failed. Thread safety: the hub's thread; reload() from any.
class Assembly {
public:
    /// Opens the store and starts the threads. Throws Failure.
    Assembly(const Settings& settings, StopSignal& stop_signal,
             const std::vector<InProcessHandler>& handlers);
    ~Assembly();

    /// Takes up what waits, then accepts. Throws Failure.
    awaitable<Addresses> start();
    /// What was accepted is on disk when it returns.
    awaitable<> drain();
    /// Reads certificates again, on their loop.
    void reload();

private:
    [[nodiscard]] asio::any_io_executor first() const { return contexts_.front()->executor(); }
    [[nodiscard]] StoreListener::Calls listener_calls();
    [[nodiscard]] CertificateKeeper::Watched certificates() const;
    awaitable<SubscriptionState> state_of(SubscriptionId id);
    void tell_receiver_is_up(SubscriptionId id);
    [[nodiscard]] EventLoop& owner(SubscriptionId id);
    [[nodiscard]] LoopStreams streams();
    awaitable<std::vector<store::SubscriptionName>> consumed();
    awaitable<> load();
    /// Throws Failure for the first that cannot run.
    void check_transforms(const std::vector<FixedSubscriptionPtr>& fixed) const;
    awaitable<result<void>> fix_settings();
    awaitable<> reseal_rejected();
    void join();
    void listen(Addresses& addresses);
    [[nodiscard]] observe::Readiness readiness() const;
    void read_settings_again();
    awaitable<result<void>> take_up_changes();
    awaitable<> drain_loops(Deadline deadline);

    const Settings& settings_;
    StopSignal& stop_signal_;
    const std::vector<InProcessHandler>& handlers_;
    observe::Metrics metrics_;
    Resources resources_;
    LoopContexts contexts_;
    Services services_;
    std::vector<std::unique_ptr<EventLoop>> loops_;
    StoreListener listener_;
    CertificateKeeper certificates_;
    http::Router operator_router_;
    std::unique_ptr<http::Server> operator_server_;  ///< null before start()
    std::atomic<bool> accepting_ = false;
    std::atomic<bool> settings_stale_ = false;  ///< another hub changed them during our start
};

}  // namespace katydid
