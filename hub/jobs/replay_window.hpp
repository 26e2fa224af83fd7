// How many deliveries a replay job may have due at the same time.
#pragma once

#include "hub/core/clock.hpp"
#include "hub/core/id.hpp"

#include <cstdint>
#include <map>
#include <optional>

namespace katydid::jobs {

/// About two seconds' worth of what the receivers take, as measured: so a pause or a cancellation
/// is felt within seconds, at a slow receiver too, and a fast one is never kept waiting.
///
/// What has not moved for a while, because its subscription is paused or its receiver is down, no
/// longer counts, so that it does not hold up the job's other subscriptions. What is made due
/// for it later counts, for as long.
///
/// Pure: it is told what was made due and what the store counts. Thread safety: none.
class ReplayWindow {
public:
    struct Options {
        std::size_t size_min = 25;
        std::size_t size_max = 1'000;
        milliseconds worth{2'000};
        milliseconds stuck_after{30'000};
    };
    /// Deliveries of the job that are pending, by subscription.
    using Counts = std::map<SubscriptionId, std::uint64_t>;

    explicit ReplayWindow(const Options& options) : options_{options}, size_{options.size_min} {}

    /// How many may be made due now; 0: look again later. Not while less than half of it is free.
    [[nodiscard]] std::size_t room() const noexcept;
    void note_due(SubscriptionId subscription, SteadyTime now);
    /// What is pending now. True: some were taken since.
    bool note_counts(const Counts& pending, SteadyTime now);

private:
    struct Waiting {
        std::uint64_t count = 0;
        std::uint64_t stuck = 0;  ///< of them, those that no longer count
        SteadyTime moved_at{};    ///< when some were taken, or the rest was given up
    };

    void resize(SteadyTime now);

    Options options_;
    std::size_t size_;
    std::map<SubscriptionId, Waiting> waiting_;
    std::uint64_t counted_ = 0;  ///< of those waiting, what holds the window
    std::uint64_t taken_ = 0;
    std::optional<SteadyTime> measured_from_;
};

}  // namespace katydid::jobs
