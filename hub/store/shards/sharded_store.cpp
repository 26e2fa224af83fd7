#include "hub/store/shards/sharded_store.hpp"

#include "hub/store/shards/members.hpp"
#include "hub/store/shards/opener.hpp"
#include "hub/store/shards/shard_set.hpp"
#include "hub/store/shards/wait_for.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

namespace katydid::store {
namespace {

using namespace shards;

template <class T>
using Answer = awaitable<result<T>>;

std::vector<std::string> names_of(const ShardedOptions& options)
{
    std::vector<std::string> names;
    for (const auto& each : options.shards) names.push_back(each.name);
    return names;
}

/// Routes each call to the shard of its tenant, and asks all where none is named.
/// Thread safety: all calls from any thread.
class ShardedStore final : public Store, public ShardEvents {
public:
    explicit ShardedStore(ShardedOptions options)
        : set_{names_of(options)},
          members_{options.shards.size()}
    {
        for (auto& each : options.shards)
            set_.all.push_back(std::make_unique<Shard>(set_.all.size(), std::move(each.name),
                                                       std::move(each.open), *this));
        set_.all.front()->open();
        wait_for(set_.read_places()).value();
        opener_ = std::make_unique<Opener>(set_.all, options.reopen_interval,
                                           std::move(options.warn));
    }
    ~ShardedStore() override { ShardedStore::close(); }

    Answer<Appended> append(Append append) override
    {
        const auto tenant = append.event->tenant;
        return ask(tenant, &Store::append, std::move(append));
    }
    Answer<std::vector<Appended>> append_all(std::vector<Append> appends) override
    {
        const auto tenant = appends.empty() ? default_tenant() : appends.front().event->tenant;
        return ask(tenant, &Store::append_all, std::move(appends));
    }
    Answer<Claimed> claim(Claim claim) override { return ask(claim.tenant, &Store::claim, claim); }
    /// Those of one shard are one transaction; a dispatcher sends them so. The first error is told
    /// when all were tried.
    Answer<void> settle(std::vector<Settlement> settlements) override
    {
        if (settlements.empty()) return set_.first().settle({});
        const auto tenant = settlements.front().tenant;
        const auto shard = set_.directory.find(tenant);
        const bool is_one = std::ranges::all_of(settlements, [&](const Settlement& each) {
            return each.tenant == tenant || set_.directory.find(each.tenant) == shard;
        });
        if (is_one) return ask(tenant, &Store::settle, std::move(settlements));
        return settle_each(std::move(settlements));
    }
    Answer<void> release(TenantId tenant, std::vector<DeliveryId> deliveries) override
    {
        return ask(tenant, &Store::release, tenant, std::move(deliveries));
    }
    Answer<std::vector<Backlog>> backlog() override
    {
        return set_.gather<Backlog>([](Store& store, std::size_t) { return store.backlog(); });
    }

    Answer<std::uint64_t> redeliver(TenantId tenant, std::vector<DeliveryId> deliveries, Lane lane,
                                    Timestamp now, std::optional<JobId> job) override
    {
        return ask(tenant, &Store::redeliver, tenant, std::move(deliveries), lane, now, job);
    }
    Answer<std::uint64_t> take_back(TenantId tenant, JobId job) override
    {
        return ask(tenant, &Store::take_back, tenant, job);
    }
    Answer<std::uint64_t> bring_forward(TenantId tenant, SubscriptionId subscription,
                                        Timestamp now) override
    {
        return ask(tenant, &Store::bring_forward, tenant, subscription, now);
    }
    Answer<std::vector<DeliveryId>> replay(TenantId tenant, EventId event,
                                           std::vector<Recipient> recipients,
                                           Timestamp now) override
    {
        return ask(tenant, &Store::replay, tenant, event, std::move(recipients), now);
    }
    Answer<std::uint64_t> cancel(TenantId tenant, std::vector<DeliveryId> deliveries,
                                 std::string reason, Timestamp now) override
    {
        return ask(tenant, &Store::cancel, tenant, std::move(deliveries), std::move(reason), now);
    }
    Answer<std::uint64_t> cancel_all(TenantId tenant, SubscriptionId subscription,
                                     std::string reason, Timestamp now) override
    {
        return ask(tenant, &Store::cancel_all, tenant, subscription, std::move(reason), now);
    }

