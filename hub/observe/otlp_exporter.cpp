#include "hub/observe/otlp_exporter.hpp"

#include "hub/observe/log.hpp"
#include "hub/observe/otlp_json.hpp"

#include <algorithm>

namespace katydid::observe {
namespace {

constexpr milliseconds pause_max{30'000};  ///< between two tries

constexpr milliseconds pause_min{1'000};
constexpr milliseconds last_try{2'000};  ///< for what waits when the hub ends

http::EgressPolicy anywhere()
{
    http::EgressPolicy policy;
    policy.allowed = {http::parse_network("0.0.0.0/0").value(),
                      http::parse_network("::/0").value()};
    return policy;
}

}  // namespace

OtlpExporter::OtlpExporter(asio::any_io_executor executor, Tracer& tracer, Metrics& metrics,
                           Options options)
    : tracer_{tracer},
      metrics_{metrics},
      options_{std::move(options)},
      client_{executor, anywhere(), {}},
      exports_{options_.interval, [this] { return send_waiting(); }}
{
    while (options_.url.ends_with('/')) options_.url.pop_back();
}

awaitable<OtlpExporter::Sent> OtlpExporter::send(std::string body)
{
    http::ClientRequest request;
    request.url = options_.url + "/v1/traces";
    request.headers = {{"Content-Type", "application/json"},
                       {"User-Agent", "Katydid/" KATYDID_VERSION}};
    request.headers.insert(request.headers.end(), options_.headers.begin(), options_.headers.end());
    request.body = std::make_shared<const std::string>(std::move(body));
    const auto deadline = Deadline::after(exports_.is_stopped() ? last_try : options_.timeout);
    const auto reply = co_await client_.send(std::move(request), deadline);
    if (!reply) {
        log::warn("traces.not_sent", reply.error().message, {{"url", options_.url}});
        co_return Sent::later;
    }
    if (reply->status >= 200 && reply->status < 300) co_return Sent::taken;
    log::warn("traces.refused", "the collector did not take the spans",
              {{"url", options_.url}, {"status", reply->status}});
    const bool may_pass = reply->status == 429 || reply->status >= 500;
    co_return may_pass ? Sent::later : Sent::refused;
}

awaitable<void> OtlpExporter::send_batch()
{
    const auto spans = tracer_.take(options_.batch_spans_max);
    const auto body = otlp_json(spans, options_.service_instance);
    auto pause = pause_min;
    for (;;) {
        const auto sent = co_await send(body);
        if (sent == Sent::taken) {
            metrics_.spans_exported(spans.size());
            co_return;
        }
        if (sent == Sent::refused || exports_.is_stopped()) {
            tracer_.count_dropped(spans.size());
            co_return;
        }
        metrics_.spans_dropped(tracer_.dropped());
        co_await exports_.rest(pause);
        pause = std::min(pause * 2, pause_max);
    }
}

awaitable<void> OtlpExporter::send_waiting()
{
    while (tracer_.waiting() > 0 && !exports_.is_stopped()) co_await send_batch();
    metrics_.spans_dropped(tracer_.dropped());
}

awaitable<void> OtlpExporter::run()
{
    co_await exports_.run();
    // What waits now is the drain's own; a collector that is gone costs one try.
    const auto dropped = tracer_.dropped();
    while (tracer_.waiting() > 0 && tracer_.dropped() == dropped) co_await send_batch();
    metrics_.spans_dropped(tracer_.dropped());
    client_.close();
}

}  // namespace katydid::observe
