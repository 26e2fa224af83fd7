// The hub as a program sees it.
#include <katydid/hub.hpp>

#include "hub/app/assembly.hpp"
#include "hub/app/loop/handler_options.hpp"
#include "hub/observe/log.hpp"
#include "hub/process/port_file.hpp"
#include "hub/process/systemd.hpp"

namespace katydid {

struct Hub::Impl {
    explicit Impl(Settings s) : settings{std::move(s)} {}

    const Settings settings;
    StopSignal stop_signal;
    std::vector<InProcessHandler> handlers;
    std::function<void(const Addresses&)> ready;
    std::unique_ptr<Assembly> assembly;
    std::atomic<bool> serving = false;
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
    if (impl_->serving) impl_->assembly->reload();
    else log::info("hub.reload", "there is nothing to read again");
}

awaitable<> Hub::run()
{
    auto& impl = *impl_;
    impl.assembly = std::make_unique<Assembly>(impl.settings, impl.stop_signal, impl.handlers);
    std::exception_ptr failure;
    try {
        const auto addresses = co_await impl.assembly->start();
        impl.serving = true;
        write_port_file(impl.settings.port_file, addresses);
        log_ready(impl.settings, addresses);
        notify_systemd("READY=1");
        if (impl.ready) impl.ready(addresses);
    } catch (...) {
        failure = std::current_exception();
    }
    if (!failure) co_await impl.stop_signal.wait();
    notify_systemd("STOPPING=1");
    impl.serving = false;
    co_await impl.assembly->drain();
    if (failure) std::rethrow_exception(failure);
    if (const auto why = impl.stop_signal.why(); !why.empty())
        throw Failure{Error{errc::store_failed, why}};
    log::info("hub.stopped", "everything accepted is on disk");
}

}  // namespace katydid
