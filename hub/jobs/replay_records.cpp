// The records of replay jobs: read, written, and shared with other hubs.
#include "hub/jobs/replay_jobs.hpp"

#include "hub/observe/log.hpp"

namespace katydid::jobs {
namespace {

Error unknown() { return {errc::not_found, "There is no such replay job."}; }

}  // namespace

void ReplayJobs::set_hubs(std::size_t index, std::size_t alive)
{
    if (index == hub_index_ && alive == alive_) return;
    hub_index_ = index;
    alive_ = alive;
    for (const auto& [id, entry] : jobs_) entry->changed.set();
    asio::co_spawn(executor_, refresh(),
                   [](const std::exception_ptr& exception, const result<void>& read) {
                       if (exception) log::error("replay.not_read", describe(exception));
                       else if (!read) log::warn("replay.not_read", read.error().message);
                   });
}

/// By the end of the id, which is random.
bool ReplayJobs::leads(const JobId& id) const noexcept
{
    if (alive_ == 0) return false;
    const auto& bytes = id.bytes();
    std::size_t number = 0;
    for (std::size_t i = bytes.size() - 4; i < bytes.size(); ++i) number = number << 8U | bytes[i];
    return number % alive_ == hub_index_;
}

awaitable<result<void>> ReplayJobs::refresh()
{
    const auto reading = co_await refreshing_.lock();
    for (const auto& [id, entry] : jobs_) entry->is_new = false;
    const auto records = co_await store_.records(std::string{job_kind});
    if (!records) co_return records.error();
    std::set<JobId> listed;
    for (const auto& record : *records) {
        auto job = read_job(record);
        if (!job) {
            log::warn("replay.unreadable", "a replay job in the store cannot be read",
                      {{"job", record.id}});
            continue;
        }
        listed.insert(job->id);
        auto& entry = jobs_[job->id];
        if (!entry) entry = std::make_shared<Entry>();
        take_over(*entry, std::move(*job));
        start_following(EntryPtr{entry});
    }
    co_await forget_unlisted(std::move(listed));
    start_waiting();
    co_return result<void>{};
}

/// What this hub wrote itself is no news.
void ReplayJobs::take_over(Entry& entry, ReplayJob stored)
{
    auto& job = entry.job;
    if (stored.version > job.version) {
        const bool was_open = job.version > 0 && !is_over(job.status);
        if (was_open && stored.status == JobStatus::cancelled) entry.takes_back = true;
        job = std::move(stored);
        entry.changed.set();
    }
    if (!leads(job.id) || job.all_due) return;
    if (job.status == JobStatus::running && !entry.has_runner) job.status = JobStatus::waiting;
    if (job.status == JobStatus::waiting && entry.has_runner) job.status = JobStatus::running;
}

/// Another hub forgot them. A list leaves out what is in a shard that is away: that is still there.
awaitable<void> ReplayJobs::forget_unlisted(std::set<JobId> listed)
{
    std::vector<EntryPtr> missing;
    for (const auto& [id, entry] : jobs_)
        if (!entry->is_new && !listed.contains(id)) missing.push_back(entry);
    for (const auto& entry : missing) {
        const auto id = entry->job.id;
        const auto shard = store_.shard_of(entry->job.tenant);
        if (store_.shard_health(shard) != store::Health::ok) continue;
        const auto record = co_await store_.record(entry->job.tenant, std::string{job_kind},
                                                   id.to_string());
        if (record || record.error() != errc::not_found || entry->is_new) continue;
        entry->job.status = JobStatus::cancelled;
        entry->changed.set();
        jobs_.erase(id);
    }
}

/// As it is now, wherever it is led. Errors: not_found, the store's.
awaitable<result<ReplayJobs::EntryPtr>> ReplayJobs::current(TenantId tenant, JobId id)
{
    const auto known = jobs_.find(id);
    if (known != jobs_.end() && known->second->job.tenant != tenant) co_return unknown();
    if (known == jobs_.end() && is_alone()) co_return unknown();
    if (known != jobs_.end() && leads(id)) {
        const auto entry = known->second;
        // What is shown here can be read at every other hub.
        if (!is_alone()) (void)co_await entry->writing.lock();
        co_return entry;
    }
    const auto record = co_await store_.record(tenant, std::string{job_kind}, id.to_string());
    if (!record && record.error() == errc::not_found) co_return unknown();
    if (!record) co_return record.error();
    auto job = read_job(*record);
    if (!job) co_return unknown();
    auto& entry = jobs_[id];
    if (!entry) entry = std::make_shared<Entry>();
    take_over(*entry, std::move(*job));
    co_return entry;
}

/// Writes the job down. errc::conflict: another hub has changed it, and it is now as that left it.
awaitable<result<void>> ReplayJobs::put(Entry& entry, bool is_news)
{
    const auto writing = co_await entry.writing.lock();
    auto record = to_record(entry.job);
    record.is_setting = is_news;
    const auto version = record.version;
    const auto saved = co_await store_.put_record(std::move(record));
    entry.is_new = true;
    if (saved) {
        entry.job.version = version;
        co_return result<void>{};
    }
    if (saved.error() != errc::conflict) co_return saved.error();
    const auto read = co_await read_again(entry);
    if (!read) co_return read.error();
    co_return saved.error();
}

awaitable<result<void>> ReplayJobs::read_again(Entry& entry)
{
    const auto& known = entry.job;
    const auto id = known.id;
    const auto record = co_await store_.record(known.tenant, std::string{job_kind}, id.to_string());
    if (!record && record.error() != errc::not_found) co_return record.error();
    auto job = record ? read_job(*record) : std::nullopt;
    if (job) {
        take_over(entry, std::move(*job));
    } else {
        entry.job.status = JobStatus::cancelled;
        jobs_.erase(id);
    }
    co_return result<void>{};
}

/// One that was forgotten meanwhile is written down no more.
awaitable<void> ReplayJobs::save(Entry& entry, bool is_news)
{
    if (!jobs_.contains(entry.job.id)) co_return;
    const auto saved = co_await put(entry, is_news);
    if (!saved && saved.error() != errc::conflict) entry.job.error = saved.error().message;
}

}  // namespace katydid::jobs
