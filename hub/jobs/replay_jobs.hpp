// Replays in the background: small steps, kept over a restart, stopped at once.
#pragma once

#include "hub/core/async/event.hpp"
#include "hub/core/async/mutex.hpp"
#include "hub/core/async/on_executor.hpp"
#include "hub/core/limits/quota.hpp"
#include "hub/jobs/replay_job.hpp"
#include "hub/jobs/replay_window.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <map>
#include <memory>
#include <set>

namespace katydid::jobs {

/// Carries out replay jobs, a few at a time and each in small batches; some places are kept for
/// tenants that have none. After every batch the job is written down, so that a restart goes on
/// where it was. The store keeps which deliveries a job made due, so a batch is never repeated.
///
/// A job does not pile up work: it goes on only while less than a window of what it asked for is
/// still waiting (ReplayWindow). So a replay of a million events keeps the replay lane short.
///
/// When all that matched is due, the job gives up its place and is followed until every delivery
/// has ended, however long the retries take: then it is completed. A cancelled one takes back what
/// is not in flight, until nothing of it waits.
///
///     waiting ──a place is free──▶ running ──all is due──▶ running: followed ──▶ completed
///        ▲                            │                          │
///        └────── resume ── paused ◀───┴────────── pause ─────────┘    (cancel: from any)
///
/// Where hubs share a store, each job is led by one of them, by the job's id and their number, and
/// its record is the truth for the others: they read it, and change it when a person wants so. A
/// leader that meets a record that another hub changed takes it over. Two may lead one job while
/// they do not know the same hubs yet: a batch that is made due twice is due once. Each hub takes
/// back what a cancelled job left waiting for the subscriptions that it owns.
///
/// It decides what is due again, not what is sent when (dispatch::Scheduler).
/// Lifetime: call stop() and let the executor run until nothing is left before it goes.
/// Thread safety: calls from any loop; everything runs on the executor it was given.
class ReplayJobs {
public:
    struct Options {
        Quota running{8, 2, 4};           ///< at the same time, in all and of a tenant
        Quota open{500, 25, 100};         ///< waiting, running or paused
        std::size_t over_max = 100;       ///< finished ones of a tenant that are remembered
        std::uint32_t batch = 100;        ///< deliveries in one transaction
        ReplayWindow::Options window{};   ///< asked for and still waiting, of one job
        milliseconds look_again{100};     ///< at a full window; up to ten times that
        milliseconds count_again{1'000};  ///< what became of them
        milliseconds follow_max{10'000};  ///< the same, while nothing changes
        milliseconds store_retry{1'000};
        bool is_shared = false;  ///< other hubs may use the store: nothing is led before set_hubs
    };

    ReplayJobs(boost::asio::any_io_executor executor, store::Store& store, const Clock& clock,
               std::uint64_t seed, Options options);
    ReplayJobs(const ReplayJobs&) = delete;
    ReplayJobs& operator=(const ReplayJobs&) = delete;

    /// Reads the jobs of earlier runs and goes on with those that are not over.
    awaitable<result<void>> load() { return on_executor(executor_, refresh()); }
    /// Another hub changed a setting or a job.
    awaitable<result<void>> read_changes() { return on_executor(executor_, refresh()); }
    /// This hub is number `index` of the `alive` that share the store. On the executor.
    void set_hubs(std::size_t index, std::size_t alive);

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

    /// Of a tenant that is gone: its jobs end, and are not written down.
    awaitable<result<void>> forget(TenantId tenant)
    {
        return on_executor(executor_, forget_here(tenant));
    }

    /// Starts no further step. On the executor.
    void stop();
    [[nodiscard]] std::size_t running() const noexcept { return running_; }

private:
    struct Entry {
        ReplayJob job;
        AsyncEvent changed;  ///< ends its pause
        AsyncMutex writing;  ///< its record is written by one at a time
        bool is_new = true;  ///< nothing was read of it, or written, since the last refresh began
        bool takes_back = false;  ///< cancelled: what it left was not looked for yet
        bool has_runner = false;
        bool has_follower = false;
        SteadyTime count_at{};  ///< not counted before: counting must not load the store
    };
    using EntryPtr = std::shared_ptr<Entry>;

    awaitable<result<void>> refresh();
    void take_over(Entry& entry, ReplayJob stored);
    awaitable<void> forget_unlisted(std::set<JobId> listed);
    awaitable<result<EntryPtr>> current(TenantId tenant, JobId id);
    [[nodiscard]] bool leads(const JobId& id) const noexcept;
    [[nodiscard]] bool is_alone() const noexcept { return alive_ == 1; }
    awaitable<result<ReplayJob>> create_here(ReplayJob job);
    awaitable<result<ReplayJob>> change_here(TenantId tenant, JobId id, Wish wish);
    awaitable<result<ReplayJob>> find_here(TenantId tenant, JobId id);
    awaitable<result<std::vector<ReplayJob>>> list_here(TenantId tenant);
    awaitable<result<void>> forget_here(TenantId tenant);
    void start_waiting();
    [[nodiscard]] std::size_t running_of(TenantId tenant) const;
    void start(const EntryPtr& entry);
    awaitable<void> run(EntryPtr entry);
    awaitable<void> make_all_due(Entry& entry);
    awaitable<bool> count_total(Entry& entry);
    awaitable<bool> step(Entry& entry, ReplayWindow& window);
    awaitable<bool> look(Entry& entry, ReplayWindow& window);
    awaitable<void> pause_for(Entry& entry, milliseconds wait);
    awaitable<result<void>> put(Entry& entry, bool is_news);
    awaitable<void> save(Entry& entry, bool is_news = false);
    awaitable<result<void>> read_again(Entry& entry);

    // What became of what was made due (replay_follow.cpp).
    void start_following(const EntryPtr& entry);
    [[nodiscard]] bool is_followed(const Entry& entry) const;
    awaitable<void> follow(EntryPtr entry);
    awaitable<bool> take_back(Entry& entry);
    awaitable<bool> count(Entry& entry);
    awaitable<void> end_if_over(Entry& entry, bool moved);
    awaitable<void> forget_oldest(TenantId tenant);
    [[nodiscard]] bool goes_on(const Entry& entry) const
    {
        return !stopping_ && entry.job.status == JobStatus::running && leads(entry.job.id);
    }

    boost::asio::any_io_executor executor_;
    store::Store& store_;
    const Clock& clock_;
    IdSource ids_;
    Options options_;
    std::map<JobId, EntryPtr> jobs_;
    AsyncMutex refreshing_;
    std::size_t running_ = 0;
    std::size_t hub_index_ = 0;
    std::size_t alive_ = 1;  ///< hubs; 0: not known yet
    bool stopping_ = false;
};

}  // namespace katydid::jobs
