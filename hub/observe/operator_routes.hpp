// What the operators' listener serves: health and metrics.
#pragma once

#include "hub/http/server/router.hpp"
#include "hub/observe/metrics.hpp"

#include <functional>
#include <string>
#include <vector>

namespace katydid::observe {

struct Readiness {
    std::string refusal{};                   ///< why the hub is not ready; empty: it is
    std::vector<std::string> shards_away{};  ///< whose tenants get 503 while the others work
};
using AskReadiness = std::function<Readiness()>;

/// What /healthz says besides that the process answers.
using Health = std::function<void(const http::Request&, http::Response&)>;

/// /healthz: the process answers. /readyz: webhooks are accepted, else 503 with the reason; which
/// shards of the store are away.
/// /metrics: Prometheus text. The metrics outlive the router.
void add_operator_routes(http::Router& router, const Metrics& metrics, AskReadiness ask,
                         Health health);

}  // namespace katydid::observe
