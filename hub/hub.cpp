// How the rooms are put together, started and drained.
#include <katydid/hub.hpp>

#include "hub/bridge/catalogs.hpp"
#include "hub/caretaker.hpp"
#include "hub/certificate_keeper.hpp"
#include "hub/core/on_executor.hpp"
#include "hub/event_loop.hpp"
#include "hub/handler_options.hpp"
#include "hub/from_settings.hpp"
#include "hub/hub_limits.hpp"
#include "hub/key_files.hpp"
#include "hub/observe/log.hpp"
#include "hub/observe/operator_routes.hpp"
#include "hub/port_file.hpp"
#include "hub/service_manager.hpp"
#include "hub/receive/rejected/reseal.hpp"
#include "hub/stop_signal.hpp"
#include "hub/store_listener.hpp"
#include "hub/trace_export.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <unistd.h>

#include <atomic>

namespace katydid {
namespace {

struct InProcessHandler {
    HandlerOptions options;
    HandlerFunction function;
};

/// Throws Failure.
void make_data_dir(const std::filesystem::path& folder)
{
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (!error)
        std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
    if (error)
        throw Failure{Error{errc::invalid_argument,
                            folder.string() + " cannot be the hub's own folder: " + error.message()
                                + ". data_dir (KATYDID_DATA_DIR, --data-dir) names one that the "
                                  "hub may write to"}};
}

}  // namespace

struct Hub::Impl {
    explicit Impl(Settings s) : settings{std::move(s)} {}

    void open();
    awaitable<> start();
    awaitable<> drain_loops(Deadline deadline);
    awaitable<> drain();
    void listen();
    void start_caretaker();
    void start_certificate_keeper();
    void read_settings_again();
    awaitable<result<void>> take_up_changes();
    awaitable<result<void>> fix_settings();
    awaitable<> reseal_rejected();

    const Settings settings;
    StopSignal stop_signal;
    std::vector<InProcessHandler> handlers;
    std::function<void(const Addresses&)> ready;
    Addresses addresses;

