#include "hub/jobs/replay_window.hpp"

#include <algorithm>

namespace katydid::jobs {

std::size_t ReplayWindow::room() const noexcept
{
    if (counted_ > size_ / 2) return 0;
    return size_ - static_cast<std::size_t>(counted_);
}

void ReplayWindow::note_due(SubscriptionId subscription, SteadyTime now)
{
    auto& waiting = waiting_[subscription];
    if (waiting.count == waiting.stuck) waiting.moved_at = now;
    ++waiting.count;
    ++counted_;
}

bool ReplayWindow::note_counts(const Counts& pending, SteadyTime now)
{
    std::uint64_t taken = 0;
    for (const auto& [subscription, count] : pending)
        waiting_.try_emplace(subscription, Waiting{count, 0, now});
    counted_ = 0;
    for (auto& [subscription, waiting] : waiting_) {
        const auto found = pending.find(subscription);
        const auto count = found == pending.end() ? 0 : found->second;
        if (count < waiting.count) {
            taken += waiting.count - count;
            waiting.moved_at = now;
            waiting.stuck = 0;
        }
        waiting.count = count;
        if (now >= waiting.moved_at + options_.stuck_after) {
            waiting.stuck = count;
            waiting.moved_at = now;
        }
        counted_ += count - waiting.stuck;
    }
    std::erase_if(waiting_, [](const auto& each) { return each.second.count == 0; });
    taken_ += taken;
    resize(now);
    return taken > 0;
}

/// Measures from one filling to the next.
void ReplayWindow::resize(SteadyTime now)
{
    if (!measured_from_) measured_from_ = now;
    if (counted_ > size_ / 2 || now <= *measured_from_) return;
    const std::chrono::duration<double> elapsed = now - *measured_from_;
    const std::chrono::duration<double> worth = options_.worth;
    const auto rate = static_cast<double>(taken_) / elapsed.count();
    const auto wanted = std::min(rate * worth.count(), static_cast<double>(options_.size_max));
    size_ = std::max(options_.size_min, static_cast<std::size_t>(wanted));
    taken_ = 0;
    measured_from_ = now;
}

}  // namespace katydid::jobs
