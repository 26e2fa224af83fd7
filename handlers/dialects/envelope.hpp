// What an event's payload wraps its data in.
#pragma once

#include "hub/core/error.hpp"
#include "hub/core/event.hpp"
#include "hub/core/json/outline.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace katydid::dialects {

/// How a payload is built.
enum class Shape : std::uint8_t {
    plain,        ///< the payload is the data
    atlvs,        ///< {"id", "name", "occurredAt", "payload"}
    grasshopper,  ///< {"event", "data", "timestamp"}
    standard,     ///< {"type", "timestamp", "data"} (Standard Webhooks)
};

/// An event's data inside its payload, to be wrapped in another dialect's envelope.
struct Opened {
    Shape shape = Shape::plain;
    std::string_view data;  ///< JSON text, the bytes as they came; lives as long as the payload
};

/// Finds the data of an event. What was published through the API is data and never opened.
/// Errors: invalid_argument when the payload is not JSON.
[[nodiscard]] result<Opened> open_envelope(const Event& event);

/// What hub/receive wants to know about a body before it becomes an event.
struct Facts {
    std::optional<Timestamp> occurred_at;
    std::string key;  ///< what it is about, for ordering; empty when the body does not say
};

/// The members of an envelope that tell them.
struct FactMembers {
    std::string_view time;  ///< the top-level member with the time
    std::string_view data;  ///< the top-level member with the data, whose `id` is the key
};

/// Reads facts out of a JSON body, of any depth. What is no JSON object has none.
/// \param outline  of the body, where it is known; else the body is scanned
[[nodiscard]] Facts read_envelope_facts(std::string_view body, const FactMembers& members,
                                        const json_text::Outline& outline = {});

/// A JSON string with its quotes.
[[nodiscard]] std::string quote_json(std::string_view text);

}  // namespace katydid::dialects
