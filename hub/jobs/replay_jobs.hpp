// Replays in the background: small steps, kept over a restart, stopped at once.
#pragma once

#include "hub/core/async/event.hpp"
#include "hub/core/async/on_executor.hpp"
#include "hub/core/limits/quota.hpp"
#include "hub/jobs/replay_job.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <deque>
#include <map>
#include <memory>

namespace katydid::jobs {

/// Carries out replay jobs, a few at a time and each in small batches; some places are kept for
/// tenants that have none. After every batch the job is written down, so that a restart goes on
/// where it was; a batch may then be repeated.
///
/// A job does not pile up work: it goes on only while less than a window of what it asked for is
/// still waiting. So a replay of a million events keeps the replay lane short, and a pause or a
/// cancellation is felt at once. What does not move for a while, because its subscription is
/// paused, no longer counts, so that it does not hold up others.
///
/// It decides what is due again, not what is sent when (dispatch::Scheduler).
/// Lifetime: call stop() and let the executor run until nothing is left before it goes.
/// Thread safety: calls from any loop; everything runs on the executor it was given.
class ReplayJobs {
public:
    struct Options {
        Quota running{8, 2, 4};            ///< at the same time, in all and of a tenant
        Quota open{500, 25, 100};          ///< waiting, running or paused
        std::size_t over_max = 100;        ///< finished ones of a tenant that are remembered
        std::uint32_t batch = 100;         ///< deliveries in one transaction
        std::size_t window = 1'000;        ///< asked for and still waiting, of one job
        milliseconds look_again{100};      ///< at a full window; up to ten times that
        milliseconds stuck_after{30'000};  ///< what has not moved for so long does not count
        milliseconds store_retry{1'000};
    };

    ReplayJobs(boost::asio::any_io_executor executor, store::Store& store, const Clock& clock,
               std::uint64_t seed, Options options);
    ReplayJobs(const ReplayJobs&) = delete;
    ReplayJobs& operator=(const ReplayJobs&) = delete;

    /// Reads the jobs of earlier runs and goes on with those that are not over.
    awaitable<result<void>> load() { return on_executor(executor_, load_here()); }

    /// Starts a job. id, times and progress are set here. Errors: over_limit, the store's.
    awaitable<result<ReplayJob>> create(ReplayJob job)
    {
        return on_executor(executor_, create_here(std::move(job)));
    }
    enum class Wish : std::uint8_t { pause, resume, cancel };
    /// Errors: not_found, conflict when the job is over, the store's.
    awaitable<result<ReplayJob>> change(TenantId tenant, JobId id, Wish wish)
    {
        return on_executor(executor_, change_here(tenant, id, wish));
    }
    /// Errors: not_found.
    awaitable<result<ReplayJob>> find(TenantId tenant, JobId id)
    {
        return on_executor(executor_, find_here(tenant, id));
    }
    /// Newest first.
    awaitable<result<std::vector<ReplayJob>>> list(TenantId tenant)
    {
        return on_executor(executor_, list_here(tenant));
    }

    /// Starts no further step. On the executor.
    void stop();
    [[nodiscard]] std::size_t running() const noexcept { return running_; }

private:
    /// Deliveries that were asked for in one step.
    struct Batch {
        DeliveryId first;
        DeliveryId last;
        Timestamp since{};  ///< when the first and the last were made
        Timestamp until{};
        std::size_t waiting = 0;  ///< as seen last
        SteadyTime moved_at{};    ///< when that last became less
    };
    struct Entry {
        ReplayJob job;
        AsyncEvent changed;          ///< ends its pause
        std::deque<Batch> batches;   ///< asked for, and perhaps still waiting
        milliseconds look_again{0};  ///< longer while nothing moves
        bool has_runner = false;
    };
    using EntryPtr = std::shared_ptr<Entry>;

    awaitable<result<void>> load_here();
    awaitable<result<ReplayJob>> create_here(ReplayJob job);
    awaitable<result<ReplayJob>> change_here(TenantId tenant, JobId id, Wish wish);
    awaitable<result<ReplayJob>> find_here(TenantId tenant, JobId id);
    awaitable<result<std::vector<ReplayJob>>> list_here(TenantId tenant);
    [[nodiscard]] EntryPtr entry_of(TenantId tenant, JobId id) const;
    void start_waiting();
    [[nodiscard]] std::size_t running_of(TenantId tenant) const;
    void start(const EntryPtr& entry);
    awaitable<void> run(EntryPtr entry);
    awaitable<bool> step(Entry& entry);
    awaitable<bool> has_room(Entry& entry);
    awaitable<std::size_t> count_waiting(const Entry& entry, const Batch& batch);
    awaitable<void> pause_for(Entry& entry, milliseconds wait);
    awaitable<result<void>> save(const ReplayJob& job);
    awaitable<void> forget_oldest(TenantId tenant);
    [[nodiscard]] bool goes_on(const Entry& entry) const
    {
        return !stopping_ && entry.job.status == JobStatus::running;
    }

    boost::asio::any_io_executor executor_;
    store::Store& store_;
    const Clock& clock_;
    IdSource ids_;
    Options options_;
    std::map<JobId, EntryPtr> jobs_;
    std::size_t running_ = 0;
    bool stopping_ = false;
};

}  // namespace katydid::jobs
