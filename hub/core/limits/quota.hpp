// Places that many share, so that none of them can take them all.
#pragma once

#include <cstddef>

namespace katydid {

/// How many places there are in all and for each one, and how many of them are kept for those who
/// have none yet: one that takes all that it may leaves the reserve to the others.
struct Quota {
    std::size_t all_max = 0;
    std::size_t one_max = 0;
    std::size_t reserve = 0;

    /// Whether one that has `own` of the `all` places that are taken gets another.
    [[nodiscard]] constexpr bool admits(std::size_t all, std::size_t own) const noexcept
    {
        if (own >= one_max) return false;
        return all < (own == 0 ? all_max : all_max - reserve);
    }
};

}  // namespace katydid
