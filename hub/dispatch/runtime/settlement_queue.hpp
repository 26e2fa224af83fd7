// What goes back to the store: settlements in batches, then releases.
#pragma once

#include "hub/dispatch/scheduler/actions.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <vector>

namespace katydid::dispatch {

/// Writes settlements and releases to the store. Everything that comes while one write is under
/// way goes in the next, so that a busy loop commits seldom and an idle one at once. Nothing is
/// dropped: what the store refuses is kept and written again after retry().
///
/// Lifetime: it outlives its writes; wait until is_writing() is false before it goes.
/// Thread safety: none; all calls on the executor's thread.
class SettlementQueue {
public:
    struct Events {
        std::function<void(const Settle&)> settled;  ///< committed
        std::function<void(const Release&)> released;
        std::function<void(const Error&)> refused;  ///< kept; retry() tries again
        std::function<void()> written;              ///< nothing is under way any more
    };

    SettlementQueue(asio::any_io_executor executor, store::WorkQueue& store, Events events);
    SettlementQueue(const SettlementQueue&) = delete;
    SettlementQueue& operator=(const SettlementQueue&) = delete;

    void add(Settle settle) { settles_.push_back(std::move(settle)); }
    void add(const Release& release) { releases_.push_back(release); }
    /// Starts writing unless a write is under way, or the store refused and retry() did not follow.
    void flush();
    void retry();

    [[nodiscard]] bool is_writing() const noexcept { return writing_; }
    [[nodiscard]] bool is_refused() const noexcept { return refused_; }
    [[nodiscard]] bool empty() const noexcept
    {
        return settles_.empty() && releases_.empty() && !writing_;
    }
    [[nodiscard]] std::size_t size() const noexcept { return settles_.size() + releases_.size(); }

private:
    awaitable<void> write();
    awaitable<void> write_settles();
    awaitable<void> write_releases();
    void refuse(const Error& error);

    asio::any_io_executor executor_;
    store::WorkQueue& store_;
    Events events_;
    std::vector<Settle> settles_;
    std::vector<Release> releases_;
    bool writing_ = false;
    bool refused_ = false;
};

}  // namespace katydid::dispatch
