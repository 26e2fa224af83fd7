// From a verified request to an Event.
#pragma once

#include "hub/core/error.hpp"
#include "hub/core/event.hpp"
#include "hub/http/message.hpp"
#include "hub/registry/tables.hpp"
#include "signing/verify.hpp"

namespace katydid::receive {

/// The provider's own headers: without hop-by-hop fields, credentials and what describes the
/// connection rather than the event.
[[nodiscard]] Headers provider_headers(const Headers& headers);

/// Builds the event; the body moves into it. Errors: invalid_argument when a platform's body is
/// not what its dialect says (a 400).
/// \param scheme  name of the one that verified the request
[[nodiscard]] result<Event> normalise(const registry::SourceEntry& source, std::string_view scheme,
                                      const signing::Verified& verified, http::Request& request);

}  // namespace katydid::receive
