#include "hub/api/api.hpp"
#include "hub/api/protocol/route.hpp"

namespace katydid::api {

void add_routes(http::Router& router, const Context& context)
{
    Routes routes{router, context};
    add_event_routes(routes);
    add_event_type_routes(routes);
    add_delivery_routes(routes);
    add_redelivery_routes(routes);
    add_replay_routes(routes);
    add_limit_routes(routes);
    add_subscription_routes(routes);
    add_source_routes(routes);
    add_scheme_routes(routes);
    add_rejected_routes(routes);
    add_rotation_routes(routes);
    add_tenant_routes(routes);
    add_key_routes(routes);
    add_ticket_routes(routes);
    add_session_routes(routes);
    add_portal_link_routes(routes);
    add_subject_routes(routes);
    add_audit_routes(routes);
    add_stats_routes(routes);
    add_stream_routes(routes);
    add_feed_routes(routes);
    add_transform_routes(routes);
    add_realtime_routes(routes);
    add_hub_routes(routes);
    add_bridge_routes(routes);
    add_embed_token_routes(routes);
    add_filter_routes(routes);
    routes.finish();
}

}  // namespace katydid::api
