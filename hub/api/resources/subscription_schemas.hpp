// Subscriptions in /openapi.json.
#pragma once

namespace katydid::api {

/// As output.cpp writes them.
constexpr const char* subscription_schema = R"json({
  "type": "object",
  "required": ["id", "name", "status", "sources", "event_types", "handler", "dialect", "limits",
               "retry", "timeout", "read_only", "signature", "created_at", "updated_at"],
  "properties": {
    "id": {"type": "string"},
    "name": {"type": "string"},
    "status": {"type": "string", "enum": ["active", "paused", "disabled"]},
    "status_reason": {"type": "string", "description": "why it is disabled"},
    "sources": {"type": "array", "items": {"type": "string"},
                "description": "names; empty: any source"},
    "event_types": {"type": "array", "items": {"type": "string"}},
    "filter": {"description": "what the event must say besides"},
    "handler": {"$ref": "#/components/schemas/Handler"},
    "dialect": {"$ref": "#/components/schemas/Dialect"},
    "limits": {"$ref": "#/components/schemas/Limits"},
    "retry": {"$ref": "#/components/schemas/Retry"},
    "timeout": {"type": "string"},
    "connect_timeout": {"type": "string"},
    "first_byte_timeout": {"type": "string"},
    "signature": {"type": ["string", "null"],
                  "description": "a signature scheme; null: the dialect's own"},
    "read_only": {"type": "boolean", "description": "made by a setting or a program"},
    "created_at": {"type": "string", "format": "date-time"},
    "updated_at": {"type": "string", "format": "date-time"},
    "secret": {"type": "string", "description": "when it was made here: shown this once"},
    "public_key": {"type": "string", "description": "for the receiver, of an Ed25519 pair"},
    "state": {"$ref": "#/components/schemas/SubscriptionState"}
  },
  "additionalProperties": false
})json";

constexpr const char* handler_schema = R"json({
  "type": "object",
  "required": ["kind"],
  "properties": {
    "kind": {"type": "string", "enum": ["endpoint", "coroutine"]},
    "url": {"type": "string"},
    "headers": {"type": "object", "additionalProperties": {"type": "string"},
                "description": "their values are written as \"(hidden)\""},
    "identity": {"type": "string", "description": "who the hub is towards the receiver"}
  },
  "additionalProperties": false
})json";

constexpr const char* dialect_schema = R"json({
  "type": "string", "enum": ["standard", "raw", "cloudevents", "atlvs", "grasshopper"]
})json";

constexpr const char* limits_schema = R"json({
  "type": "object",
  "required": ["in_flight", "per_second", "burst", "adaptive", "payload_bytes", "ordering",
               "order_key"],
  "properties": {
    "in_flight": {"type": "integer"},
    "per_second": {"type": "number"},
    "burst": {"type": "integer"},
    "adaptive": {"type": "boolean"},
    "payload_bytes": {"type": "integer"},
    "ordering": {"type": "string", "enum": ["none", "key"]},
    "order_key": {"type": "string"}
  },
  "additionalProperties": false
})json";

constexpr const char* retry_schema = R"json({
  "type": "object",
  "required": ["delays"],
  "properties": {
    "delays": {"type": ["array", "null"], "items": {"type": "string"},
               "description": "waits before the next attempts; null: the hub's schedule"},
    "age_max": {"type": "string"},
    "statuses": {"type": "object", "additionalProperties": {"type": "string"},
                 "description": "\"404\", \"5xx\" or \"500-504\" to full, few, slow or dead"}
  },
  "additionalProperties": false
})json";

constexpr const char* subscription_state_schema = R"json({
  "type": "object",
  "required": ["in_flight", "in_flight_limit", "queued", "more_in_store", "breaker"],
  "properties": {
    "in_flight": {"type": "integer"},
    "in_flight_limit": {"type": "integer"},
    "queued": {
      "type": "object",
      "required": ["fresh", "retry", "replay"],
      "properties": {"fresh": {"type": "integer"}, "retry": {"type": "integer"},
                     "replay": {"type": "integer"}},
      "additionalProperties": false
    },
    "more_in_store": {"type": "boolean"},
    "breaker": {"type": "string", "enum": ["closed", "open", "probing", "ramping"]},
    "adaptive_limit": {"type": "integer"},
    "resumes_at": {"type": "string", "format": "date-time"}
  },
  "additionalProperties": false
})json";

/// As subscription_input.cpp and limits_input.cpp read them.
constexpr const char* new_subscription_schema = R"json({
  "type": "object",
  "required": ["name", "event_types", "handler"],
  "properties": {
    "name": {"type": "string", "minLength": 1, "maxLength": 100},
    "sources": {"type": "array", "maxItems": 200, "items": {"type": "string", "minLength": 1}},
    "event_types": {"type": "array", "minItems": 1, "maxItems": 200,
      "items": {"type": "string", "minLength": 1},
      "description": "exact, \"prefix.*\" or \"*\""},
    "filter": {"type": ["object", "null"]},
    "handler": {"$ref": "#/components/schemas/NewHandler"},
    "dialect": {"$ref": "#/components/schemas/Dialect"},
    "signature": {"type": ["string", "null"], "minLength": 1, "maxLength": 64},
    "secret": {"type": "string", "minLength": 1, "maxLength": 1024,
               "description": "absent: one is made and shown once"},
    "limits": {"$ref": "#/components/schemas/NewLimits"},
    "retry": {"$ref": "#/components/schemas/NewRetry"},
    "timeout": {"type": "string", "examples": ["15s"]},
    "connect_timeout": {"type": "string", "examples": ["2s"]},
    "first_byte_timeout": {"type": "string", "examples": ["10s"]},
    "status": {"type": "string", "enum": ["active", "paused", "disabled"]}
  },
  "additionalProperties": false
})json";

constexpr const char* new_handler_schema = R"json({
  "type": "object",
  "required": ["url"],
  "properties": {
    "kind": {"type": "string", "const": "endpoint"},
    "url": {"type": "string", "minLength": 1, "maxLength": 2048,
            "examples": ["https://example.com/hooks"]},
    "headers": {"type": "object", "additionalProperties": {"type": "string"},
                "description": "stay with the URL's host; \"(hidden)\" keeps what is there"},
    "identity": {"type": ["string", "null"], "minLength": 1, "maxLength": 100}
  },
  "additionalProperties": false
})json";

constexpr const char* new_limits_schema = R"json({
  "type": "object",
  "properties": {
    "in_flight": {"type": "integer", "minimum": 1, "maximum": 10000},
    "adaptive": {"type": "boolean"},
    "per_second": {"type": "number", "minimum": 0, "maximum": 100000},
    "burst": {"type": "integer", "minimum": 0, "maximum": 100000},
    "payload_bytes": {"type": "integer", "minimum": 0, "maximum": 67108864},
    "ordering": {"type": "string", "enum": ["none", "key"]},
    "order_key": {"type": "string", "maxLength": 256, "examples": ["/payload/id"]}
  },
  "additionalProperties": false
})json";

constexpr const char* new_retry_schema = R"json({
  "type": "object",
  "properties": {
    "delays": {"type": ["array", "null"], "minItems": 1, "maxItems": 50,
               "items": {"type": "string", "minLength": 1}, "examples": [["5s", "5m"]],
               "description": "null: the hub's schedule"},
    "age_max": {"type": "string", "examples": ["3d"]},
    "statuses": {"type": "object", "maxProperties": 50,
      "additionalProperties": {"type": "string", "enum": ["full", "few", "slow", "dead"]}}
  },
  "additionalProperties": false
})json";

}  // namespace katydid::api
