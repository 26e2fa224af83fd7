// From a verified request to events.
#pragma once

#include "hub/intake/intake.hpp"
#include "hub/receive/arrival.hpp"

#include <boost/container/small_vector.hpp>

namespace katydid::receive {

/// The events of one request: nearly always one.
using ArrivedList = boost::container::small_vector<intake::Arrived, 1>;

/// The provider's own headers: without hop-by-hop fields, credentials, what describes the
/// connection rather than the event, and names that only the hub may use (katydid-…). Their texts
/// move out of `headers`.
[[nodiscard]] Headers provider_headers(Headers&& headers);

/// Builds the event of a verified request, or one for each item of a batch where the source splits
/// them. The body is uncompressed where it is stored, the source's credentials are taken out of it,
/// and each event says by what it is known again. Body and headers move out of the request.
/// \param verified  of this request
[[nodiscard]] ArrivedList to_events(Arrival& arrival, signing::Verified verified);

}  // namespace katydid::receive
