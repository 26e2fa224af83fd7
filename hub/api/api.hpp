// The management API under /v1.
#pragma once

#include "hub/core/clock.hpp"
#include "hub/http/egress.hpp"
#include "hub/http/router.hpp"
#include "hub/intake/intake.hpp"
#include "hub/registry/registry.hpp"
#include "hub/registry/tables.hpp"
#include "hub/store/store.hpp"

namespace katydid::api {

/// What the routes work with. Everything outlives the router.
struct Context {
    store::Store& store;
    registry::Registry& registry;
    const registry::Tables& tables;  ///< of the loop the routes run on
    intake::Intake& intake;
    const http::EgressPolicy& egress;
    const Clock& clock;
};

/// Adds every /v1 route.
void add_routes(http::Router& router, const Context& context);

void add_event_routes(http::Router& router, const Context& context);
void add_delivery_routes(http::Router& router, const Context& context);
void add_subscription_routes(http::Router& router, const Context& context);

}  // namespace katydid::api
