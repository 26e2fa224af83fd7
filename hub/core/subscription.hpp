// Which events go to which handler, in which dialect, under which limits.
#pragma once

#include "hub/core/clock.hpp"
#include "hub/core/language.hpp"
#include "hub/core/text/headers.hpp"
#include "hub/core/id.hpp"

#include <memory>
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

enum class Ordering : std::uint8_t { none, key };

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

struct Limits {
    std::uint32_t in_flight = 16;  ///< attempts at the same time, at least 1
    double per_second = 0;         ///< 0: no rate limit
    std::uint32_t burst = 0;       ///< 0: as per_second
    Ordering ordering = Ordering::none;
    std::string order_key;  ///< "/json/pointer" or "header:Name"; empty: Event::key
    bool adaptive = false;  ///< in_flight is the most; less while the receiver asks for less
    std::uint64_t payload_bytes = 0;  ///< a larger payload is dead at once; 0: no limit of its own
    friend bool operator==(const Limits&, const Limits&) = default;
};

/// Which schedule a failed attempt follows (docs/robustness.md).
enum class RetryClass : std::uint8_t { full, few, slow, dead };

/// What a subscription says of a status code instead of the standard table.
struct StatusRule {
    unsigned status_min = 0;
    unsigned status_max = 0;  ///< inclusive
    RetryClass retry = RetryClass::full;
    friend bool operator==(const StatusRule&, const StatusRule&) = default;
};

struct RetrySettings {
    std::vector<milliseconds> delays;  ///< before attempt 2, 3, …; empty: the default schedule
    milliseconds age_max{0};           ///< 0: as long as the schedule lasts
    std::vector<StatusRule> statuses;  ///< first match wins; none: the standard table
    friend bool operator==(const RetrySettings&, const RetrySettings&) = default;
};

/// A program that shapes an event for its receiver, before the dialect and the signature
/// (docs/transforms.md).
struct Transform {
    Language language = Language::javascript;
    std::string code;          ///< empty: there is none
    milliseconds timeout{50};  ///< CPU time of a run
    friend bool operator==(const Transform&, const Transform&) = default;
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

using SubscriptionPtr = std::shared_ptr<const Subscription>;

std::string_view to_text(Dialect dialect) noexcept;
std::string_view to_text(SubscriptionStatus status) noexcept;
std::string_view to_text(Ordering ordering) noexcept;
std::string_view to_text(HandlerKind kind) noexcept;
std::string_view to_text(Language language) noexcept;
std::string_view to_text(RetryClass retry) noexcept;

}  // namespace katydid
