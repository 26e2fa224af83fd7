// Sales by event and day, added up from what passed through the hub.
#pragma once

#include "hub/core/clock.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace katydid::bridge {

/// One day's sales of an event.
struct DaySales {
    std::string day;  ///< "2026-06-15", UTC
    std::uint64_t tickets = 0;
    double revenue = 0;
};

/// Adds up `ticket.sold` webhooks and the writes `bridge.sale`. Where an event has both, the
/// webhooks count, since both tell of the same sales.
///
/// Pure. Bounded in events and in days of each: over it new ones are not counted.
/// Thread safety: none.
class SalesTally {
public:
    static constexpr std::size_t events_max = 10'000;
    static constexpr std::size_t days_max = 400;

    /// \param received_at  counts where the payload has no time
    void add(std::string_view type, std::string_view payload, Timestamp received_at);

    /// Oldest first; empty when nothing is known.
    [[nodiscard]] std::vector<DaySales> days_of(std::string_view event_id) const;

private:
    using Days = std::map<std::string, DaySales>;
    struct Event {
        Days sold;      ///< by ticket.sold
        Days reported;  ///< by bridge.sale
    };
    std::map<std::string, Event, std::less<>> events_;
};

}  // namespace katydid::bridge
