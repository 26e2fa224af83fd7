#include "hub/app/loop/http_observer.hpp"

#include "hub/observe/log.hpp"

#include <charconv>

namespace katydid {
namespace {

/// Empty: no route matched.
std::string_view pattern_of(const http::Route* route)
{
    return route != nullptr ? std::string_view{route->pattern} : std::string_view{};
}

/// A path may name a person; then its pattern is all that is said.
std::string_view shown_path(const http::Request& request, std::string_view pattern)
{
    const bool is_personal = pattern.find("{subject}") != std::string_view::npos;
    return is_personal ? pattern : std::string_view{request.path};
}

/// A health check that says "down" is answered as it should be: what is down has a line of its own.
bool is_fault(std::string_view pattern, unsigned status)
{
    return status >= 500 && pattern != "/api/health";
}

/// The length of the body as it was announced, a number; left out where it was not.
log::Field bytes_field(const http::Request& request)
{
    const auto text = request.header("content-length");
    std::uint64_t bytes = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), bytes);
    if (read.ec != std::errc{}) return {"bytes", ""};
    return {"bytes", bytes};
}

}  // namespace

void HttpObserver::on_request(http::Request& request)
{
    if (tracer_ == nullptr) return;
    request.trace_context = to_traceparent(tracer_->begin(request.header("traceparent")).context);
}

observe::RouteMetrics& HttpObserver::metrics_of(const http::Route* route)
{
    const auto number = route != nullptr ? route->number : 0;
    if (routes_.size() <= number) routes_.resize(number + 1);
    auto& metrics = routes_[number];
    if (!metrics) metrics = std::make_unique<observe::RouteMetrics>(metrics_, pattern_of(route));
    return *metrics;
}

void HttpObserver::on_response(const http::Request& request, const http::Route* route,
                               unsigned status, std::chrono::nanoseconds duration)
{
    const auto pattern = pattern_of(route);
    metrics_of(route).answered(status, std::chrono::duration<double>(duration).count());
    if (tracer_ != nullptr) trace(request, pattern, status, duration);
    const auto level = is_fault(pattern, status) ? log::Level::warn : log::routine();
    if (!log::is_enabled(level)) return;
    log::write(
        level, "request", "answered",
        {{"method", request.method},
         {"route", pattern},
         {"path", shown_path(request, pattern)},
         {"status", status},
         {"microseconds", std::chrono::duration_cast<std::chrono::microseconds>(duration).count()},
         bytes_field(request),
         {"peer", request.peer.address.to_string()},
         {"tls", request.peer.tls},
         {"client", request.peer.client_subject},
         {"agent", request.header("user-agent")},
         {"trace", trace_of(request.traceparent())}});
}

void HttpObserver::trace(const http::Request& request, std::string_view pattern, unsigned status,
                         std::chrono::nanoseconds duration)
{
    const auto context = parse_traceparent(request.trace_context);
    if (!context || !context->sampled) return;
    observe::Span span;
    span.context = *context;
    if (const auto caller = parse_traceparent(request.header("traceparent")))
        span.parent = caller->span;
    span.kind = observe::SpanKind::server;
    span.name = request.method + " " + std::string{pattern};
    span.end = clock_.now();
    span.duration = duration;
    span.attributes = {{"http.request.method", request.method},
                       {"http.route", std::string{pattern}},
                       {"url.path", std::string{shown_path(request, pattern)}},
                       {"http.response.status_code", std::int64_t{status}},
                       {"client.address", request.peer.address.to_string()}};
    if (status >= 500) span.error = http::reason_phrase(status);
    tracer_->record(std::move(span));
}

void HttpObserver::on_refused(const http::Peer& peer, unsigned status, std::string_view why)
{
    metrics_.request_refused(status);
    log::debug("request.refused", why, {{"status", status}, {"peer", peer.address.to_string()}});
}

void HttpObserver::on_exception(const http::Request& request, const http::Route* route,
                                std::string_view what)
{
    log::error("request.failed", what,
               {{"method", request.method},
                {"path", shown_path(request, pattern_of(route))},
                {"trace", trace_of(request.traceparent())}});
}

}  // namespace katydid
