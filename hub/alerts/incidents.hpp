// What is wrong now, so that people hear of it once, and once more when it is over.
#pragma once

#include "hub/core/clock.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
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

/// The incidents of one alert: one for each subscription in trouble.
///
/// It begins with the first event of a type that the alert is for. What follows is counted and not
/// told, but for the end of the subscription itself (disabled), which every alert tells: nothing
/// stops silently. It is over when the subscription recovered, or when nothing has died for
/// `quiet_after` and it is not degraded. Pure: times come with what happens. Thread safety: none.
class Incidents {
public:
    static constexpr std::chrono::minutes quiet_after{15};
    static constexpr std::size_t count_max = 1'000;  ///< more at a time are not told apart

    explicit Incidents(std::vector<std::string> types) : types_{types.begin(), types.end()} {}

    /// nullopt: nothing is to be told.
    [[nodiscard]] std::optional<Message> add(const Happening& happening);
    /// Those that are over since nothing more happened.
    [[nodiscard]] std::vector<Message> end_quiet(Timestamp now);
    /// As if it had not begun: nobody could be told.
    void forget(const std::string& subscription) { open_.erase(subscription); }

private:
    struct Incident {
        Happening last;
        std::uint32_t count = 0;
        bool is_degraded = false;
    };

    std::set<std::string, std::less<>> types_;
    std::map<std::string, Incident> open_;  ///< by subscription
};

}  // namespace katydid::alerts
