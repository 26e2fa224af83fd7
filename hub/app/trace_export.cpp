#include "hub/app/trace_export.hpp"

#include "hub/observe/log.hpp"

#include <boost/asio/post.hpp>

#include <unistd.h>

namespace katydid {
namespace {

std::string instance_name()
{
    std::array<char, 256> host{};
    ::gethostname(host.data(), host.size() - 1);
    return std::string{host.data()} + ":" + std::to_string(::getpid());
}

}  // namespace

TraceExport::TraceExport(const config::Settings& settings, observe::Metrics& metrics)
    : metrics_{metrics}
{
    if (settings.otlp_url.empty()) return;
    options_.url = settings.otlp_url;
    options_.headers = settings.otlp_headers;
    options_.service_instance = instance_name();
    tracer_ = std::make_unique<observe::Tracer>(observe::Tracer::Options{settings.trace_ratio});
}

void TraceExport::start(asio::any_io_executor executor)
{
    if (!tracer_) return;
    executor_ = std::move(executor);
    exporter_ = std::make_shared<observe::OtlpExporter>(executor_, *tracer_, metrics_, options_);
    asio::co_spawn(executor_, exporter_->run(), [keep = exporter_](std::exception_ptr failure) {
        if (failure) log::error("traces.ended", describe(failure));
    });
}

void TraceExport::stop()
{
    // It goes with the loop: what it holds must not outlive that.
    if (!exporter_) return;
    asio::post(executor_, [exporter = std::move(exporter_)] { exporter->stop(); });
}

}  // namespace katydid
