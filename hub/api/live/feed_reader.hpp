// Reads each tenant's events once, for all who watch the feed.
#pragma once

#include "hub/core/async/event.hpp"
#include "hub/core/async/mutex.hpp"
#include "hub/intake/commit_notifier.hpp"
#include "hub/store/store.hpp"
#include "hub/stream/happenings.hpp"

#include <optional>
#include <unordered_map>
#include <vector>

namespace katydid::api {

/// However many readers a tenant's feed has, the store is asked once for each batch of events, and
/// each event is written once. Events come in the order of their commits, those of other hubs too.
///
/// Lifetime: it outlives what follow() started, which ends after stop(). Thread safety: follow()
/// from any loop, the rest on its own.
class FeedReader {
public:
    struct Parts {
        asio::any_io_executor executor;
        store::Store& store;
        intake::CommitNotifier& commits;
        stream::Happenings& happenings;
    };
    explicit FeedReader(Parts parts) : parts_{std::move(parts)} {}

    /// Tells the tenant's events to those who watch, from the newest one on when this returns,
    /// while there is one who watches. Errors: the store's.
    awaitable<result<void>> follow(TenantId tenant);
    /// The event that was told last, or that it began after; nullopt: it follows no such tenant.
    awaitable<std::optional<EventId>> told_last(TenantId tenant);
    void stop();

private:
    awaitable<result<void>> start(TenantId tenant);
    awaitable<void> run(TenantId tenant, EventId after);
    awaitable<void> tell(const std::vector<store::EventRow>& rows);
    awaitable<std::optional<EventId>> find_told_last(TenantId tenant);

    Parts parts_;
    std::unordered_map<TenantId, EventId> followed_;  ///< what was told last
    AsyncMutex turns_;                                ///< of the tenants
    AsyncEvent stopped_;
};

}  // namespace katydid::api
