// What a running hub tells of itself, from its settings, its machine and its receivers.
#pragma once

#include "hub/api/api.hpp"
#include "hub/app/services.hpp"

namespace katydid {

/// For the routes of one loop. Both outlive it.
[[nodiscard]] api::HubReport make_report(Resources& resources, LoopContext& loop);

/// The bridge as the API shows it. It outlives it.
[[nodiscard]] api::BridgeView view_of(bridge::Bridge& bridge);

}  // namespace katydid