    Answer<std::vector<EventRow>> events(EventQuery query) override
    {
        const auto tenant = query.tenant;
        return ask(tenant, &Store::events, std::move(query));
    }
    Answer<EventPtr> event(TenantId tenant, EventId id) override
    {
        return ask(tenant, &Store::event, tenant, id);
    }
    Answer<std::vector<Delivery>> deliveries(DeliveryQuery query) override
    {
        const auto tenant = query.tenant;
        return ask(tenant, &Store::deliveries, std::move(query));
    }
    Answer<std::vector<DeliveryId>> delivery_ids(DeliveryQuery query) override
    {
        const auto tenant = query.tenant;
        return ask(tenant, &Store::delivery_ids, std::move(query));
    }
    Answer<std::vector<ReplayCount>> replay_counts(TenantId tenant, JobId job,
                                                   std::vector<DeliveryState> states) override
    {
        return ask(tenant, &Store::replay_counts, tenant, job, std::move(states));
    }
    Answer<Delivery> delivery(TenantId tenant, DeliveryId id) override
    {
        return ask(tenant, &Store::delivery, tenant, id);
    }
    Answer<std::vector<Attempt>> attempts(TenantId tenant, DeliveryId id) override
    {
        return ask(tenant, &Store::attempts, tenant, id);
    }
    Answer<Stats> stats(std::optional<TenantId> tenant) override
    {
        if (tenant) return ask(*tenant, &Store::stats, tenant);
        return set_.sum_stats();
    }
    Answer<std::vector<ActivityBucket>> activity(ActivityQuery query) override
    {
        if (query.tenant) return ask(*query.tenant, &Store::activity, query);
        return sum_activity(query);
    }

    /// Hubs of one set of shards are in all of them.
    Answer<std::vector<std::string>> hub_addresses() override
    {
        return set_.first().hub_addresses();
    }
    Answer<std::vector<std::string>> owner_addresses(std::vector<SubscriptionName> names) override
    {
        return owners_of_each(std::move(names));
    }

    Answer<void> put_record(Record record) override
    {
        if (record.kind == tenant_kind) return set_.put_tenant(std::move(record));
        if (is_hub_wide(record.kind)) return set_.first().put_record(std::move(record));
        const auto tenant = record.tenant;
        return ask(tenant, &Store::put_record, std::move(record));
    }
    Answer<void> delete_record(TenantId tenant, std::string kind, std::string id) override
    {
        if (kind == tenant_kind) return set_.delete_tenant(tenant, std::move(id));
        if (is_hub_wide(kind))
            return set_.first().delete_record(tenant, std::move(kind), std::move(id));
        return ask(tenant, &Store::delete_record, tenant, std::move(kind), std::move(id));
    }
    Answer<std::vector<Record>> records(std::string kind) override
    {
        if (is_hub_wide(kind)) return set_.read_hub_wide(std::move(kind));
        return gather_records(std::move(kind));
    }
    Answer<Record> record(TenantId tenant, std::string kind, std::string id) override
    {
        if (is_hub_wide(kind)) return set_.first().record(tenant, std::move(kind), std::move(id));
        return ask(tenant, &Store::record, tenant, std::move(kind), std::move(id));
    }

    Answer<void> audit(AuditEntry entry) override { return set_.first().audit(std::move(entry)); }
    Answer<std::vector<AuditRow>> audit_entries(AuditQuery query) override
    {
        return set_.first().audit_entries(std::move(query));
    }

    Answer<void> add_rejected(Rejected rejected, RejectedBounds bounds) override
    {
        const auto tenant = rejected.tenant;
        return ask(tenant, &Store::add_rejected, std::move(rejected), bounds);
    }
    Answer<std::vector<Rejected>> rejected(RejectedQuery query) override
    {
        auto* shard = set_.store_of(query.tenant);
        return shard == nullptr ? refuse<std::vector<Rejected>>(set_.why_away(query.tenant))
                                : shard->rejected(query);
    }
    Answer<Rejected> rejected(TenantId tenant, RejectedId id) override
    {
        auto* shard = set_.store_of(tenant);
        return shard == nullptr ? refuse<Rejected>(set_.why_away(tenant))
                                : shard->rejected(tenant, id);
    }
    Answer<void> delete_rejected(TenantId tenant, RejectedId id) override
    {
        return ask(tenant, &Store::delete_rejected, tenant, id);
    }

    /// One shard after the other. A sweep that left one out ends with the reason.
    Answer<std::uint64_t> purge(RetentionPlan plan, Timestamp now, std::uint32_t rows_max) override
    {
        while (sweep_at_ < set_.all.size()) {
            auto& shard = *set_.all[sweep_at_];
            auto* store = shard.store();
            auto gone = store == nullptr ? refuse<std::uint64_t>(shard.away())
                                         : store->purge(plan, now, rows_max);
            const auto deleted = co_await std::move(gone);
            if (deleted && *deleted > 0) co_return *deleted;
            if (!deleted) left_out_ = deleted.error();
            ++sweep_at_;
        }
        sweep_at_ = 0;
        const auto left_out = std::exchange(left_out_, std::nullopt);
        if (left_out) co_return *left_out;
        co_return std::uint64_t{0};
    }
    Answer<Erased> erase_subject(TenantId tenant, std::string subject, Timestamp now) override
    {
        return ask(tenant, &Store::erase_subject, tenant, std::move(subject), now);
    }
    Answer<void> backup(std::string, BackupProgress) override
    {
        return refuse<void>({errc::refused,
                             "A hub with several shards is backed up shard by shard, the first one"
                             " last, with the tools of each: pg_dump, or katydid backup --store"
                             " sqlite:PATH while the hub is stopped."});
    }

