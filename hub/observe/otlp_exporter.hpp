// Sends spans to a collector: OTLP over HTTP.
#pragma once

#include "hub/core/async/periodic.hpp"
#include "hub/http/client/client.hpp"
#include "hub/observe/metrics.hpp"
#include "hub/observe/tracer.hpp"

namespace katydid::observe {

/// Takes what the tracer keeps and posts it in batches, on one loop; no caller waits for it.
///
/// A collector that does not answer, or says 429 or 5xx, is asked again with growing pauses; the
/// tracer's bound holds meanwhile and what is over it is dropped and counted. Any other refusal
/// drops the batch. The collector is the operator's own: no egress guard.
/// Lifetime: it outlives run(). Thread safety: none; all calls on the executor's thread.
class OtlpExporter {
public:
    struct Options {
        std::string url;  ///< "http://127.0.0.1:4318", without /v1/traces
        Headers headers;  ///< that the collector wants beside ours, e.g. Authorization
        std::string service_instance;
        std::size_t batch_spans_max = 512;
        milliseconds interval{1'000};  ///< between two looks
        milliseconds timeout{10'000};  ///< of one try
    };

    OtlpExporter(asio::any_io_executor executor, Tracer& tracer, Metrics& metrics, Options options);

    /// Until stop(). Sends what waits once more before it ends.
    awaitable<void> run();
    void stop() { exports_.stop(); }

private:
    enum class Sent : std::uint8_t { taken, refused, later };
    awaitable<Sent> send(std::string body);
    awaitable<void> send_batch();
    awaitable<void> send_waiting();

    Tracer& tracer_;
    Metrics& metrics_;
    Options options_;
    http::Client client_;
    Periodic exports_;
};

}  // namespace katydid::observe
