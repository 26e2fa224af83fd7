// One event for one subscription, and the tries at handing it over.
#pragma once

#include "hub/core/attempt_timing.hpp"
#include "hub/core/clock.hpp"
#include "hub/core/id.hpp"

#include <string>

namespace katydid {

/// pending → in_flight → delivered | scheduled (retry) → … → dead | cancelled.
enum class DeliveryState : std::uint8_t {
    pending,
    scheduled,
    delivered,
    dead,
    cancelled,
    in_flight
};

/// Finished: no attempt will follow unless a person asks for one.
constexpr bool is_final(DeliveryState state) noexcept
{
    return state == DeliveryState::delivered || state == DeliveryState::dead
           || state == DeliveryState::cancelled;
}

/// Fresh, retry or replay work of one subscription.
enum class Lane : std::uint8_t { fresh, retry, replay };
constexpr std::size_t lane_count = 3;

struct Delivery {
    TenantId tenant = default_tenant();
    DeliveryId id;
    EventId event;
    SubscriptionId subscription;
    DeliveryState state = DeliveryState::pending;
    Lane lane = Lane::fresh;
    std::uint32_t attempts = 0;  ///< made so far
    /// Of them, those that the retry schedule does not count: made before a person asked for it
    /// again, or cut off by a shutdown.
    std::uint32_t attempts_before = 0;
    std::string order_key;  ///< empty when the subscription does not order
    Timestamp created_at{};
    Timestamp restarted_at{};  ///< when a person asked for it again; epoch: never
    Timestamp due_at{};        ///< not attempted before
    /// When the retry schedule has it due, while it was brought forward; epoch: it was not.
    Timestamp slot_at{};
    Timestamp ended_at{};  ///< epoch while not final
    std::string reason;    ///< why dead or cancelled, or what the last attempt came to
};

/// How an attempt ended, as metrics and the API count it.
enum class AttemptClass : std::uint8_t {
    success,    ///< 2xx, or the coroutine said so
    rejected,   ///< an answer other than 2xx
    throttled,  ///< 429 or 503 with Retry-After
    timed_out,
    connect_failed,  ///< resolve, connect or reset
    tls_failed,
    refused,         ///< by the egress guard: nothing was sent
    protocol_error,  ///< the receiver does not speak HTTP as it should
    failed,  ///< a coroutine's failure or exception, or a dialect that cannot write the event
};

struct Attempt {
    AttemptId id;
    DeliveryId delivery;
    std::uint32_t number = 0;  ///< from 1
    Timestamp started_at{};
    milliseconds duration{0};
    AttemptClass outcome = AttemptClass::failed;
    unsigned status = 0;   ///< HTTP status, 0 when there was no answer
    std::string error;     ///< a sentence, empty on success
    std::string response;  ///< the first 16 KB of the answer's body
    AttemptTiming timing{};
};

constexpr std::size_t response_bytes_max = 16 * 1024;

std::string_view to_text(DeliveryState state) noexcept;
std::string_view to_text(Lane lane) noexcept;
std::string_view to_text(AttemptClass outcome) noexcept;
std::optional<DeliveryState> parse_delivery_state(std::string_view text) noexcept;

}  // namespace katydid
