#include "hub/app/services.hpp"

#include "hub/app/build.hpp"
#include "hub/core/async/start_thread.hpp"
#include "hub/core/subscription/subscription.hpp"
#include "hub/observe/log.hpp"
#include "hub/process/key_files.hpp"
#include "hub/store/open_store.hpp"

#include <unistd.h>

#include <array>

namespace katydid {
namespace {

std::string instance_name()
{
    std::array<char, 256> host{};
    ::gethostname(host.data(), host.size() - 1);
    return std::string{host.data()} + ":" + std::to_string(::getpid());
}

std::unique_ptr<observe::Tracer> make_tracer(const config::Settings& settings)
{
    if (settings.otlp_url.empty()) return nullptr;
    return std::make_unique<observe::Tracer>(observe::Tracer::Options{settings.trace_ratio});
}

std::unique_ptr<observe::OtlpExporter> make_exporter(Resources& resources, LoopContext& loop)
{
    if (!resources.tracer) return nullptr;
    observe::OtlpExporter::Options options;
    options.url = resources.settings.otlp_url;
    options.headers = resources.settings.otlp_headers;
    options.service_instance = instance_name();
    return std::make_unique<observe::OtlpExporter>(loop.executor(), *resources.tracer,
                                                   resources.metrics, std::move(options));
}

jobs::ReplayJobs::Options replay_options(const config::Settings& settings)
{
    jobs::ReplayJobs::Options options;
    options.is_shared = store::is_shared_store(settings.store_url());
    return options;
}

bridge::Bridge::Parts bridge_parts(Resources& resources, LoopContext& loop, StateOf state_of,
                                   ReceiverUp on_receiver_up)
{
    return {loop.executor(),
            resources.clock,
            *resources.store,
            loop.tables,
            loop.intake,
            loop.ids,
            resources.privacy,
            resources.egress,
            client_options(resources.settings, resources.client_tls),
            std::move(state_of),
            std::move(on_receiver_up)};
}

peers::Peers::Parts peer_parts(Resources& resources, LoopContext& loop, LoopStreams streams)
{
    return {loop.executor(),
            *resources.store,
            resources.happenings,
            resources.vault->derive_keys("katydid peers"),
            std::move(streams.loop_of),
            std::move(streams.consumed),
            std::move(streams.move_consumers)};
}

}  // namespace

Resources::Resources(const config::Settings& s, observe::Metrics& m)
    : settings{prepare(s)},
      clock{system_clock()},
      metrics{m},
      tracer{make_tracer(settings)},
      vault{open_vault(settings)},
      listening{listen_for_hubs(settings)},
      store{open_store(settings, metrics, listening ? listening->address() : "")},
      registry{*store, *vault, clock, random_seed()},
      egress{make_egress(settings)},
      server_tls{make_server_tls(settings.tls)},
      client_tls{make_client_tls(settings)},
      identities{make_identities(settings, client_tls)},
      privacy{settings.bridge.allow}
{
    commits.set_shared(store::is_shared_store(settings.store_url()));
}

Resources::~Resources() = default;

LoopContext::LoopContext(Resources& resources)
    : ids{resources.clock, random_seed()},
      client{executor(), resources.egress,
             client_options(resources.settings, resources.client_tls)},
      intake{*resources.store,      tables, ids, resources.clock, resources.metrics,
             resources.tracer.get()}
{
    intake.set_notifier(resources.commits);
}

LoopContext::~LoopContext() = default;

void LoopContext::run()
{
    thread_ = start_thread([this] { io_.run(); });
}

void LoopContext::join()
{
    guard_.reset();
    if (thread_.joinable()) thread_.join();
}

Services::Services(Resources& resources, LoopContext& first, StateOf ask, ReceiverUp on_receiver_up,
                   LoopStreams streams)
    : state_of{std::move(ask)},
      peers{peer_parts(resources, first, std::move(streams)), resources.listening.get()},
      feed{{first.executor(), *resources.store, resources.commits, resources.happenings}},
      limits{first.executor(), *resources.store, limits_of(resources.settings)},
      replay_jobs{first.executor(), *resources.store, resources.clock, random_seed(),
                  replay_options(resources.settings)},
      bridge{bridge_parts(resources, first, state_of, std::move(on_receiver_up)),
             bridge_options(resources.settings)},
      retention{{*resources.store, first.tables, resources.clock, resources.metrics,
                 resources.settings.retention,
                 [this, &registry = resources.registry](TenantId id) {
                     return forget_tenant(registry, id);
                 },
                 [&registry = resources.registry](const SubscriptionPtr& subscription) {
                     return registry.subscriptions.remove(
                         subscription->tenant, subscription->id.to_string(), subscription->version);
                 }}},
      alerts{{first.executor(), resources.settings, *resources.store, first.intake, first.tables,
              resources.clock}},
      exporter{make_exporter(resources, first)}
{}

Services::~Services() = default;

awaitable<result<void>> Services::forget_tenant(registry::Registry& registry, TenantId id)
{
    auto ended = co_await replay_jobs.forget(id);
    if (!ended) co_return ended.error();
    auto forgotten = co_await registry.forget_tenant(id);
    co_return forgotten;
}

void Services::start(const asio::any_io_executor& executor)
{
    bridge.start();
    asio::co_spawn(executor, peers.run(), log::OnFailure{"peers.ended"});
    asio::co_spawn(executor, retention.run(), log::OnFailure{"retention.failed"});
    if (alerts.is_needed()) asio::co_spawn(executor, alerts.run(), log::OnFailure{"alerts.ended"});
    if (exporter) asio::co_spawn(executor, exporter->run(), log::OnFailure{"traces.ended"});
}

void Services::stop()
{
    peers.stop();
    feed.stop();
    retention.stop();
    alerts.stop();
    replay_jobs.stop();
    bridge.stop();
}

}  // namespace katydid
