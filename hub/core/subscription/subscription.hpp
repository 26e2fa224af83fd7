// Which events go to which handler, in which dialect, under which limits.
#pragma once

#include "hub/core/subscription/delivery_limits.hpp"
#include "hub/core/id.hpp"
#include "hub/core/subscription/subscription_ptr.hpp"
#include "hub/core/text/headers.hpp"
#include "hub/core/subscription/transform.hpp"

#include <optional>
#include <string>
#include <vector>

namespace katydid {

/// How an event is written on the wire.
enum class Dialect : std::uint8_t { standard, raw, cloudevents, atlvs, grasshopper };

enum class SubscriptionStatus : std::uint8_t {
    active,
    paused,    ///< deliveries accumulate and wait
    disabled,  ///< none are made, waiting ones park
};

enum class HandlerKind : std::uint8_t {
    endpoint,
    coroutine,
    stream,  ///< the consumers that are connected
};

struct HandlerSpec {
    HandlerKind kind = HandlerKind::endpoint;
    std::string url;  ///< endpoint: where to POST
    Headers headers;  ///< endpoint: sent with every request; credentials, in practice
    /// endpoint: name of the identity (settings) that says whom it trusts and who it says it is;
    /// empty: the hub's own
    std::string identity;
    // A coroutine handler is found in the registry by the subscription's name.
    friend bool operator==(const HandlerSpec&, const HandlerSpec&) = default;
};

struct Subscription {
    TenantId tenant = default_tenant();
    SubscriptionId id;
    std::string name;                      ///< unique within the tenant
    std::vector<std::string> sources;      ///< names; empty: any source
    std::vector<std::string> event_types;  ///< exact, "prefix.*" or "*"
    std::string filter;                    ///< JSON text, empty: none
    Transform transform;                   ///< without code: none
    HandlerSpec handler;
    Dialect dialect = Dialect::standard;
    Limits limits;
    RetrySettings retry;
    std::string signature;            ///< name of a signature scheme; empty: the dialect's own
    milliseconds timeout{15'000};     ///< one attempt, from connect to the end of the answer
    milliseconds connect_timeout{0};  ///< 0: the hub's
    milliseconds first_byte_timeout{
        0};  ///< from the request sent to the answer's start; 0: timeout
    SubscriptionStatus status = SubscriptionStatus::active;
    std::string status_reason;              ///< why it is disabled, for people
    std::optional<Timestamp> expires_at{};  ///< when the hub deletes it, unless that is put off
    bool read_only = false;                 ///< made by a setting; the API does not change it
    std::uint64_t version = 1;              ///< counts changes
    Timestamp created_at{};
    Timestamp updated_at{};
    friend bool operator==(const Subscription&, const Subscription&) = default;
};

std::string_view to_text(Dialect dialect) noexcept;
std::string_view to_text(SubscriptionStatus status) noexcept;
std::string_view to_text(HandlerKind kind) noexcept;

}  // namespace katydid
