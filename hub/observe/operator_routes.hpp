// What the operators' listener serves: health and metrics.
#pragma once

#include "hub/http/server/router.hpp"
#include "hub/observe/metrics.hpp"

#include <functional>
#include <string>

namespace katydid::observe {

/// Why the hub is not ready, or an empty text.
using NotReady = std::function<std::string()>;

/// /healthz: the process answers. /readyz: webhooks are accepted, else 503 with the reason.
/// /metrics: Prometheus text. The metrics outlive the router.
void add_operator_routes(http::Router& router, const Metrics& metrics, NotReady not_ready);

}  // namespace katydid::observe
