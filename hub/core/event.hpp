// What arrived: immutable, its bytes kept as they came.
#pragma once

#include "hub/core/text/headers.hpp"
#include "hub/core/id.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace katydid {

/// The bytes of an event, shared by every delivery of it.
using Payload = std::shared_ptr<const std::string>;

/// By which way an event came in. Set by the code of that way alone: no caller can choose it.
enum class Origin : std::uint8_t {
    published,  ///< POST /v1/events
    received,   ///< a verified webhook of a source
    bridge,     ///< a call of one platform that the hub carries out at the other
    hub,        ///< the hub's own katydid.* events
};

[[nodiscard]] std::string_view to_text(Origin origin) noexcept;

/// One thing that happened, received from a source or published through the API.
struct Event {
    TenantId tenant = default_tenant();
    EventId id;
    std::string source;       ///< name of the source, or empty when published through /v1/events
    std::string type;         ///< dotted noun.verb, e.g. "resource.updated"
    std::string external_id;  ///< the sender's id; duplicates are recognised by it, never empty
    std::string subject;      ///< whose data this is (a person), empty when unknown
    std::string key;          ///< what it is about, for ordering; empty when unknown
    Timestamp occurred_at{};  ///< as the sender says, else received_at
    Timestamp received_at{};
    std::string content_type;
    Headers headers;          ///< the provider's own, without hop-by-hop and credentials
    std::string traceparent;  ///< W3C trace context, empty when none came
    Payload payload;
    Origin origin = Origin::published;
    bool type_unsigned = false;          ///< the type stands where no signature covers it
    std::optional<EventId> repeat_of{};  ///< the event that this one may be a repeat of
    /// The gzip bytes the payload came as, where they are what the sender signed; else null.
    Payload compressed{};
};

using EventPtr = std::shared_ptr<const Event>;

}  // namespace katydid
