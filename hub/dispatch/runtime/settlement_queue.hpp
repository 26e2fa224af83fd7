// What goes back to the store: settlements in batches, then releases.
#pragma once

#include "hub/dispatch/scheduler/actions.hpp"
#include "hub/store/store.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <algorithm>

#include <functional>
#include <vector>

namespace katydid::dispatch {

/// Writes settlements and releases to the store. Everything that comes while one write is under
/// way goes in the next, so that a busy loop commits seldom and an idle one at once. Nothing is
/// dropped: what the store refuses is kept and written again after retry(). What goes to one shard
/// does not wait for another.
///
/// Lifetime: it outlives its writes; wait until is_writing() is false before it goes.
/// Thread safety: none; all calls on the executor's thread.
class SettlementQueue {
public:
    struct Events {
        std::function<void(const Settle&)> settled;  ///< committed
        std::function<void(const Release&)> released;
        /// Kept; retry() of that shard tries again.
        std::function<void(std::size_t shard, const Error&)> refused;
        std::function<void()> written;  ///< nothing is under way any more
    };

    SettlementQueue(asio::any_io_executor executor, store::Store& store, Events events);
    SettlementQueue(const SettlementQueue&) = delete;
    SettlementQueue& operator=(const SettlementQueue&) = delete;

    void add(Settle settle)
    {
        part_of(settle.settlement.tenant).settles.push_back(std::move(settle));
    }
    void add(const Release& release) { part_of(release.tenant).releases.push_back(release); }
    /// Starts writing unless a write is under way, or the store refused and retry() did not follow.
    void flush();
    void retry(std::size_t shard);

    [[nodiscard]] bool is_writing() const noexcept;
    /// All that is left was refused.
    [[nodiscard]] bool is_refused() const noexcept;
    [[nodiscard]] bool empty() const noexcept { return size() == 0 && !is_writing(); }
    [[nodiscard]] std::size_t size() const noexcept;

private:
    /// Of one shard.
    struct Part {
        std::size_t shard = 0;
        std::vector<Settle> settles{};
        std::vector<Release> releases{};
        bool writing = false;
        bool refused = false;
        [[nodiscard]] bool is_empty() const noexcept { return settles.empty() && releases.empty(); }
    };

    [[nodiscard]] Part& part_of(TenantId tenant)
    {
        return parts_[std::min(store_.shard_of(tenant), parts_.size() - 1)];
    }
    void flush(Part& part);
    awaitable<void> write(Part& part);
    awaitable<void> write_settles(Part& part);
    awaitable<void> write_releases(Part& part);
    void refuse(Part& part, const Error& error);

    asio::any_io_executor executor_;
    store::Store& store_;
    Events events_;
    std::vector<Part> parts_;
};

}  // namespace katydid::dispatch
