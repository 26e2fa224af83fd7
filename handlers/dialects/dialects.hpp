// Every dialect by its name.
#pragma once

#include "handlers/dialects/wire_request.hpp"
#include "hub/core/codec/embedded.hpp"
#include "hub/core/subscription/subscription_ptr.hpp"

namespace katydid::dialects {

/// Catalogs, mappings of types and schemas of the platforms, by their paths below this folder.
extern const EmbeddedFiles embedded_files;

/// The user agent of everything the hub sends.
extern const std::string_view user_agent;

/// `standard`: the payload as it is, Standard Webhooks signature, katydid-* headers (api.md,
/// Outbound). webhook-id is the event's id, the same over retries and replays.
[[nodiscard]] WireRequest write_standard(const Event& event, const WireContext& context);

/// `raw`: payload, Content-Type and the provider's own headers with its signature, as far as the
/// subscription does not set them; none of ours.
[[nodiscard]] WireRequest write_raw(const Event& event);

/// `cloudevents`: CloudEvents 1.0.2 in binary content mode (HTTP binding, section 3.1), signed
/// as `standard`.
[[nodiscard]] WireRequest write_cloudevents(const Event& event, const WireContext& context);

/// Writes an event in a dialect. Errors: what the dialect cannot say; trying again cannot help.
[[nodiscard]] result<WireRequest> write(Dialect dialect, const Event& event,
                                        const WireContext& context);

}  // namespace katydid::dialects
