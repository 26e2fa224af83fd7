// Grasshopper, the customer side: its ticket sales and its ATLVS webhook route.
#pragma once

#include "examples/simulators/common/platform.hpp"

#include <memory>

namespace katydid::simulators::grasshopper {

/// Posts Standard Webhooks and answers `POST /api/webhooks/atlvs` as Grasshopper's own route
/// does, and `POST /api/webhooks/katydid` for subscriptions in the dialect `standard`.
std::unique_ptr<Platform> make_platform(const Options& options, const Clock& clock);

[[nodiscard]] Webhook write_webhook(const Happening& happening);

/// What the two routes say to a webhook whose signature is right.
[[nodiscard]] Answer accept_atlvs_webhook(const http::Request& request);
[[nodiscard]] Answer accept_standard_webhook(const http::Request& request);

}  // namespace katydid::simulators::grasshopper
