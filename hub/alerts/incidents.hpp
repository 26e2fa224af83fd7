// What is wrong now, so that people hear of it once, and once more when it is over.
#pragma once

#include "hub/core/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace katydid::alerts {

/// One of the hub's own events about a subscription.
struct Happening {
    std::string type;  ///< "katydid.subscription.degraded"
    std::string subscription;
    std::string name;    ///< of the subscription
    std::string reason;  ///< a sentence; empty: none
    Timestamp at{};
};

/// What people are to be told.
struct Message {
    bool is_over = false;
    Happening happening;      ///< that began it, or, where it is over, the last one
    std::uint32_t count = 1;  ///< how much happened
};

/// A subscription in trouble, as one alert knows it.
struct Incident {
    Happening last;
    std::uint32_t count = 0;
    bool is_degraded = false;
};

/// What a happening comes to.
struct Step {
    std::optional<Incident> incident{};  ///< what is open from now on; nullopt: nothing
    std::optional<Message> message{};    ///< nullopt: nothing is to be told
};

constexpr std::chrono::minutes quiet_after{15};

/// An incident begins with the first event of a type that the alert is for. What follows is counted
/// and not told, but for the end of the subscription itself (disabled), which every alert tells:
/// nothing stops silently. It is over when the subscription recovered. Pure.
/// \param types     of the alert
/// \param incident  what is open
/// \param times     how often it happened
[[nodiscard]] Step advance(const std::vector<std::string>& types, std::optional<Incident> incident,
                           const Happening& happening, std::uint32_t times = 1);

/// Whether it changes nothing but the count and the last happening of an open incident. Pure.
[[nodiscard]] bool only_counts(const Happening& happening, bool is_degraded);

/// Whether it is over since nothing more happened for `quiet_after`. Not while the receiver's
/// breaker is open: then deliveries wait. Pure.
/// \param is_held_back  the breaker has not recovered; that of another URL never will, so what is
///                      known of the incident alone does not tell
[[nodiscard]] bool is_over(const Incident& incident, bool is_held_back, Timestamp now);

/// As JSON text, and read again. nullopt: it is something else.
[[nodiscard]] std::string write(const Incident& incident);
[[nodiscard]] std::optional<Incident> read_incident(std::string_view text);

}  // namespace katydid::alerts
