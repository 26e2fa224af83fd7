// The management API under /v1.
#pragma once

#include "hub/core/clock.hpp"
#include "hub/core/subscription/subscription_state.hpp"
#include "hub/http/egress/egress.hpp"
#include "hub/http/client/identities.hpp"
#include "hub/http/server/router.hpp"
#include "hub/intake/intake.hpp"
#include "hub/registry/registry.hpp"
#include "hub/registry/tables.hpp"
#include "hub/store/store.hpp"
#include "signing/keys/vault.hpp"

#include <boost/json/fwd.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace katydid::jobs {
class ReplayJobs;
}

namespace katydid::receive {
class Receiver;
}

namespace katydid::stream {
class Audience;
class LiveSessions;
}  // namespace katydid::stream

namespace katydid::transform {
class Pool;
}

namespace katydid::api {

/// What the hub may have in flight, and each tenant that has no limit of its own.
struct LimitValues {
    std::uint32_t in_flight = 0;
    std::uint32_t tenant_in_flight = 0;
};
/// What is absent stays; 0 goes back to the setting.
struct LimitsChange {
    std::optional<std::uint32_t> in_flight{};
    std::optional<std::uint32_t> tenant_in_flight{};
};

/// What the hub tells of itself; each row as its schema has it (schemas/hub.json).
struct HubReport {
    std::function<boost::json::array()> settings;
    /// Those that the tenant may name; all, with their files, for an operator.
    std::function<boost::json::array(TenantId tenant, bool is_operator)> identities;
    std::function<boost::json::array()> certificates;
    /// \param asks  whether the receivers of the tenant are asked, too
    std::function<awaitable<boost::json::array>(TenantId tenant, bool asks)> findings;
};

/// How the bridge between the platforms is doing (schemas/bridge.json).
struct BridgeView {
    std::function<awaitable<boost::json::object>()> overview;
    /// A page of its writes, newest first, with the cursor of the next one.
    std::function<awaitable<http::Response>(std::optional<DeliveryId> cursor, std::uint32_t limit)>
        operations;
};

class LoginThrottle;
class FeedReader;

/// Sign-on by a provider, as far as the API and the console know of it.
struct SignOn {
    std::string name;   ///< on the button: "Sign in with NAME"
    std::string stamp;  ///< of its settings: a session under other ones has ended
};

/// What the routes work with. Everything outlives the router.
struct Context {
    store::Store& store;
    registry::Registry& registry;
    const registry::Tables& tables;  ///< of the loop the routes run on
    intake::Intake& intake;
    const http::EgressPolicy& egress;
    const Clock& clock;
    /// Asks the loop that owns a subscription. Empty: no loop dispatches.
    std::function<awaitable<SubscriptionState>(SubscriptionId)> state_of = nullptr;
    std::function<awaitable<LimitValues>()> hub_limits = nullptr;
    std::function<awaitable<result<LimitValues>>(LimitsChange)> change_hub_limits = nullptr;
    jobs::ReplayJobs* replay_jobs = nullptr;       ///< null: there are no replay jobs
    receive::Receiver* receiver = nullptr;         ///< judges rejected webhooks once more
    const signing::Vault* vault = nullptr;         ///< opens rejected webhooks
    const http::Identities* identities = nullptr;  ///< what subscriptions may name; null: none
    /// Shared with others that judge keys on this loop; null: the API has its own.
    std::shared_ptr<LoginThrottle> throttle = nullptr;
    stream::Audience* audience = nullptr;           ///< tells the feed's readers of this loop
    FeedReader* feed = nullptr;                     ///< reads events for it
    stream::LiveSessions* live_sessions = nullptr;  ///< who consumes; null: none may
    transform::Pool* transforms = nullptr;       ///< of this loop; null: the hub runs no transforms
    std::vector<std::string> allowed_origins{};  ///< of WebSockets, besides the hub's own
    bool takes_sessions = false;                 ///< whether the console's cookie counts as a key
    const HubReport* report = nullptr;           ///< null: the hub tells nothing of itself
    const BridgeView* bridge = nullptr;          ///< null: there is none
    bool asks_for_certificates = false;  ///< whether the listener asks clients for certificates
    std::string public_url{};            ///< where browsers reach the hub; empty: as they say
    std::optional<SignOn> sign_on{};     ///< nullopt: people sign in with keys only
};

/// Adds every /v1 route, /openapi.json and /docs.
void add_routes(http::Router& router, const Context& context);

class Routes;
void add_event_routes(Routes& routes);
void add_event_type_routes(Routes& routes);
void add_delivery_routes(Routes& routes);
void add_subscription_routes(Routes& routes);
void add_limit_routes(Routes& routes);
void add_redelivery_routes(Routes& routes);
void add_replay_routes(Routes& routes);
void add_source_routes(Routes& routes);
void add_scheme_routes(Routes& routes);
void add_rejected_routes(Routes& routes);
void add_rotation_routes(Routes& routes);
void add_tenant_routes(Routes& routes);
void add_key_routes(Routes& routes);
void add_ticket_routes(Routes& routes);
void add_session_routes(Routes& routes);
void add_portal_link_routes(Routes& routes);
void add_subject_routes(Routes& routes);
void add_audit_routes(Routes& routes);
void add_stats_routes(Routes& routes);
void add_stream_routes(Routes& routes);
void add_feed_routes(Routes& routes);
void add_transform_routes(Routes& routes);
void add_realtime_routes(Routes& routes);
void add_hub_routes(Routes& routes);
void add_bridge_routes(Routes& routes);
void add_embed_token_routes(Routes& routes);
void add_filter_routes(Routes& routes);

}  // namespace katydid::api