    observe::Metrics metrics;
    TraceExport traces{settings, metrics};
    std::unique_ptr<signing::Vault> vault;
    std::unique_ptr<store::Store> store;
    std::unique_ptr<registry::Registry> registry;
    std::unique_ptr<Shared> shared;
    std::unique_ptr<HubLimits> limits;
    std::vector<std::unique_ptr<EventLoop>> loops;
    std::unique_ptr<StoreListener> listener;
    std::unique_ptr<Caretaker> caretaker;
    std::shared_ptr<CertificateKeeper> certificates;
    http::Router operator_router;
    std::unique_ptr<http::Server> operator_server;
    std::atomic<bool> accepting = false;
    std::atomic<bool> settings_stale = false;  ///< another hub changed them during our start
};

Hub::Hub(Settings settings) : impl_{std::make_unique<Impl>(std::move(settings))}
{
    log::configure(impl_->settings.log_level, impl_->settings.log_format);
    log::configure_routine(impl_->settings.log_requests);
}
Hub::~Hub() = default;

void Hub::on(HandlerOptions options, HandlerFunction function)
{
    check_options(options);
    impl_->handlers.push_back({std::move(options), std::move(function)});
}

void Hub::on_ready(std::function<void(const Addresses&)> ready) { impl_->ready = std::move(ready); }

void Hub::stop() { impl_->stop_signal.request({}); }

void Hub::reload()
{
    auto& impl = *impl_;
    if (!impl.accepting || !impl.certificates) {
        log::info("hub.reload", "there is nothing to read again");
        return;
    }
    asio::post(impl.loops.front()->executor(), [keeper = impl.certificates] { keeper->reload(); });
}

void Hub::Impl::open()
{
    refuse_short_secrets(settings);
    make_data_dir(settings.data_dir);
    vault = open_vault(settings);
    store = open_store(settings, metrics);
    registry = std::make_unique<registry::Registry>(*store, *vault, system_clock(), random_seed());
    // Made in its place: its bell cannot be moved.
    shared.reset(new Shared{settings, system_clock(), *store, *registry, metrics,
                            make_egress(settings), make_server_tls(settings.tls),
                            make_client_tls(settings), *vault});
    shared->privacy = privacy::PrivacyTables{settings.bridge.allow};
    shared->identities = make_identities(settings, shared->client_tls);
    shared->tracer = traces.tracer();
    if (settings.tenant_in_flight_limit() < settings.loops)
        throw Failure{Error{errc::invalid_argument,
                            "limits.in_flight_max and limits.tenant_in_flight_max must be at least "
                            "loops: every loop holds a part of them"}};
    limits = std::make_unique<HubLimits>(
        *store, api::HubLimits{settings.in_flight_max, settings.tenant_in_flight_limit()},
        shared->loops);
    shared->limits = limits.get();
    for (std::uint32_t i = 0; i < settings.loops; ++i) {
        loops.push_back(std::make_unique<EventLoop>(*shared, i));
        shared->loops.push_back(loops.back().get());
        for (const auto& handler : handlers)
            loops.back()->add_coroutine(handler.options.name, handler.function);
        registry->add_seat(loops.back()->seat());
    }
    StoreListener::Calls calls{
        [this](std::string why) { stop_signal.request(std::move(why)); },
        [this] { read_settings_again(); },
    };
    listener = std::make_unique<StoreListener>(loops, metrics, std::move(calls));
    store->set_listener(listener.get());
    for (auto& loop : loops) loop->run();
}

awaitable<result<void>> Hub::Impl::fix_settings()
{
    std::vector<registry::Registry::FixedSource> sources;
    for (const auto& source : settings.sources)
        sources.push_back({source.name, source.schemes, source.secrets, source.settings});
    std::vector<registry::Registry::FixedSubscription> subscriptions;
    for (const auto& made : settings.subscriptions)
        subscriptions.push_back({made.subscription, made.secret});
    if (auto bridge = bridge_subscription(settings))
        subscriptions.push_back({std::move(*bridge), std::nullopt});
    for (const auto& handler : handlers)
        subscriptions.push_back({to_subscription(handler.options), std::nullopt});
    auto fixed = co_await registry->fix(std::move(sources), std::move(subscriptions));
    co_return fixed;
}

awaitable<> Hub::Impl::reseal_rejected()
{
    if (!vault->has_previous_keys()) co_return;
    auto tenants = loops.front()->seat().tables->tenants_with_sources();
    const auto resealed = co_await receive::reseal_rejected(*store, *vault, std::move(tenants));
    if (resealed.value() > 0)
        log::info("rejected.resealed", "rejected webhooks are sealed under the new master key",
                  {{"count", *resealed}});
}

awaitable<> Hub::Impl::start()
{
    co_await registry->fix_schemes(own_schemes(settings));
    auto loaded = co_await registry->load();
    loaded.value();
    co_await reseal_rejected();
    auto fixed = co_await fix_settings();
    fixed.value();
    warn_of_refused_urls(settings, shared->egress);
    if (has_bridge(settings)) {
        const auto& tables = *loops.front()->seat().tables;
        auto offered = co_await bridge::offer_catalogs(*store, *registry, tables);
        offered.value();
    }
    auto key = operator_key(settings, system_clock().now());
    addresses.operator_key_file = key.file;
    co_await registry->put_fixed_api_key(std::move(key.key));
    for (auto& loop : loops) {
        auto work = loop->start_dispatching();
        co_await on_executor(loop->executor(), std::move(work));
    }
    auto limited = co_await limits->load();
    limited.value();
    auto jobs = co_await shared->replay_jobs->load();
    jobs.value();
    listen();
    for (auto& loop : loops) {
        auto work = loop->start_accepting();
        co_await on_executor(loop->executor(), std::move(work));
    }
    start_caretaker();
    traces.start(loops.front()->executor());
    start_certificate_keeper();
    accepting = true;
    if (settings_stale) read_settings_again();
}

awaitable<result<void>> Hub::Impl::take_up_changes()
{
    auto read = co_await registry->refresh();
    if (read) read = co_await limits->load();
    co_return read;
}

/// Another hub changed something. What came before the start was over is read behind it.
void Hub::Impl::read_settings_again()
{
    settings_stale = true;
    if (!accepting || !settings_stale.exchange(false)) return;
    asio::co_spawn(loops.front()->executor(), take_up_changes(),
                   [](std::exception_ptr failure, const result<void>& read) {
                       if (failure) log::error("settings.reload_failed", describe(failure));
                       else if (!read) log::error("settings.reload_failed", read.error().message);
                   });
}

void Hub::Impl::start_certificate_keeper()
{
    CertificateKeeper::Watched watched{shared->client_tls};
    if (shared->server_tls) watched.push_back(shared->server_tls);
    for (auto& tls : shared->identities.tls()) watched.push_back(std::move(tls));
    std::erase_if(watched, [](const auto& each) { return each->files().empty(); });
    if (watched.empty()) return;
    certificates = std::make_shared<CertificateKeeper>(
        loops.front()->executor(), std::move(watched), metrics, system_clock());
    asio::post(loops.front()->executor(), [keeper = certificates] { keeper->start(); });
}

void Hub::Impl::start_caretaker()
{
    auto& loop = *loops.front();
    caretaker = std::make_unique<Caretaker>(Caretaker::Parts{
        loop.executor(), *store, *loop.seat().tables, system_clock(), metrics, settings.retention});
    asio::co_spawn(loop.executor(), caretaker->run(), [](std::exception_ptr failure) {
        if (failure) log::error("retention.failed", describe(failure));
    });
}

void Hub::Impl::listen()
{
    const auto inherited = inherited_sockets();
    addresses.listen = settings.listen;
    for (auto& loop : loops) {
        // Every loop takes over a descriptor of its own; they all mean the one socket.
        const int own = inherited.listen >= 0 ? ::dup(inherited.listen) : -1;
        addresses.listen = loop->listen(addresses.listen, own);
    }
    observe::add_operator_routes(operator_router, metrics, [this]() -> std::string {
        if (!accepting) return "The hub is starting or draining.";
        if (store->health() != store::Health::ok) return "The store does not take events now.";
        return {};
    });
    http::ServerOptions options;
    options.connections_max = 256;
    options.listen_descriptor = inherited.operator_listen;
    operator_server = std::make_unique<http::Server>(
        loops.front()->executor(), settings.operator_listen, operator_router, options);
    addresses.operator_listen = operator_server->local_endpoint();
    asio::post(loops.front()->executor(), [this] { operator_server->start(); });
}

namespace {

/// How many loops still drain, on the executor that waits for them.
struct Draining {
    Draining(const boost::asio::any_io_executor& executor, std::size_t loops)
        : ended{executor, SteadyTime::max()},
          left{loops}
    {}
    boost::asio::steady_timer ended;
    std::size_t left;
    std::exception_ptr failure;
};

}  // namespace

/// All at once: while one loop ends its work, no other takes requests or begins attempts.
awaitable<> Hub::Impl::drain_loops(Deadline deadline)
{
    const auto here = co_await asio::this_coro::executor;
    const auto draining = std::make_shared<Draining>(here, loops.size());
    const auto on_end = [draining](const std::exception_ptr& failure) {
        if (failure) draining->failure = failure;
        if (--draining->left == 0) draining->ended.cancel();
    };
    for (auto& loop : loops)
        asio::co_spawn(loop->executor(), loop->drain(deadline), asio::bind_executor(here, on_end));
    while (draining->left > 0) co_await draining->ended.async_wait(use_tuple);
    if (draining->failure) std::rethrow_exception(draining->failure);
}

awaitable<> Hub::Impl::drain()
{
    accepting = false;
    if (caretaker) asio::post(loops.front()->executor(), [this] { caretaker->stop(); });
    if (certificates)
        asio::post(loops.front()->executor(), [keeper = certificates] { keeper->stop(); });
    const auto deadline = Deadline::after(settings.drain_timeout);
    co_await drain_loops(deadline);
    if (operator_server) {
        auto work = operator_server->drain(Deadline::after(milliseconds{500}));
        co_await on_executor(loops.front()->executor(), std::move(work));
    }
    traces.stop();
    store->close();
    for (auto& loop : loops) loop->join();
}

awaitable<> Hub::run()
{
    auto& impl = *impl_;
    impl.open();
    std::exception_ptr failure;
    try {
        co_await impl.start();
        write_port_file(impl.settings.port_file, impl.addresses);
        log_ready(impl.settings, impl.addresses);
        notify_service_manager("READY=1");
        if (impl.ready) impl.ready(impl.addresses);
    } catch (...) {
        failure = std::current_exception();
    }
    if (!failure) co_await wait_for(impl.stop_signal);
    notify_service_manager("STOPPING=1");
    co_await impl.drain();
    if (failure) std::rethrow_exception(failure);
    if (const auto why = impl.stop_signal.why(); !why.empty())
        throw Failure{Error{errc::store_failed, why}};
    log::info("hub.stopped", "everything accepted is on disk");
}

}  // namespace katydid
