// Whether the hub traces, and where the spans go.
#pragma once

#include "hub/config/settings.hpp"
#include "hub/observe/otlp_exporter.hpp"

#include <memory>

namespace katydid {

/// The tracer and its exporter, when the settings name a collector; else nothing.
///
/// Thread safety: start() and stop() from any thread; the tracer's own.
class TraceExport {
public:
    TraceExport(const config::Settings& settings, observe::Metrics& metrics);

    /// null: nothing is traced, and trace contexts pass as they came.
    [[nodiscard]] observe::Tracer* tracer() noexcept { return tracer_.get(); }
    /// Exports on that loop, which runs until it has ended.
    void start(asio::any_io_executor executor);
    /// Sends what waits once more, and ends.
    void stop();

private:
    observe::Metrics& metrics_;
    observe::OtlpExporter::Options options_;
    std::unique_ptr<observe::Tracer> tracer_;
    std::shared_ptr<observe::OtlpExporter> exporter_;
    asio::any_io_executor executor_;
};

}  // namespace katydid
