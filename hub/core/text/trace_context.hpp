// Which trace a piece of work belongs to (W3C Trace Context, Level 1).
#pragma once

#include "hub/core/id.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace katydid {

using TraceId = std::array<std::uint8_t, 16>;
using SpanId = std::array<std::uint8_t, 8>;

struct TraceContext {
    TraceId trace{};
    SpanId span{};
    bool sampled = false;

    friend bool operator==(const TraceContext&, const TraceContext&) = default;
};

/// Reads a `traceparent` header (section 3.2): lower-case hex, ids that are not zero; a version
/// above 00 may have more after it. nullopt when it is not one.
[[nodiscard]] std::optional<TraceContext> parse_traceparent(std::string_view text) noexcept;
/// The trace's id within a `traceparent`; empty when it is none.
[[nodiscard]] std::string_view trace_of(std::string_view traceparent) noexcept;
[[nodiscard]] std::string to_traceparent(const TraceContext& context);

/// 32 and 16 hexadecimal digits.
[[nodiscard]] std::string to_text(const TraceId& id);
[[nodiscard]] std::string to_text(const SpanId& id);

/// The span of one attempt. It follows from the delivery and the number alone, so that the
/// sender and the record of an attempt, before or after a restart, mean the same span.
[[nodiscard]] SpanId attempt_span(DeliveryId delivery, std::uint32_t attempt) noexcept;

/// The `traceparent` of an attempt at an event: the stored context with the attempt's own span.
/// What is not a context, or not sampled, goes out as it came.
[[nodiscard]] std::string attempt_traceparent(std::string_view stored, DeliveryId delivery,
                                              std::uint32_t attempt);

}  // namespace katydid
