#include "hub/jobs/replay_jobs.hpp"

#include "hub/observe/log.hpp"

#include <algorithm>

namespace katydid::jobs {
namespace {

/// How often a change is tried anew while other hubs change the same job.
constexpr int changes_max = 10;

}  // namespace

ReplayJobs::ReplayJobs(boost::asio::any_io_executor executor, store::Store& store,
                       const Clock& clock, std::uint64_t seed, Options options)
    : executor_{std::move(executor)},
      store_{store},
      clock_{clock},
      ids_{clock, seed},
      options_{options},
      alive_{options.is_shared ? 0U : 1U}
{}

awaitable<result<ReplayJob>> ReplayJobs::create_here(ReplayJob job)
{
    if (!is_alone()) {
        const auto read = co_await refresh();
        if (!read) co_return read.error();
    }
    std::size_t open = 0;
    std::size_t own = 0;
    for (const auto& [id, each] : jobs_) {
        if (is_over(each->job.status)) continue;
        ++open;
        own += each->job.tenant == job.tenant ? 1 : 0;
    }
    if (!options_.open.admits(open, own))
        co_return Error{errc::over_limit, "There are " + std::to_string(own)
                                              + " replay jobs already: wait for one to end, or "
                                                "cancel one."};
    auto entry = std::make_shared<Entry>();
    job.id = ids_.make<JobId>();
    job.status = JobStatus::waiting;
    job.created_at = job.updated_at = clock_.now();
    job.query.tenant = job.tenant;
    job.query.ascending = true;
    job.query.cursor.reset();
    // What is accepted from now on is none of the past.
    if (!job.query.until) job.query.until = job.created_at;
    entry->job = std::move(job);
    const auto saved = co_await put(*entry, !leads(entry->job.id));
    if (!saved) co_return saved.error();
    jobs_.emplace(entry->job.id, entry);
    start_waiting();
    co_return entry->job;
}

awaitable<result<ReplayJob>> ReplayJobs::change_here(TenantId tenant, JobId id, Wish wish)
{
    for (int tries = 0; tries < changes_max; ++tries) {
        const auto found = co_await current(tenant, id);
        if (!found) co_return found.error();
        const auto entry = *found;
        auto& job = entry->job;
        if (is_over(job.status))
            co_return Error{errc::conflict, "The job is " + std::string{to_text(job.status)}
                                                + ": start a new one."};
        switch (wish) {
        case Wish::pause: job.status = JobStatus::paused; break;
        case Wish::cancel:
            job.status = JobStatus::cancelled;
            entry->takes_back = true;
            break;
        case Wish::resume:
            if (job.status == JobStatus::paused)
                job.status = job.all_due ? JobStatus::running : JobStatus::waiting;
            break;
        }
        job.updated_at = clock_.now();
        entry->changed.set();
        const auto saved = co_await put(*entry, !is_alone());
        start_following(entry);
        start_waiting();
        if (!saved && saved.error() == errc::conflict) continue;
        if (!saved) co_return saved.error();
        const auto answer = job;
        if (is_over(answer.status)) co_await forget_oldest(tenant);
        co_return answer;
    }
    co_return Error{errc::conflict, "Another hub changes this job: ask again."};
}

awaitable<result<ReplayJob>> ReplayJobs::find_here(TenantId tenant, JobId id)
{
    const auto entry = co_await current(tenant, id);
    if (!entry) co_return entry.error();
    co_return (*entry)->job;
}

awaitable<result<std::vector<ReplayJob>>> ReplayJobs::list_here(TenantId tenant)
{
    if (!is_alone()) {
        const auto read = co_await refresh();
        if (!read) co_return read.error();
    }
    std::vector<ReplayJob> all;
    for (const auto& [id, entry] : jobs_)
        if (entry->job.tenant == tenant) all.push_back(entry->job);
    std::ranges::reverse(all);
    co_return all;
}

awaitable<result<void>> ReplayJobs::forget_here(TenantId tenant)
{
    std::erase_if(jobs_, [&](const auto& each) {
        auto& entry = *each.second;
        if (entry.job.tenant != tenant) return false;
        entry.job.status = JobStatus::cancelled;
        entry.changed.set();
        return true;
    });
    start_waiting();
    co_return result<void>{};
}

void ReplayJobs::stop()
{
    stopping_ = true;
    for (const auto& [id, entry] : jobs_) entry->changed.set();
}

/// Gives free places to those who have waited longest.
void ReplayJobs::start_waiting()
{
    for (const auto& [id, entry] : jobs_) {
        if (stopping_ || running_ >= options_.running.all_max) return;
        if (entry->job.status != JobStatus::waiting || entry->has_runner || !leads(id)) continue;
        if (options_.running.admits(running_, running_of(entry->job.tenant))) start(entry);
    }
}

std::size_t ReplayJobs::running_of(TenantId tenant) const
{
    return static_cast<std::size_t>(std::ranges::count_if(jobs_, [&](const auto& each) {
        return each.second->has_runner && each.second->job.tenant == tenant;
    }));
}

void ReplayJobs::start(const EntryPtr& entry)
{
    ++running_;
    entry->has_runner = true;
    entry->job.status = JobStatus::running;
    asio::co_spawn(executor_, run(entry), [this, entry](const std::exception_ptr& exception) {
        --running_;
        entry->has_runner = false;
        if (exception) {
            entry->job.error = describe(exception);
            entry->job.status = JobStatus::paused;
            log::error("replay.failed", entry->job.error, {{"job", entry->job.id.to_string()}});
        }
        start_following(entry);
        start_waiting();
    });
}

awaitable<void> ReplayJobs::run(EntryPtr entry)
{
    log::info("replay.started", "a replay job goes on",
              {{"job", entry->job.id.to_string()}, {"made_due", entry->job.made_due}});
    co_await make_all_due(*entry);
    log::info("replay.stopped", "a replay job makes nothing more due",
              {{"job", entry->job.id.to_string()},
               {"status", to_text(entry->job.status)},
               {"made_due", entry->job.made_due}});
}

awaitable<void> ReplayJobs::make_all_due(Entry& entry)
{
    ReplayWindow window{options_.window};
    auto wait = options_.look_again;
    while (goes_on(entry) && !entry.job.total) {
        const bool counted = co_await count_total(entry);
        if (!counted && goes_on(entry)) co_await pause_for(entry, options_.store_retry);
    }
    // What was made due before a pause or a restart fills the window as well.
    if (goes_on(entry)) co_await look(entry, window);
    while (goes_on(entry) && !entry.job.all_due) {
        if (window.room() > 0) {
            const bool stepped = co_await step(entry, window);
            if (!stepped && goes_on(entry)) co_await pause_for(entry, options_.store_retry);
            continue;
        }
        co_await pause_for(entry, wait);
        if (!goes_on(entry)) break;
        const bool moved = co_await look(entry, window);
        wait = moved ? options_.look_again : std::min(wait * 2, options_.look_again * 10);
        if (clock_.steady_now() >= entry.count_at) co_await count(entry);
    }
}

/// Before anything is made due, which changes what matches. In parts, so that other queries have
/// their turns. False: the store refused.
awaitable<bool> ReplayJobs::count_total(Entry& entry)
{
    auto& job = entry.job;
    auto query = job.query;
    query.limit = store::id_list_limit_max;
    std::uint64_t total = job.made_due + job.skipped;
    for (bool is_last = false; !is_last && goes_on(entry);) {
        const auto ids = co_await store_.delivery_ids(query);
        if (!ids) {
            job.error = ids.error().message;
            co_return false;
        }
        total += ids->size();
        is_last = ids->size() < query.limit;
        if (!ids->empty()) query.cursor = ids->back();
    }
    if (goes_on(entry)) job.total = total;
    co_return true;
}

/// One batch. False when the store refused and the same step is to be tried again.
awaitable<bool> ReplayJobs::step(Entry& entry, ReplayWindow& window)
{
    auto& job = entry.job;
    auto query = job.query;
    query.limit = static_cast<std::uint32_t>(std::min<std::size_t>(options_.batch, window.room()));
    const auto limit = query.limit;
    const auto page = co_await store_.deliveries(std::move(query));
    if (!page) {
        job.error = page.error().message;
        co_return false;
    }
    if (!goes_on(entry)) co_return true;
    if (!page->empty()) {
        std::vector<DeliveryId> ids;
        for (const auto& delivery : *page) ids.push_back(delivery.id);
        const auto moved = co_await store_.redeliver(job.tenant, ids, Lane::replay, clock_.now(),
                                                     job.id);
        if (!moved) {
            job.error = moved.error().message;
            co_return false;
        }
        // Which of them moved is not said; for the window the first are as good as any.
        for (std::uint64_t i = 0; i < *moved; ++i)
            window.note_due((*page)[i].subscription, clock_.steady_now());
        job.made_due += *moved;
        job.tally.pending += *moved;
        job.skipped += ids.size() - *moved;
        job.query.cursor = ids.back();
    }
    if (page->size() < limit) {
        job.all_due = true;
        job.total = job.made_due + job.skipped;
    }
    job.error.clear();
    job.updated_at = clock_.now();
    co_await save(entry);  // what could not be written is written with the next step
    co_return true;
}

/// Asks what of the job is pending. True: some of it was taken.
awaitable<bool> ReplayJobs::look(Entry& entry, ReplayWindow& window)
{
    const std::vector<DeliveryState> states{DeliveryState::pending};
    const auto counts = co_await store_.replay_counts(entry.job.tenant, entry.job.id, states);
    if (!counts) {
        entry.job.error = counts.error().message;
        co_return false;
    }
    ReplayWindow::Counts pending;
    for (const auto& each : *counts) pending[each.subscription] += each.deliveries;
    co_return window.note_counts(pending, clock_.steady_now());
}

awaitable<void> ReplayJobs::pause_for(Entry& entry, milliseconds wait)
{
    entry.changed.reset();
    co_await entry.changed.wait(SteadyTime::clock::now() + wait);
}

/// Keeps the newest of the tenant's that are over.
awaitable<void> ReplayJobs::forget_oldest(TenantId tenant)
{
    std::vector<EntryPtr> over;
    for (const auto& [id, entry] : jobs_)
        if (entry->job.tenant == tenant && is_over(entry->job.status) && !entry->has_runner)
            over.push_back(entry);
    for (std::size_t i = 0; i + options_.over_max < over.size(); ++i) {
        const auto& job = over[i]->job;
        jobs_.erase(job.id);  // one that is followed is written down no more
        const auto deleted = co_await store_.delete_record(job.tenant, std::string{job_kind},
                                                           job.id.to_string());
        if (!deleted) log::warn("replay.not_forgotten", deleted.error().message);
    }
}

}  // namespace katydid::jobs
