// Grasshopper's REST API, as far as ATLVS reads it (docs/platforms.md).
#pragma once

#include "examples/simulators/common/api_gate.hpp"

#include <string>

namespace katydid::simulators::grasshopper {

/// Events, orders and tickets below /api, with the personal data of their customers: what the hub
/// must keep back.
///
/// Thread safety: none; one loop.
class Api {
public:
    Api(const Clock& clock, std::string key, std::uint64_t seed)
        : gate_{clock, std::move(key), seed}
    {}

    /// The API, POST and GET /_sim/api.
    void add_routes(http::Router& router);

private:
    ApiGate gate_;
};

}  // namespace katydid::simulators::grasshopper
