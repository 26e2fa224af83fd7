// Times and cursors as ranges of ids.
#pragma once

#include "hub/core/id.hpp"
#include "hub/store/shared/encoding.hpp"
#include "hub/store/shared/time_order.hpp"

#include <algorithm>

namespace katydid::store::postgres {

/// The smallest id of that time.
inline IdBytes first_id_of(Timestamp time)
{
    const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(to_integer(time), 0));
    IdBytes bytes{};
    for (std::size_t i = 0; i < 6; ++i)
        bytes[i] = static_cast<std::uint8_t>(value >> (8U * (5U - i)));
    return bytes;
}

/// Ids that may be in [since, until): those outside surely do not, those inside are checked.
struct IdRange {
    IdBytes first{};
    IdBytes end = last_of_all();  ///< not included

    static constexpr IdBytes last_of_all()
    {
        IdBytes bytes{};
        bytes.fill(0xff);
        return bytes;
    }
    /// \param slack  how far ids and times may differ
    void cut(const std::optional<Timestamp>& since, const std::optional<Timestamp>& until,
             milliseconds slack)
    {
        if (since) first = std::max(first, first_id_of(*since - slack));
        if (until) end = std::min(end, first_id_of(*until + slack));
    }
};

}  // namespace katydid::store::postgres
