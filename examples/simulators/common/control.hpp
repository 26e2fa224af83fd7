// The routes by which people and tests steer a simulator: /_sim/…
#pragma once

#include "examples/simulators/common/ledger.hpp"
#include "examples/simulators/common/poster.hpp"
#include "examples/simulators/common/receiver.hpp"
#include "hub/http/server/router.hpp"

#include <string>

namespace katydid::simulators {

/// Adds
///   GET  /_sim/ledger[?entries=1]  what was posted and received, and whether it still posts
///   POST /_sim/mode                {"mode": "ok|down|error|hang|slow", "for": "3s" or 20}
///   POST /_sim/post                {"count": 10, "hub": URL?, "rate": per second?}
/// All references outlive the router.
void add_control_routes(http::Router& router, std::string hub_path, Ledger& ledger,
                        Receiver& receiver, Poster& poster);

}  // namespace katydid::simulators
