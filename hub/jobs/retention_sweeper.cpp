#include "hub/jobs/retention_sweeper.hpp"

#include "hub/core/subscription/subscription.hpp"
#include "hub/observe/log.hpp"

#include <algorithm>

namespace katydid::jobs {
namespace {

constexpr std::uint32_t rows_per_batch = 500;
constexpr auto between_sweeps = std::chrono::minutes{1};
/// Attempts that were under way when their tenant was deleted have ended and are recorded by then.
constexpr auto stragglers_end = std::chrono::minutes{10};
/// A batch takes at most a tenth of the writer's time.
constexpr int rest_factor = 9;
constexpr SteadyTime::duration rest_min = milliseconds{1};
constexpr SteadyTime::duration rest_max = std::chrono::seconds{1};

}  // namespace

RetentionSweeper::RetentionSweeper(Parts parts)
    : parts_{std::move(parts)},
      sweeps_{between_sweeps, [this] { return measure_and_sweep(); }}
{}

store::RetentionPlan RetentionSweeper::plan() const
{
    store::RetentionPlan plan;
    plan.standard = parts_.retention;
    for (const auto& tenant : parts_.tables.tenants())
        if (!is_empty(tenant->retention))
            plan.tenants.emplace_back(tenant->id, overlay(parts_.retention, tenant->retention));
    constexpr milliseconds none{0};
    for (const auto& tenant : parts_.tables.leaving_tenants())
        plan.tenants.emplace_back(tenant->id, Retention{none, none, none, none});
    return plan;
}

/// A whole sweep found nothing more of them.
awaitable<void> RetentionSweeper::forget_tenants(Timestamp swept_from)
{
    if (!parts_.forget_tenant) co_return;
    for (const auto& tenant : parts_.tables.leaving_tenants()) {
        if (swept_from < *tenant->deleted_at + stragglers_end) continue;
        auto forgetting = parts_.forget_tenant(tenant->id);
        const auto forgotten = co_await std::move(forgetting);
        if (!forgotten) log::warn("tenant.not_forgotten", forgotten.error().message);
    }
}

awaitable<result<std::uint64_t>> RetentionSweeper::sweep()
{
    const auto standing = plan();
    const auto begun = parts_.clock.now();
    std::uint64_t deleted = 0;
    while (!sweeps_.is_stopped()) {
        const auto start = SteadyTime::clock::now();
        auto step = co_await parts_.store.purge(standing, parts_.clock.now(), rows_per_batch);
        if (!step) co_return step.error();
        if (*step == 0) {
            co_await forget_tenants(begun);
            break;
        }
        deleted += *step;
        parts_.metrics.rows_purged(*step);
        const auto took = SteadyTime::clock::now() - start;
        co_await sweeps_.rest(std::clamp(took * rest_factor, rest_min, rest_max));
    }
    co_return deleted;
}

/// Several hubs may do this at once, and its consumer may come back: the version decides.
awaitable<std::size_t> RetentionSweeper::end_subscriptions()
{
    std::size_t ended = 0;
    if (!parts_.end_subscription) co_return ended;
    std::vector<SubscriptionPtr> over;
    const auto now = parts_.clock.now();
    for (const auto& tenant : parts_.tables.tenants())
        for (auto& each : parts_.tables.subscriptions(tenant->id))
            if (each->expires_at && *each->expires_at <= now) over.push_back(std::move(each));
    for (const auto& each : over) {
        auto ending = parts_.end_subscription(each);
        const auto done = co_await std::move(ending);
        if (!done) continue;
        ++ended;
        log::info("subscription.expired", "deleted: its time was over",
                  {{"tenant", each->tenant.to_string()},
                   {"subscription", each->id.to_string()},
                   {"name", each->name}});
    }
    co_return ended;
}

awaitable<void> RetentionSweeper::measure()
{
    const auto stats = co_await parts_.store.stats({});
    if (stats) parts_.metrics.store_size(stats->bytes_on_disk, stats->events);
}

awaitable<void> RetentionSweeper::measure_and_sweep()
{
    co_await measure();
    co_await end_subscriptions();
    const auto deleted = co_await sweep();
    if (!deleted) log::warn("retention.delayed", deleted.error().message);
    else if (*deleted > 0)
        log::debug("retention.purged", "rows whose time was over", {{"rows", *deleted}});
}

}  // namespace katydid::jobs
