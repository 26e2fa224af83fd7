// How much waiting work may sit in memory; the rest stays in the store.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace katydid::dispatch {

/// Counts the works in memory and says how many more one lane may take. The fuller it is, the
/// smaller every lane's window, down to two: so a subscription that hangs cannot use up what the
/// others need, and a lane with nothing in memory can always go on.
/// Thread safety: none.
class MemoryBudget {
public:
    struct Options {
        std::size_t works_max = 32'768;
        std::size_t bytes_max = std::size_t{64} * 1024 * 1024;
    };

    static constexpr std::size_t work_overhead_bytes = 1'024;  ///< of a delivery and its event

    explicit MemoryBudget(const Options& options) : options_{options} {}

    void add(std::size_t bytes) noexcept
    {
        ++works_;
        bytes_ += bytes;
    }
    void remove(std::size_t bytes) noexcept
    {
        --works_;
        bytes_ -= bytes;
    }
    /// Works that a claim under way may bring.
    void reserve(std::uint32_t works) noexcept { reserved_ += works; }
    void unreserve(std::uint32_t works) noexcept { reserved_ -= works; }

    [[nodiscard]] std::size_t works() const noexcept { return works_; }
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

    /// Works of one lane that may wait in memory when they come by themselves.
    [[nodiscard]] std::size_t window() const noexcept { return by_fill(4'096, 512, 64, 8); }

    /// Works to claim at once for one lane.
    /// \param work_bytes  what a work of it takes, as seen so far
    [[nodiscard]] std::uint32_t claim_count(std::size_t work_bytes) const noexcept
    {
        const auto count = by_fill(128, 64, 16, 4);
        const auto affordable = claim_bytes / std::max<std::size_t>(work_bytes, 1);
        return static_cast<std::uint32_t>(std::clamp<std::size_t>(affordable, 2, count));
    }

private:
    static constexpr std::size_t claim_bytes = std::size_t{512} * 1024;

    [[nodiscard]] std::size_t by_fill(std::size_t low, std::size_t half, std::size_t high,
                                      std::size_t top) const noexcept
    {
        const auto quarters = std::max((works_ + reserved_) * 4 / options_.works_max,
                                       bytes_ * 4 / options_.bytes_max);
        switch (quarters) {
        case 0: return low;
        case 1: return half;
        case 2: return high;
        case 3: return top;
        default: return 2;
        }
    }

    Options options_;
    std::size_t works_ = 0;
    std::size_t reserved_ = 0;
    std::size_t bytes_ = 0;
};

}  // namespace katydid::dispatch
