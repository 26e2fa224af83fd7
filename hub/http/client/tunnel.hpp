// A way through an HTTP proxy.
#pragma once

#include "hub/core/error.hpp"
#include "hub/http/client/outbound.hpp"

namespace katydid::http {

/// Asks the proxy at the other end to connect on to `authority` (RFC 9110, section 9.3.6): after
/// it the connection leads there. The caller limits the time.
///
/// Errors: connect_failed when the proxy refuses, protocol_error when it talks nonsense,
/// connection_closed. Cancellation: terminal.
awaitable<result<void>> open_tunnel(Outbound& connection, std::string authority);

}  // namespace katydid::http
