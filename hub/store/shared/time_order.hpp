// How far times and the order of acceptance may differ.
#pragma once

#include "hub/core/clock.hpp"

#include <algorithm>
#include <cstdint>

namespace katydid::store {

/// Lists look for times in the order of acceptance, this much around what is asked for. Requests
/// that wait for their commit stay within it.
constexpr milliseconds time_slack{10'000};

/// Notices what is further out of order, after a clock was set back, so that it can be written
/// down and lists look further.
/// Thread safety: none.
class TimeOrder {
public:
    /// Times in milliseconds. \param expected  by the place that the row got
    void note(std::int64_t expected, std::int64_t received_at) noexcept
    {
        const auto apart = expected > received_at ? expected - received_at : received_at - expected;
        worst_ = std::max(worst_, apart);
    }
    /// What must be written down now; 0: nothing.
    [[nodiscard]] std::int64_t to_write() const noexcept
    {
        return worst_ > std::max(written_, std::int64_t{time_slack.count()}) ? worst_ : 0;
    }
    void is_written() noexcept { written_ = worst_; }
    /// After a rollback.
    void is_not_written() noexcept { written_ = 0; }

private:
    std::int64_t worst_ = 0;
    std::int64_t written_ = 0;
};

}  // namespace katydid::store
