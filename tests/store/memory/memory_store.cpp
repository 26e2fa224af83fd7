#include "tests/store/memory/memory_store.hpp"

#include <boost/asio/post.hpp>

namespace katydid::test {

using namespace store;

template <class T>
using Answer = awaitable<result<T>>;

MemoryStore::MemoryStore(std::shared_ptr<MemoryData> kept)
    : data_{kept ? std::move(kept) : std::make_shared<MemoryData>()},
      memory{*data_}
{}

Answer<void> MemoryStore::carry_out(std::shared_ptr<Operation> operation)
{
    std::optional<Error> refusal;
    if (is_closed_) refusal = Error{errc::shutting_down, "The store is closed."};
    else if (failing) refusal = Error{*failing, "the test says so"};
    else operation->run(memory);
    if (!refusal) tell_listener();
    const auto executor = co_await asio::this_coro::executor;
    co_await asio::post(executor, asio::use_awaitable);
    if (refusal) co_return *refusal;
    co_return result<void>{};
}

void MemoryStore::tell_listener()
{
    auto news = std::exchange(memory.news, {});
    if (listener_ == nullptr) return;
    if (!news.works.empty()) listener_->on_work(std::move(news.works));
    for (const auto& each : news.backlog)
        listener_->on_backlog(each.tenant, each.subscription, each.lane, each.next_due);
}

void MemoryStore::set_listener(Listener* listener)
{
    listener_ = listener;
    memory.is_heard = listener != nullptr;
}

template <class Function, class... Args>
auto MemoryStore::run_on_records(Function function, Args... args)
{
    return submit([function, ... held = std::move(args)](MemoryData& data) {
        return std::invoke(function, data.records, held...);
    });
}

Answer<Appended> MemoryStore::append(Append append)
{
    return run(&MemoryData::append, std::move(append));
}

Answer<std::vector<Appended>> MemoryStore::append_all(std::vector<Append> appends)
{
    return run(&MemoryData::append_all, std::move(appends));
}

Answer<Claimed> MemoryStore::claim(Claim claim) { return run(&MemoryData::claim, claim); }

Answer<void> MemoryStore::settle(std::vector<Settlement> settlements)
{
    ++settle_calls;
    return run(&MemoryData::settle_all, std::move(settlements));
}

Answer<void> MemoryStore::release(TenantId, std::vector<DeliveryId> deliveries)
{
    return run(&MemoryData::release, std::move(deliveries));
}

Answer<std::vector<Backlog>> MemoryStore::backlog() { return run(&MemoryData::backlog); }

Answer<std::uint64_t> MemoryStore::redeliver(TenantId tenant, std::vector<DeliveryId> deliveries,
                                             Lane lane, Timestamp now, std::optional<JobId> job)
{
    return run(&MemoryData::redeliver, Redeliver{tenant, std::move(deliveries), lane, now, job});
}

Answer<std::uint64_t> MemoryStore::take_back(TenantId tenant, JobId job)
{
    return run(&MemoryData::take_back, TakeBack{tenant, job});
}

Answer<std::uint64_t> MemoryStore::bring_forward(TenantId tenant, SubscriptionId subscription,
                                                 Timestamp now)
{
    return run(&MemoryData::bring_forward, BringForward{tenant, subscription, now});
}

Answer<std::vector<DeliveryId>> MemoryStore::replay(TenantId tenant, EventId event,
                                                    std::vector<Recipient> recipients,
                                                    Timestamp now)
{
    return run(&MemoryData::replay, Replay{tenant, event, std::move(recipients), now});
}

Answer<std::uint64_t> MemoryStore::cancel(TenantId tenant, std::vector<DeliveryId> deliveries,
                                          std::string reason, Timestamp now)
{
    return run(&MemoryData::cancel, Cancel{tenant, std::move(deliveries), std::move(reason), now});
}

Answer<std::uint64_t> MemoryStore::cancel_all(TenantId tenant, SubscriptionId subscription,
                                              std::string reason, Timestamp now)
{
    const auto gate = cancel_gate;
    if (gate) co_await gate->wait();
    CancelAll order{tenant, subscription, std::move(reason), now};
    auto cancelled = run(&MemoryData::cancel_all, std::move(order));
    co_return co_await std::move(cancelled);
}

Answer<std::vector<EventRow>> MemoryStore::events(EventQuery query)
{
    return run(&MemoryData::list_events, std::move(query));
}

Answer<EventPtr> MemoryStore::event(TenantId tenant, EventId id)
{
    return run(&MemoryData::event, tenant, id);
}

Answer<std::vector<Delivery>> MemoryStore::deliveries(DeliveryQuery query)
{
    return run(&MemoryData::list_deliveries, std::move(query));
}

Answer<std::vector<DeliveryId>> MemoryStore::delivery_ids(DeliveryQuery query)
{
    return run(&MemoryData::list_ids, std::move(query));
}

Answer<std::vector<ReplayCount>> MemoryStore::replay_counts(TenantId tenant, JobId job,
                                                            std::vector<DeliveryState> states)
{
    return run(&MemoryData::count_of_job, tenant, job, std::move(states));
}

Answer<Delivery> MemoryStore::delivery(TenantId tenant, DeliveryId id)
{
    return run(&MemoryData::delivery, tenant, id);
}

Answer<std::vector<Attempt>> MemoryStore::attempts(TenantId tenant, DeliveryId id)
{
    return run(&MemoryData::attempts, tenant, id);
}

Answer<Stats> MemoryStore::stats(std::optional<TenantId> tenant)
{
    return run(&MemoryData::stats, tenant);
}

Answer<std::vector<ActivityBucket>> MemoryStore::activity(ActivityQuery query)
{
    return run(&MemoryData::activity, query);
}

Answer<void> MemoryStore::put_record(Record record)
{
    ++put_record_calls;
    return run_on_records(&MemoryRecords::put, std::move(record));
}

Answer<void> MemoryStore::delete_record(TenantId tenant, std::string kind, std::string id)
{
    return run_on_records(&MemoryRecords::remove, tenant, std::move(kind), std::move(id));
}

Answer<std::vector<Record>> MemoryStore::records(std::string kind)
{
    return run_on_records(&MemoryRecords::list, std::move(kind));
}

Answer<Record> MemoryStore::record(TenantId tenant, std::string kind, std::string id)
{
    return run_on_records(&MemoryRecords::find, tenant, std::move(kind), std::move(id));
}

Answer<void> MemoryStore::add_rejected(Rejected rejected, RejectedBounds bounds)
{
    return run_on_records(&MemoryRecords::add_rejected, std::move(rejected), bounds);
}

Answer<std::vector<Rejected>> MemoryStore::rejected(RejectedQuery query)
{
    return run_on_records(&MemoryRecords::list_rejected, query);
}

Answer<Rejected> MemoryStore::rejected(TenantId tenant, RejectedId id)
{
    return run_on_records(&MemoryRecords::find_rejected, tenant, id);
}

Answer<void> MemoryStore::delete_rejected(TenantId tenant, RejectedId id)
{
    return run_on_records(&MemoryRecords::remove_rejected, tenant, id);
}

Answer<void> MemoryStore::audit(AuditEntry entry)
{
    return run_on_records(&MemoryRecords::add_audit, std::move(entry));
}

Answer<std::vector<AuditRow>> MemoryStore::audit_entries(AuditQuery query)
{
    return run_on_records(&MemoryRecords::list_audit, std::move(query));
}

Answer<std::uint64_t> MemoryStore::purge(RetentionPlan plan, Timestamp now, std::uint32_t rows_max)
{
    return run(&MemoryData::purge, Purge{std::move(plan), now, std::max(1U, rows_max)});
}

Answer<Erased> MemoryStore::erase_subject(TenantId tenant, std::string subject, Timestamp now)
{
    return run(&MemoryData::erase, Erasure{tenant, std::move(subject), now});
}

Answer<void> MemoryStore::backup(std::string, BackupProgress)
{
    co_return Error{errc::refused, "A store in memory cannot be backed up."};
}

}  // namespace katydid::test
