// What stands between the platforms: their REST calls, answered by the hub.
#pragma once

#include "handlers/privacy/privacy_table.hpp"
#include "hub/bridge/calls.hpp"
#include "hub/core/outcome.hpp"
#include "hub/core/subscription/subscription_ptr.hpp"
#include "hub/core/subscription/subscription_state.hpp"
#include "hub/http/client/client.hpp"
#include "hub/http/server/router.hpp"
#include "hub/intake/intake.hpp"
#include "signing/keys/key_ring.hpp"

#include <boost/json/object.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace katydid::bridge {

/// Where a platform is reached and with which key. An empty URL: it is not set up.
struct PlatformOptions {
    std::string url;
    Secret key;
};

struct Options {
    PlatformOptions atlvs;
    PlatformOptions grasshopper;
    milliseconds wait{500};        ///< for an answer, before 202 or a stale copy
    milliseconds timeout{10'000};  ///< of one call to a platform
    milliseconds health_interval{10'000};
    milliseconds fresh_max{std::chrono::hours{1}};  ///< no cached answer is fresh for longer
    milliseconds remembered{std::chrono::days{7}};  ///< writes, to know them again
    bool is_store_shared = false;  ///< other hubs may get the webhooks that drop cached answers
};

/// Refuses a request without a key of that scope, in any words; nullopt: it may pass.
using Access = std::function<std::optional<http::Response>(const http::Request& head,
                                                           std::string_view scope)>;

/// The origin whose page may read an event's figures, or a refusal.
using EmbedAccess = std::function<std::variant<std::string, http::Response>(
    const http::Request& head, std::string_view event_id)>;

/// The routes of docs/platforms.md, the REST calls between the platforms.
///
/// There is one in a hub. It lives on one loop, so nothing in it takes a lock; the routes of the
/// other loops come over to it.
/// Lifetime: call stop() and let the loop run before it goes.
/// Thread safety: the constructor, add_routes() and start() before the loops run or on its loop;
/// handle() and before_append() from any loop; the rest on its loop.
class Bridge {
public:
    /// All of it outlives the bridge.
    struct Parts {
        asio::any_io_executor executor;
        const Clock& clock;
        store::Store& store;
        const registry::Tables& tables;  ///< of its loop, like the next two
        intake::Intake& intake;
        IdSource& ids;
        const privacy::PrivacyTables& privacy;
        const http::EgressPolicy& egress;
        http::ClientOptions client;
        /// Asks the loop that owns a subscription.
        std::function<awaitable<SubscriptionState>(SubscriptionId)> state_of;
        /// Tells that loop that the subscription's receiver is back.
        std::function<void(SubscriptionId)> on_receiver_up;
    };

    Bridge(Parts parts, Options options);
    ~Bridge();
    Bridge(const Bridge&) = delete;
    Bridge& operator=(const Bridge&) = delete;

    /// Of any loop. \param access  judges by that loop's tables
    void add_routes(http::Router& router, Access access);
    /// GET /embed/analytics, for widgets in other pages. Of any loop, like add_routes().
    void add_embed_routes(http::Router& router, EmbedAccess access);
    /// One attempt of the subscription bridge-atlvs; the event outlives the call.
    awaitable<Outcome> handle(const Event& event);
    /// Drops the cached answers that a webhook makes wrong. Await it before the event is stored.
    awaitable<void> before_append(const Event& event);
    /// A subscription's breaker opened: callers wait for it no longer.
    void on_degraded(SubscriptionId id);

    /// How both platforms are and what is cached of them, as the schema `Bridge` has it. From any
    /// loop, like the next one.
    awaitable<boost::json::object> overview();
    /// A page of the writes (Operations::list).
    awaitable<result<boost::json::object>> operations(std::optional<DeliveryId> cursor,
                                                      std::uint32_t limit);

    void start();
    void stop();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// The subscription that brings writes to ATLVS: durable, in order by key, tried for three days.
/// \param delays  before the second, third, … attempt; empty: the bridge's own
[[nodiscard]] Subscription make_subscription(milliseconds timeout,
                                             std::vector<milliseconds> delays);

}  // namespace katydid::bridge
