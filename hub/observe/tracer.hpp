// Spans: what took how long on one event's way, kept until they are exported.
#pragma once

#include "hub/core/text/trace_context.hpp"

#include <atomic>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace katydid::observe {

enum class SpanKind : std::uint8_t { internal = 1, server = 2, client = 3 };  ///< as OTLP counts

using SpanValue = std::variant<std::string, std::int64_t, bool>;

struct Span {
    TraceContext context;  ///< its own id within its trace
    SpanId parent{};       ///< zero: the first of its trace
    SpanKind kind = SpanKind::internal;
    std::string name;
    std::chrono::sys_time<std::chrono::nanoseconds> end{};
    std::chrono::nanoseconds duration{};
    std::vector<std::pair<std::string_view, SpanValue>> attributes;  ///< names are literals
    std::string error;  ///< why it failed; empty: it did not
};

/// Decides which work is traced, makes ids and keeps spans for the exporter, bounded in count:
/// over the bound new ones are dropped and counted, and no caller waits.
///
/// Does not send anything (OtlpExporter does). Without one, make no Tracer.
/// Thread safety: all calls from any thread.
class Tracer {
public:
    struct Options {
        double ratio = 1;                ///< of the traces that begin here; 0 to 1
        std::size_t spans_max = 16'384;  ///< that wait for the exporter
    };
    explicit Tracer(Options options) : options_{options} {}

    struct Begun {
        TraceContext context;  ///< of the new span
        SpanId parent{};
    };
    /// A new span: below the caller's when `incoming` is a traceparent, whose decision whether to
    /// sample holds, else the first of a new trace.
    [[nodiscard]] Begun begin(std::string_view incoming) const;

    /// A span below another one.
    [[nodiscard]] static Begun below(const TraceContext& parent);

    /// Keeps it, when its trace is sampled.
    void record(Span span);

    /// At most `count_max` of those that wait, oldest first; they are the caller's now.
    [[nodiscard]] std::vector<Span> take(std::size_t count_max);
    [[nodiscard]] std::size_t waiting() const;
    [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_.load(); }
    void count_dropped(std::size_t count) noexcept { dropped_ += count; }

private:
    const Options options_;
    mutable std::mutex mutex_;
    std::vector<Span> spans_;
    std::atomic<std::uint64_t> dropped_{0};
};

}  // namespace katydid::observe
