// Spans as OTLP writes them in JSON.
#pragma once

#include "hub/observe/tracer.hpp"

#include <span>

namespace katydid::observe {

/// An ExportTraceServiceRequest in the JSON encoding of OTLP 1.0 (ids as hexadecimal digits,
/// 64-bit numbers as texts). Pure.
[[nodiscard]] std::string otlp_json(std::span<const Span> spans, std::string_view service_instance);

}  // namespace katydid::observe
