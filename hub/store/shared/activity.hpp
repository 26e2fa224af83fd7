// Counts over time, as every store keeps them: rows of a minute and of an hour.
#pragma once

#include "hub/store/store.hpp"

#include <algorithm>
#include <compare>
#include <cstdint>
#include <map>

namespace katydid::store {

constexpr std::int64_t activity_minute = 60;
constexpr std::int64_t activity_hour = 3'600;
constexpr std::chrono::hours activity_minutes_kept{48};
constexpr std::chrono::hours activity_hours_kept{90 * 24};

inline std::int64_t activity_seconds(Timestamp time) noexcept
{
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

/// What one transaction adds to the rows. \tparam Tenant  how the store names a tenant in its rows
///
/// Thread safety: none; it belongs to the store's thread.
template <class Tenant>
class ActivityTally {
public:
    struct Place {
        Tenant tenant;
        std::int64_t width;
        std::int64_t start;  ///< Unix seconds, a multiple of the width
        friend auto operator<=>(const Place&, const Place&) = default;
    };
    struct Counts {
        std::int64_t accepted = 0;
        std::int64_t delivered = 0;
        std::int64_t dead = 0;
        std::int64_t failed = 0;
    };

    void accepted(const Tenant& tenant, Timestamp at) { add(tenant, at, &Counts::accepted); }
    /// Counts a delivery that ended; any other state is no matter of these counts.
    void ended(const Tenant& tenant, DeliveryState state, Timestamp at)
    {
        if (state == DeliveryState::delivered) add(tenant, at, &Counts::delivered);
        if (state == DeliveryState::dead) add(tenant, at, &Counts::dead);
    }
    /// Counts what became of a delivery that was claimed: one that was not tried did not fail.
    void settled(const Tenant& tenant, const Settlement& settlement)
    {
        ended(tenant, settlement.state, settlement.settled_at);
        if (settlement.state == DeliveryState::scheduled && settlement.attempt)
            add(tenant, settlement.settled_at, &Counts::failed);
    }

    [[nodiscard]] const std::map<Place, Counts>& rows() const noexcept { return rows_; }
    void clear() { rows_.clear(); }

private:
    void add(const Tenant& tenant, Timestamp at, std::int64_t Counts::* which)
    {
        const auto seconds = activity_seconds(at);
        for (const auto width : {activity_minute, activity_hour})
            ++(rows_[{tenant, width, seconds - seconds % width}].*which);
    }

    std::map<Place, Counts> rows_;
};

/// Which rows answer a query, and how they are joined.
struct ActivityRange {
    explicit ActivityRange(const ActivityQuery& query)
        : width{std::max<std::int64_t>(query.width.count() - query.width.count() % activity_minute,
                                       activity_minute)},
          rows_width{width % activity_hour == 0 ? activity_hour : activity_minute},
          until{activity_seconds(query.until)}
    {
        const auto oldest = until - width * activity_buckets_max;
        const auto asked
            = std::chrono::ceil<std::chrono::seconds>(query.since).time_since_epoch().count();
        since = (std::max<std::int64_t>({asked, oldest, 0}) + width - 1) / width * width;
    }

    [[nodiscard]] static Timestamp time_of(std::int64_t seconds) noexcept
    {
        return Timestamp{std::chrono::seconds{seconds}};
    }

    std::int64_t width;       ///< of a bucket, in seconds
    std::int64_t rows_width;  ///< of the rows it is made of
    std::int64_t since = 0;
    std::int64_t until;
};

}  // namespace katydid::store
