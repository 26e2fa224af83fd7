// What the event loops of a hub share and stand on, in the order it is built.
#pragma once

#include "certs/tls.hpp"
#include "handlers/privacy/privacy_table.hpp"
#include "hub/api/live/feed_reader.hpp"
#include "hub/app/alerts.hpp"
#include "hub/app/runtime_limits.hpp"
#include "hub/bridge/bridge.hpp"
#include "hub/config/settings.hpp"
#include "hub/http/client/client.hpp"
#include "hub/http/client/identities.hpp"
#include "hub/intake/commit_notifier.hpp"
#include "hub/intake/intake.hpp"
#include "hub/jobs/replay_jobs.hpp"
#include "hub/jobs/retention_sweeper.hpp"
#include "hub/observe/otlp_exporter.hpp"
#include "hub/registry/registry.hpp"
#include "hub/peers/peers.hpp"
#include "hub/stream/happenings.hpp"
#include "signing/keys/vault.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <memory>
#include <thread>

namespace katydid {

/// Everything that needs no event loop. It outlives all else. Thread safety: each member's own.
struct Resources {
    /// Opens the store. Throws Failure.
    Resources(const config::Settings& settings, observe::Metrics& metrics);
    ~Resources();

    const config::Settings& settings;
    const Clock& clock;
    observe::Metrics& metrics;
    const std::unique_ptr<observe::Tracer> tracer;  ///< null: nothing is traced
    const std::unique_ptr<signing::Vault> vault;
    const std::unique_ptr<peers::Listening> listening;  ///< null: no other hub can use the store
    const std::unique_ptr<store::Store> store;
    registry::Registry registry;
    const http::EgressPolicy egress;
    const std::shared_ptr<certs::ServerTls> server_tls;  ///< null: webhooks come in plain HTTP
    const std::shared_ptr<certs::ClientTls> client_tls;
    const http::Identities identities;
    const privacy::PrivacyTables privacy;
    intake::CommitNotifier commits;
    stream::Happenings happenings;
};

/// A thread that turns an io_context, and what everything on it works with.
///
/// Lifetime: join() before anything goes that runs on it. Thread safety: run() and join() on the
/// hub's thread, the members on the loop.
class LoopContext {
public:
    explicit LoopContext(Resources& resources);
    ~LoopContext();

    [[nodiscard]] asio::any_io_executor executor() { return io_.get_executor(); }
    /// Starts the thread.
    void run();
    /// Lets the thread end when nothing is left to do, and waits for it. May be called twice.
    void join();

private:
    asio::io_context io_{1};
    asio::executor_work_guard<asio::io_context::executor_type> guard_{io_.get_executor()};
    std::thread thread_;

public:
    IdSource ids;
    registry::Tables tables;
    http::Client client;
    intake::Intake intake;
};

using LoopContexts = std::vector<std::unique_ptr<LoopContext>>;

/// Asks the loop that owns a subscription how it is doing.
using StateOf = std::function<awaitable<SubscriptionState>(SubscriptionId)>;
/// Tells that loop that its receiver is back. From any loop.
using ReceiverUp = std::function<void(SubscriptionId)>;
/// The loops' consumers, for hubs that share a store.
struct LoopStreams {
    /// The loop that hands out the deliveries of a stream, when this hub owns it.
    std::function<stream::OwnerPtr(SubscriptionId)> loop_of;
    std::function<awaitable<std::vector<store::SubscriptionName>>()> consumed;
    std::function<void(SubscriptionId)> move_consumers;
};

/// What a hub has one of. It lives on the first loop.
///
/// Lifetime: call stop() and join the contexts before it goes. Thread safety: each member's own.
struct Services {
    Services(Resources& resources, LoopContext& first, StateOf ask, ReceiverUp on_receiver_up,
             LoopStreams streams);
    ~Services();

    /// On the first loop.
    void start(const asio::any_io_executor& executor);
    /// All but the exporter, which sends what the drain leaves.
    void stop();

    const StateOf state_of;
    peers::Peers peers;
    api::FeedReader feed;
    RuntimeLimits limits;
    jobs::ReplayJobs replay_jobs;
    bridge::Bridge bridge;
    jobs::RetentionSweeper retention;
    Alerts alerts;
    const std::unique_ptr<observe::OtlpExporter> exporter;  ///< null: nothing is traced

private:
    awaitable<result<void>> forget_tenant(registry::Registry& registry, TenantId id);
};

}  // namespace katydid
