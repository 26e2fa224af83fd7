// Times and cursors as ranges of row numbers.
#pragma once

#include "hub/core/clock.hpp"
#include "hub/store/sqlite/read/reader.hpp"

#include <limits>

namespace katydid::store::sqlite {

/// Row numbers of a list, both ends included.
struct SeqRange {
    std::int64_t first = 0;
    std::int64_t last = std::numeric_limits<std::int64_t>::max();

    /// Cuts the range at a cursor, which itself is not in the list any more.
    void cut(std::int64_t cursor, bool ascending) noexcept
    {
        if (ascending) first = std::max(first, cursor + 1);
        else last = std::min(last, cursor - 1);
    }
};

struct TimeColumn {
    const char* table;
    const char* column;  ///< that grows with the row number, but for the slack of time_order.hpp
};

/// Row numbers that may be in [since, until): rows outside are surely not, rows inside are to be
/// checked. Found by halving, without an index over times: row numbers follow the clock.
SeqRange find_range(ReadSession& session, const TimeColumn& where,
                    const std::optional<Timestamp>& since, const std::optional<Timestamp>& until);

}  // namespace katydid::store::sqlite
