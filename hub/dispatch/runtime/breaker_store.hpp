// What a restart must know of breakers, kept in the store.
#pragma once

#include "hub/dispatch/scheduler/actions.hpp"
#include "hub/store/records.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <map>
#include <vector>

namespace katydid::dispatch {

/// Writes a breaker's state when it opens or recovers, one record each (kind "breaker", id of the
/// subscription). Only the newest state of each is written, one after the other: what changes
/// often while the store is slow is written seldom.
///
/// Losing a write costs little: a breaker starts closed and opens anew. So a refused write is
/// kept, but a drain does not wait for it.
/// Lifetime: it outlives its writes; wait until is_writing() is false before it goes.
/// Thread safety: none; all calls on the executor's thread.
class BreakerStore {
public:
    /// \param written  called when nothing is under way any more
    BreakerStore(asio::any_io_executor executor, store::Records& store,
                 std::function<void()> written);
    BreakerStore(const BreakerStore&) = delete;
    BreakerStore& operator=(const BreakerStore&) = delete;

    /// What the store has. Errors: the store's. Records that cannot be read are left out.
    awaitable<result<std::vector<BreakerMemory>>> load();

    void note(const BreakerMemory& memory) { dirty_[memory.subscription] = memory; }
    /// Starts writing what was noted, unless a write is under way.
    void flush();
    [[nodiscard]] bool is_writing() const noexcept { return writing_; }

private:
    awaitable<void> write();
    awaitable<result<void>> write(BreakerMemory memory);

    asio::any_io_executor executor_;
    store::Records& store_;
    std::function<void()> written_;
    std::map<SubscriptionId, BreakerMemory> dirty_;
    bool writing_ = false;
};

}  // namespace katydid::dispatch
