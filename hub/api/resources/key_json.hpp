// A key ring as the API shows it: never a secret.
#pragma once

#include "signing/keys/key_ring.hpp"

#include <boost/json.hpp>

namespace katydid::api {

constexpr const char* ring_key_schema = R"json({
  "type": "object",
  "description": "A key of a ring: never its secret.",
  "required": ["id", "active", "not_before", "not_after"],
  "properties": {
    "id": {"type": "string"},
    "active": {"type": "boolean"},
    "not_before": {"type": ["string", "null"], "format": "date-time"},
    "not_after": {"type": ["string", "null"], "format": "date-time"},
    "public_key": {"type": "string"}
  },
  "additionalProperties": false
})json";

/// `[{id, active, not_before, not_after, public_key?}]`, newest first.
[[nodiscard]] boost::json::array keys_json(const signing::KeyRing& keys, Timestamp now);

}  // namespace katydid::api
