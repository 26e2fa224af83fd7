// The dialect of Grasshopper's own receiver, `POST /api/webhooks/atlvs`.
#pragma once

#include "handlers/dialects/envelope.hpp"
#include "handlers/dialects/wire_request.hpp"

namespace katydid::dialects::grasshopper {

/// Reads `{"event","data","timestamp"}` and, as Grasshopper itself posts, `{"type","data",
/// "timestamp"}`: the time is `/timestamp`, the key `/data/id`. Errors: invalid_argument.
[[nodiscard]] Facts read_facts(std::string_view body, const json_text::Outline& outline = {});

/// Writes an event for Grasshopper's receiver, its type mapped by type_map.hpp. A payload that is
/// in this dialect already and keeps its type goes out byte for byte.
/// Errors: not_found when the type has no counterpart, invalid_argument when the payload is not
/// JSON.
[[nodiscard]] result<WireRequest> write(const Event& event);

}  // namespace katydid::dialects::grasshopper
