#include "hub/app/assembly.hpp"

#include "hub/app/build.hpp"
#include "hub/app/loop/handler_options.hpp"
#include "hub/app/transforms.hpp"
#include "hub/bridge/catalogs.hpp"
#include "hub/core/async/on_executor.hpp"
#include "hub/core/subscription/fixed_subscription.hpp"
#include "hub/observe/log.hpp"
#include "hub/observe/operator_routes.hpp"
#include "hub/process/hub_proof.hpp"
#include "hub/process/key_files.hpp"
#include "hub/process/systemd.hpp"
#include "hub/receive/rejected/reseal.hpp"

#include <boost/asio/bind_executor.hpp>

#include <unistd.h>

namespace katydid {
namespace {

LoopContexts make_contexts(Resources& resources)
{
    LoopContexts contexts;
    for (std::uint32_t i = 0; i < resources.settings.loops; ++i)
        contexts.push_back(std::make_unique<LoopContext>(resources));
    return contexts;
}

std::vector<std::unique_ptr<EventLoop>> make_loops(Resources& resources, LoopContexts& contexts,
                                                   Services& services,
                                                   const std::vector<InProcessHandler>& handlers)
{
    std::vector<std::unique_ptr<EventLoop>> loops;
    for (auto& context : contexts) {
        loops.push_back(std::make_unique<EventLoop>(resources, *context, services, loops.size()));
        for (const auto& handler : handlers)
            loops.back()->add_coroutine(handler.options.name, handler.function);
    }
    return loops;
}

awaitable<std::vector<SubscriptionPtr>> consumed_of(EventLoop& loop)
{
    co_return loop.streams().consumed();
}

}  // namespace

Assembly::Assembly(const Settings& settings, StopSignal& stop_signal,
                   const std::vector<InProcessHandler>& handlers)
    : settings_{settings},
      stop_signal_{stop_signal},
      handlers_{handlers},
      resources_{settings, metrics_},
      contexts_{make_contexts(resources_)},
      services_{resources_, *contexts_.front(), [this](SubscriptionId id) { return state_of(id); },
                [this](SubscriptionId id) { tell_receiver_is_up(id); }, streams()},
      loops_{make_loops(resources_, contexts_, services_, handlers)},
      listener_{loops_, metrics_, listener_calls()},
      certificates_{first(), certificates(), metrics_, resources_.clock}
{
    resources_.store->set_listener(&listener_);
    try {
        for (auto& context : contexts_) context->run();
    } catch (...) {
        join();
        throw;
    }
}

Assembly::~Assembly() { join(); }

void Assembly::join()
{
    for (auto& context : contexts_) context->join();
}

StoreListener::Calls Assembly::listener_calls()
{
    return {[this](std::string why) { stop_signal_.request(std::move(why)); },
            [this] { read_settings_again(); },
            [this](std::size_t index, std::size_t alive) {
                asio::post(first(),
                           [this, index, alive] { services_.replay_jobs.set_hubs(index, alive); });
            }};
}

CertificateKeeper::Watched Assembly::certificates() const
{
    auto watched = CertificateKeeper::Watched{resources_.client_tls};
    if (resources_.server_tls) watched.push_back(resources_.server_tls);
    for (auto& tls : resources_.identities.tls()) watched.push_back(std::move(tls));
    std::erase_if(watched, [](const auto& each) { return each->files().empty(); });
    return watched;
}

EventLoop& Assembly::owner(SubscriptionId id) { return *loops_[owner_index(id, loops_.size())]; }

LoopStreams Assembly::streams()
{
    return {[this](SubscriptionId id) { return owner(id).stream_owner(); },
            [this] { return consumed(); },
            [this](SubscriptionId id) {
                auto& loop = owner(id);
                asio::post(loop.executor(), [&loop, id] { loop.streams().move_consumers(id); });
            }};
}

awaitable<std::vector<store::SubscriptionName>> Assembly::consumed()
{
    std::vector<store::SubscriptionName> names;
    for (auto& loop : loops_) {
        auto work = consumed_of(*loop);
        const auto of_loop = co_await on_executor(loop->executor(), std::move(work));
        for (const auto& each : of_loop) names.push_back({each->tenant, each->id});
    }
    co_return names;
}

void Assembly::tell_receiver_is_up(SubscriptionId id)
{
    auto& loop = owner(id);
    asio::post(loop.executor(), [&loop, id] { loop.dispatcher().receiver_is_up(id); });
}

awaitable<SubscriptionState> Assembly::state_of(SubscriptionId id)
{
    auto& loop = owner(id);
    return on_executor(loop.executor(), [&loop, id]() -> awaitable<SubscriptionState> {
        co_return loop.dispatcher().state_of(id);
    });
}

void Assembly::check_transforms(const std::vector<FixedSubscriptionPtr>& fixed) const
{
    const auto faults = find_transform_faults(settings_, fixed);
    if (!faults.empty()) throw Failure{{errc::invalid_argument, faults.front()}};
}

awaitable<result<void>> Assembly::fix_settings()
{
    auto subscriptions = settings_.subscriptions;
    if (auto bridge = bridge_subscription(settings_))
        subscriptions.push_back(
            std::make_shared<const FixedSubscription>(FixedSubscription{std::move(*bridge)}));
    for (const auto& handler : handlers_) {
        FixedSubscription fixed{to_subscription(handler.options)};
        subscriptions.push_back(std::make_shared<const FixedSubscription>(std::move(fixed)));
    }
    for (auto& made : alert_subscriptions(settings_))
        subscriptions.push_back(
            std::make_shared<const FixedSubscription>(FixedSubscription{std::move(made)}));
    check_transforms(subscriptions);
    auto fixed = co_await resources_.registry.fix(settings_.sources, std::move(subscriptions));
    co_return fixed;
}

awaitable<> Assembly::reseal_rejected()
{
    const auto& vault = *resources_.vault;
    if (!vault.has_previous_keys()) co_return;
    auto tenants = contexts_.front()->tables.tenants_with_sources();
    const auto resealed = co_await receive::reseal_rejected(*resources_.store, vault,
                                                            std::move(tenants));
    if (resealed.value() > 0)
        log::info("rejected.resealed", "rejected webhooks are sealed under the new master key",
                  {{"count", *resealed}});
}

/// Brings the store's settings and those of this start together.
awaitable<> Assembly::load()
{
    auto& registry = resources_.registry;
    co_await registry.schemes.fix(own_schemes(settings_));
    const auto loaded = co_await registry.load();
    loaded.value();
    co_await reseal_rejected();
    const auto fixed = co_await fix_settings();
    fixed.value();
    warn_of_refused_urls(settings_, resources_.egress);
    if (!has_bridge(settings_)) co_return;
    const auto offered = co_await bridge::offer_catalogs(*resources_.store, registry,
                                                         contexts_.front()->tables);
    offered.value();
}

awaitable<Addresses> Assembly::start()
{
    co_await load();
    Addresses addresses;
    auto key = operator_key(settings_, resources_.clock.now());
    addresses.operator_key_file = key.file;
    co_await resources_.registry.api_keys.fix(std::move(key.key));
    for (auto& loop : loops_) {
        auto work = loop->start_dispatching();
        co_await on_executor(loop->executor(), std::move(work));
    }
    const auto limited = co_await services_.limits.load();
    limited.value();
    const auto jobs = co_await services_.replay_jobs.load();
    jobs.value();
    listen(addresses);
    for (auto& loop : loops_)
        asio::post(loop->executor(), [&each = *loop] { each.start_accepting(); });
    asio::post(first(), [this] { services_.start(first()); });
    asio::co_spawn(first(), certificates_.run(), log::OnFailure{"tls.watch_failed"});
    accepting_ = true;
    if (settings_stale_) read_settings_again();
    co_return addresses;
}

awaitable<result<void>> Assembly::take_up_changes()
{
    auto read = co_await resources_.registry.refresh();
    if (read) read = co_await services_.limits.load();
    if (read) read = co_await services_.replay_jobs.read_changes();
    if (!accepting_) co_return result<void>{};  // it stops: no news is needed
    co_return read;
}

/// Another hub changed something. What came before the start was over is read after it.
void Assembly::read_settings_again()
{
    settings_stale_ = true;
    if (!accepting_ || !settings_stale_.exchange(false)) return;
    asio::co_spawn(first(), take_up_changes(), log::OnFailure{"settings.reload_failed"});
}

void Assembly::reload()
{
    asio::post(first(), [this] { certificates_.reload(); });
}

void Assembly::listen(Addresses& addresses)
{
    const auto inherited = inherited_sockets();
    addresses.listen = settings_.listen;
    for (auto& loop : loops_) {
        // Every loop takes over a descriptor of its own; they all mean the one socket.
        const int own = inherited.listen >= 0 ? ::dup(inherited.listen) : -1;
        addresses.listen = loop->listen(addresses.listen, own);
    }
    const auto ready = [this] { return readiness(); };
    const auto prove = [this, port = addresses.listen.port()](const http::Request& request,
                                                              http::Response& response) {
        if (const auto challenge = request.header(challenge_header); !challenge.empty())
            response.with(std::string{proof_header}, hub_proof(*resources_.vault, challenge, port));
    };
    observe::add_operator_routes(operator_router_, metrics_, ready, prove);
    http::ServerOptions options;
    options.connections_max = 256;
    options.listen_descriptor = inherited.operator_listen;
    operator_server_ = std::make_unique<http::Server>(first(), settings_.operator_listen,
                                                      operator_router_, options);
    addresses.operator_listen = operator_server_->local_endpoint();
    asio::post(first(), [this] { operator_server_->start(); });
}

observe::Readiness Assembly::readiness() const
{
    if (!accepting_) return {"The hub is starting or draining.", {}};
    const auto& store = *resources_.store;
    observe::Readiness ready;
    for (std::size_t i = 0; i < store.shard_count(); ++i)
        if (store.shard_health(i) != store::Health::ok)
            ready.shards_away.push_back(store.shard_name(i));
    if (ready.shards_away.size() == store.shard_count())
        ready.refusal = "The store does not take events now.";
    return ready;
}

/// All at once: while one loop ends its work, no other takes requests or begins attempts.
awaitable<> Assembly::drain_loops(Deadline deadline)
{
    struct Draining {
        AsyncEvent ended;
        std::size_t left;
        std::exception_ptr failure;
    };
    const auto here = co_await asio::this_coro::executor;
    const auto draining = std::make_shared<Draining>();
    draining->left = loops_.size();
    const auto on_end = [draining](const std::exception_ptr& failure) {
        if (failure) draining->failure = failure;
        if (--draining->left == 0) draining->ended.set();
    };
    for (auto& loop : loops_)
        asio::co_spawn(loop->executor(), loop->drain(deadline), asio::bind_executor(here, on_end));
    co_await draining->ended.wait();
    // Until here, consumers of every loop answered over them.
    asio::post(first(), [this] { services_.peers.close_links(); });
    if (draining->failure) std::rethrow_exception(draining->failure);
}

awaitable<> Assembly::drain()
{
    accepting_ = false;
    asio::post(first(), [this] { certificates_.stop(); });
    const auto deadline = Deadline::after(settings_.drain_timeout);
    co_await drain_loops(deadline);
    if (operator_server_) {
        auto work = operator_server_->drain(Deadline::after(milliseconds{500}));
        co_await on_executor(first(), std::move(work));
    }
    asio::post(first(), [this] {
        if (services_.exporter) services_.exporter->stop();
    });
    resources_.store->close();
    join();
}

}  // namespace katydid
