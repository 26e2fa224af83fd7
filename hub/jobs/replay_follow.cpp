// What becomes of the deliveries that a replay job made due.
#include "hub/jobs/replay_jobs.hpp"
#include "hub/observe/log.hpp"

#include <algorithm>

namespace katydid::jobs {
namespace {

/// Counting takes at most a twentieth of a reader's time.
constexpr int count_rest_factor = 20;

ReplayTally tally_of(const std::vector<store::ReplayCount>& counts)
{
    ReplayTally tally;
    for (const auto& each : counts) {
        switch (each.state) {
        case DeliveryState::pending:
        case DeliveryState::in_flight: tally.pending += each.deliveries; break;
        case DeliveryState::scheduled: tally.scheduled += each.deliveries; break;
        case DeliveryState::delivered: tally.delivered += each.deliveries; break;
        case DeliveryState::dead: tally.dead += each.deliveries; break;
        case DeliveryState::cancelled: tally.cancelled += each.deliveries; break;
        }
    }
    return tally;
}

std::uint64_t sum(const ReplayTally& tally)
{
    return tally.pending + tally.scheduled + tally.delivered + tally.dead + tally.cancelled;
}

}  // namespace

bool ReplayJobs::is_followed(const Entry& entry) const
{
    const auto& job = entry.job;
    if (stopping_ || entry.has_runner || !jobs_.contains(job.id)) return false;
    if (job.status == JobStatus::cancelled) return entry.takes_back || job.tally.pending > 0;
    return job.status == JobStatus::running && job.all_due && leads(job.id);
}

void ReplayJobs::start_following(const EntryPtr& entry)
{
    if (entry->has_follower || !is_followed(*entry)) return;
    entry->has_follower = true;
    asio::co_spawn(executor_, follow(entry), [this, entry](const std::exception_ptr& exception) {
        entry->has_follower = false;
        if (!exception) return start_following(entry);  // it may have been resumed meanwhile
        entry->job.error = describe(exception);
        log::error("replay.not_followed", entry->job.error, {{"job", entry->job.id.to_string()}});
    });
}

awaitable<void> ReplayJobs::follow(EntryPtr entry)
{
    auto wait = options_.look_again;
    while (is_followed(*entry)) {
        const auto before = entry->job.tally;
        bool is_known = true;
        if (entry->job.status == JobStatus::cancelled) is_known = co_await take_back(*entry);
        if (is_known) is_known = co_await count(*entry);
        if (!is_known) {
            co_await pause_for(*entry, options_.store_retry);
            continue;
        }
        const bool moved = entry->job.tally != before;
        entry->takes_back = false;
        const bool is_ours = jobs_.contains(entry->job.id) && leads(entry->job.id);
        if (is_ours) co_await end_if_over(*entry, moved);
        if (!is_followed(*entry)) break;
        wait = moved ? options_.look_again : std::min(wait * 2, options_.follow_max);
        const auto rest = std::chrono::ceil<milliseconds>(entry->count_at - clock_.steady_now());
        const auto pause = std::max(wait, rest);
        co_await pause_for(*entry, pause);
    }
    if (!stopping_ && is_over(entry->job.status)) co_await forget_oldest(entry->job.tenant);
}

/// What is not in flight ends as it had ended before. False: the store refused.
awaitable<bool> ReplayJobs::take_back(Entry& entry)
{
    auto& job = entry.job;
    const auto taken = co_await store_.take_back(job.tenant, job.id);
    if (!taken) {
        job.error = taken.error().message;
        co_return false;
    }
    co_return true;
}

/// False: the store refused.
awaitable<bool> ReplayJobs::count(Entry& entry)
{
    auto& job = entry.job;
    const auto start = clock_.steady_now();
    const std::vector<DeliveryState> any;
    const auto counts = co_await store_.replay_counts(job.tenant, job.id, any);
    if (!counts) {
        job.error = counts.error().message;
        co_return false;
    }
    job.tally = tally_of(*counts);
    if (job.status == JobStatus::cancelled) job.made_due = sum(job.tally);
    const auto now = clock_.steady_now();
    const SteadyTime::duration pause = options_.count_again;
    entry.count_at = entry.has_runner ? now + std::max(pause, (now - start) * count_rest_factor)
                                      : now + (now - start) * count_rest_factor;
    co_return true;
}

awaitable<void> ReplayJobs::end_if_over(Entry& entry, bool moved)
{
    auto& job = entry.job;
    const bool is_over = job.tally.pending + job.tally.scheduled == 0;
    if (!moved && !is_over) co_return;
    if (is_over && job.status == JobStatus::running) {
        job.status = JobStatus::completed;
        log::info("replay.completed", "every delivery of a replay job has ended",
                  {{"job", job.id.to_string()},
                   {"delivered", job.tally.delivered},
                   {"dead", job.tally.dead}});
    }
    job.error.clear();
    job.updated_at = clock_.now();
    // Other hubs take back what they own.
    const bool is_news = job.status == JobStatus::cancelled && job.tally.pending > 0;
    co_await save(entry, is_news && !is_alone());
}

}  // namespace katydid::jobs
