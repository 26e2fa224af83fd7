// The platforms' own variable names, which work without a file (api.md, Settings).
#pragma once

#include "hub/config/load.hpp"
#include "hub/config/mistakes.hpp"

namespace katydid::config {

/// ATLVS_WEBHOOK_SECRET, GRASSHOPPER_WEBHOOK_SECRET and ATLVS_PARTNER_SECRET with
/// GRASSHOPPER_WEBHOOK_URL and ATLVS_WEBHOOK_URL become the sources `atlvs` and `grasshopper`
/// and the subscriptions `to-grasshopper` and `to-atlvs`.
void apply_platforms(Settings& settings, const Environment& environment, Mistakes& mistakes);

}  // namespace katydid::config