    void set_listener(Listener* listener) override
    {
        listener_ = listener;
        opener_->listen();
    }
    [[nodiscard]] Health health() const noexcept override
    {
        auto best = Health::failed;
        for (const auto& shard : set_.all) best = std::min(best, shard->health());
        return best;
    }
    [[nodiscard]] std::size_t shard_count() const noexcept override { return set_.all.size(); }
    [[nodiscard]] std::size_t shard_of(TenantId tenant) const noexcept override
    {
        return set_.directory.find(tenant);
    }
    [[nodiscard]] std::string shard_name(std::size_t number) const override
    {
        return set_.all.at(number)->name();
    }
    [[nodiscard]] Health shard_health(std::size_t number) const noexcept override
    {
        return number < set_.all.size() ? set_.all[number]->health() : Health::unavailable;
    }
    void close() override
    {
        opener_->stop();
        for (const auto& shard : set_.all) shard->close();
    }

private:
    template <class T, class Part, class... Params, class... Args>
    Answer<T> ask(const TenantId& tenant, Answer<T> (Part::*call)(Params...), Args&&... args)
    {
        auto* store = set_.store_of(tenant);
        if (store == nullptr) return refuse<T>(set_.why_away(tenant));
        return (store->*call)(std::forward<Args>(args)...);
    }

    Answer<void> settle_each(std::vector<Settlement> settlements_of_all)
    {
        std::map<std::size_t, std::vector<Settlement>> by_shard;
        for (auto& each : settlements_of_all)
            by_shard[set_.directory.find(each.tenant)].push_back(std::move(each));
        result<void> all;
        for (auto& [number, settlements] : by_shard) {
            const auto tenant = settlements.front().tenant;
            const auto settled = co_await ask(tenant, &Store::settle, std::move(settlements));
            if (!settled && all) all = settled.error();
        }
        co_return all;
    }

    /// In a shard that is away no hub owns anything.
    Answer<std::vector<std::string>> owners_of_each(std::vector<SubscriptionName> names)
    {
        std::map<std::size_t, std::vector<std::size_t>> by_shard;
        for (std::size_t i = 0; i < names.size(); ++i)
            by_shard[set_.directory.find(names[i].tenant)].push_back(i);
        std::vector<std::string> addresses(names.size());
        for (const auto& [shard, places] : by_shard) {
            std::vector<SubscriptionName> own;
            for (const auto place : places) own.push_back(names[place]);
            const auto tenant = own.front().tenant;
            const auto found = co_await ask(tenant, &Store::owner_addresses, std::move(own));
            if (!found) continue;
            for (std::size_t i = 0; i < places.size(); ++i) addresses[places[i]] = found->at(i);
        }
        co_return addresses;
    }
    /// While a tenant moves, its records are in two shards.
    Answer<std::vector<Record>> keep_own(Answer<std::vector<Record>> asked, std::size_t shard)
    {
        auto found = co_await std::move(asked);
        if (found)
            std::erase_if(*found, [&](const Record& each) {
                return set_.directory.find(each.tenant) != shard;
            });
        co_return found;
    }
    Answer<std::vector<Record>> gather_records(std::string kind)
    {
        auto all = co_await set_.gather<Record>([this, &kind](Store& store, std::size_t shard) {
            return keep_own(store.records(kind), shard);
        });
        if (all) sort_records(*all);
        co_return all;
    }
    Answer<std::vector<ActivityBucket>> sum_activity(ActivityQuery query)
    {
        const auto all = co_await set_.gather<ActivityBucket>(
            [&query](Store& store, std::size_t) { return store.activity(query); });
        if (!all) co_return all.error();
        co_return merge_activity(*all);
    }

    // ShardEvents
    [[nodiscard]] Listener* listener() const noexcept override { return listener_.load(); }
    void on_tenant_seen(std::size_t shard, const TenantId& tenant) override
    {
        set_.directory.learn(tenant, shard);
    }
    void on_shard_health(std::size_t shard, Health health, const std::string& why) override
    {
        if (auto* hears = listener()) hears->on_shard_health(shard, health, why);
        const std::lock_guard lock{members_mutex_};
        members_.set_away(shard, health == Health::unavailable);
        tell_hubs();
    }
    void on_shard_hubs(std::size_t shard, std::size_t index, std::size_t alive) override
    {
        const std::lock_guard lock{members_mutex_};
        members_.see(shard, {index, alive});
        tell_hubs();
    }
    void tell_hubs()
    {
        const auto news = members_.news();
        auto* hears = listener();
        if (news && hears != nullptr) hears->on_hubs(news->index, news->alive);
    }

    std::atomic<Listener*> listener_{nullptr};
    ShardSet set_;
    std::mutex members_mutex_;
    Members members_;
    std::unique_ptr<Opener> opener_;
    std::size_t sweep_at_ = 0;  ///< of the one sweeper
    std::optional<Error> left_out_;
};

}  // namespace

std::unique_ptr<Store> open_sharded(ShardedOptions options)
{
    return std::make_unique<ShardedStore>(std::move(options));
}

}  // namespace katydid::store
