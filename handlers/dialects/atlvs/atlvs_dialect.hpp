// The dialect of ATLVS: what its dispatcher sends and its partner receiver reads.
#pragma once

#include "handlers/dialects/envelope.hpp"
#include "handlers/dialects/wire_request.hpp"

namespace katydid::dialects::atlvs {

/// Reads `{"id","name","occurredAt","payload"}` (docs/platforms.md): the time is
/// `/occurredAt`, the key `/payload/id`. Errors: invalid_argument.
[[nodiscard]] Facts read_facts(std::string_view body, const json_text::Outline& outline = {});

/// Writes an event for ATLVS's partner receiver. A payload that is in this dialect already goes
/// out byte for byte. Errors: invalid_argument when the payload is not JSON.
[[nodiscard]] result<WireRequest> write(const Event& event);

}  // namespace katydid::dialects::atlvs
