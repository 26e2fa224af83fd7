// An event with everything that a dialect may write.
#pragma once

#include "hub/core/event.hpp"

namespace katydid::test {

inline const std::string event_id_text = "evt_01JXT21Q00TVHEAVKXVX8W3A02";
inline const std::string delivery_id_text = "dlv_01JXT21Q00TVHEAVKXVX8W3A03";

inline Event make_event(std::string source, std::string type, std::string payload)
{
    Event event;
    event.id = *EventId::parse(event_id_text);
    event.source = std::move(source);
    event.type = std::move(type);
    event.external_id = "external-1";
    event.occurred_at = *parse_rfc3339("2026-06-15T18:00:00.000Z");
    event.received_at = *parse_rfc3339("2026-06-15T18:00:01.000Z");
    event.content_type = "application/json";
    event.payload = std::make_shared<const std::string>(std::move(payload));
    return event;
}

}  // namespace katydid::test
