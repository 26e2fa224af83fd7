#include "hub/store/postgres/postgres_store.hpp"

#include "hub/store/postgres/cluster/new_leases.hpp"
#include "hub/store/postgres/write/activity.hpp"
#include "hub/store/postgres/write/audit_log.hpp"
#include "hub/store/postgres/write/store_thread.hpp"
#include "hub/store/postgres/write/redelivery.hpp"
#include "hub/store/postgres/write/rejected.hpp"
#include "hub/store/postgres/read/queries.hpp"
#include "hub/store/postgres/write/record_writer.hpp"
#include "hub/store/postgres/wire/sql_error.hpp"

namespace katydid::store {
namespace {

using namespace postgres;

template <class T>
using Answer = awaitable<result<T>>;

/// What a job does when its answer is elsewhere.
constexpr auto nothing = [](Done&) {};

/// The calls of the interface as orders for the store's thread. It decides nothing itself.
/// Thread safety: all calls from any thread.
class PostgresStore final : public Store {
    using Push = void (StoreThread::*)(Call);

    /// A call of the hot path, with its own order. \param take  gives the answer
    template <class Order, class Take>
    auto start(Phase phase, std::shared_ptr<Order> order, Take take, std::size_t bytes = 0)
    {
        return start_call<AnswerOf<Take, Done>, Done>(
            phase, bytes, std::move(take),
            [this, order](auto job) { store_thread_.push_write({std::move(job), order}); });
    }

    /// \tparam Subject  what the work takes: a Session or a Connection
    template <class Subject, class Work>
    auto submit(Push push, Phase phase, Work work)
    {
        using Erased = Operation<Subject, awaitable<void>>;
        return store::submit<Subject, awaitable<void>>(
            std::move(work), [&](std::shared_ptr<Erased> operation) {
                return carry_out(push, phase, std::move(operation));
            });
    }
    template <class Subject>
    Answer<void> carry_out(Push push, Phase phase,
                           std::shared_ptr<Operation<Subject, awaitable<void>>> operation)
    {
        return start_call<void, Done>(phase, 0, nothing, [this, push, operation](auto job) {
            (store_thread_.*push)({std::move(job), operation});
        });
    }

    template <class Function, class... Args>
    auto write(Function function, Args... args)
    {
        return submit<Session>(&StoreThread::push_write, Phase::write,
                               bind_arguments(function, std::move(args)...));
    }
    /// Some rows in each transaction, until none are left.
    template <class Order>
    Answer<std::uint64_t> write_all(Answer<std::uint64_t> (*step)(Session&, const Order&),
                                    Order order)
    {
        std::uint64_t all = 0;
        while (true) {
            auto rows = co_await write(step, order);
            if (!rows) co_return rows;
            if (*rows == 0) co_return all;
            all += *rows;
        }
    }
    template <class Function, class... Args>
    auto read(Function function, Args... args)
    {
        return submit<Connection>(&StoreThread::push_query, Phase::after_commit,
                                  bind_arguments(function, std::move(args)...));
    }

public:
    explicit PostgresStore(PostgresOptions options) : store_thread_{std::move(options)} {}

    Answer<Appended> append(Append append) override
    {
        auto order = std::make_shared<AppendOrder>(std::move(append));
        return start(
            Phase::write, order, [order](Done&) { return order->answer; }, order->prepared.bytes());
    }
    Answer<std::vector<Appended>> append_all(std::vector<Append> appends) override
    {
        auto order = std::make_shared<AppendAllOrder>();
        std::size_t bytes = 0;
        order->appends.reserve(appends.size());
        for (auto& append : appends)
            bytes += order->appends.emplace_back(std::move(append)).prepared.bytes();
        return start(Phase::write, order, [order](Done&) { return order->answers(); }, bytes);
    }
    Answer<Claimed> claim(Claim claim) override
    {
        auto order = std::make_shared<ClaimOrder>(ClaimOrder{claim, {}});
        return start(Phase::after_commit, order,
                     [order](Done&) { return std::move(order->answer); });
    }
    Answer<void> settle(std::vector<Settlement> settlements) override
    {
        auto order = std::make_shared<SettleOrder>(SettleOrder{std::move(settlements)});
        return start(Phase::settle, order, nothing);
    }
    Answer<void> release(TenantId tenant, std::vector<DeliveryId> deliveries) override
    {
        auto order = std::make_shared<ReleaseOrder>(ReleaseOrder{tenant, std::move(deliveries)});
        return start(Phase::after_commit, order, nothing);
    }
    Answer<std::vector<Backlog>> backlog() override
    {
        return submit<Connection>(&StoreThread::push_write, Phase::after_commit,
                                  bind_arguments(find_backlog, store_thread_.state.ownership.self,
                                                 std::vector<Subscriber>{}));
    }

    Answer<std::uint64_t> redeliver(TenantId tenant, std::vector<DeliveryId> deliveries, Lane lane,
                                    Timestamp now, std::optional<JobId> job) override
    {
        Redeliver order{tenant, std::move(deliveries), lane, now, job};
        return write(postgres::redeliver, std::move(order));
    }
    Answer<std::uint64_t> take_back(TenantId tenant, JobId job) override
    {
        return write_all(take_back_some, TakeBack{tenant, job});
    }
    Answer<std::uint64_t> bring_forward(TenantId tenant, SubscriptionId subscription,
                                        Timestamp now) override
    {
        return write_all(bring_some_forward, BringForward{tenant, subscription, now});
    }
    Answer<std::vector<DeliveryId>> replay(TenantId tenant, EventId event,
                                           std::vector<Recipient> recipients,
                                           Timestamp now) override
    {
        Replay order{tenant, event, std::move(recipients), now};
        return write(postgres::replay, std::move(order));
    }
    Answer<std::uint64_t> cancel(TenantId tenant, std::vector<DeliveryId> deliveries,
                                 std::string reason, Timestamp now) override
    {
        Cancel order{tenant, std::move(deliveries), std::move(reason), now};
        return write(postgres::cancel, std::move(order));
    }
    Answer<std::uint64_t> cancel_all(TenantId tenant, SubscriptionId subscription,
                                     std::string reason, Timestamp now) override
    {
        CancelAll order{tenant, subscription, std::move(reason), now};
        return write_all(cancel_some, std::move(order));
    }

    Answer<std::vector<EventRow>> events(EventQuery query) override
    {
        return read(list_events, std::move(query));
    }
    Answer<EventPtr> event(TenantId tenant, EventId id) override
    {
        return read(get_event, tenant, id);
    }
    Answer<std::vector<Delivery>> deliveries(DeliveryQuery query) override
    {
        return read(list_deliveries, std::move(query));
    }
    Answer<std::vector<DeliveryId>> delivery_ids(DeliveryQuery query) override
    {
        return read(list_delivery_ids, std::move(query));
    }
    Answer<std::vector<ReplayCount>> replay_counts(TenantId tenant, JobId job,
                                                   std::vector<DeliveryState> states) override
    {
        return read(count_of_job, tenant, job, std::move(states));
    }
    Answer<Delivery> delivery(TenantId tenant, DeliveryId id) override
    {
        return read(get_delivery, tenant, id);
    }
    Answer<std::vector<Attempt>> attempts(TenantId tenant, DeliveryId id) override
    {
        return read(list_attempts, tenant, id);
    }
    Answer<Stats> stats(std::optional<TenantId> tenant) override { return read(count, tenant); }
    Answer<std::vector<ActivityBucket>> activity(ActivityQuery query) override
    {
        return read(list_activity, query);
    }

    Answer<std::vector<std::string>> hub_addresses() override { return read(list_hub_addresses); }
    Answer<std::vector<std::string>> owner_addresses(std::vector<SubscriptionName> names) override
    {
        return read(find_owner_addresses, std::move(names));
    }
    Answer<void> take_over(TenantId tenant) override { return write(take_over_leases, tenant); }

    Answer<void> put_record(Record record) override
    {
        return write(postgres::put_record, std::move(record));
    }
    Answer<void> delete_record(TenantId tenant, std::string kind, std::string id) override
    {
        return write(remove_record, RecordName{tenant, std::move(kind), std::move(id)});
    }
    Answer<std::vector<Record>> records(std::string kind) override
    {
        return read(list_records, std::move(kind));
    }
    Answer<Record> record(TenantId tenant, std::string kind, std::string id) override
    {
        return read(get_record, RecordName{tenant, std::move(kind), std::move(id)});
    }

    Answer<void> audit(AuditEntry entry) override { return write(write_audit, std::move(entry)); }
    Answer<std::vector<AuditRow>> audit_entries(AuditQuery query) override
    {
        return read(list_audit, std::move(query));
    }

    Answer<void> add_rejected(Rejected rejected, RejectedBounds bounds) override
    {
        RejectedOrder order{std::move(rejected), bounds};
        return write(write_rejected, std::move(order));
    }
    Answer<std::vector<Rejected>> rejected(RejectedQuery query) override
    {
        return read(list_rejected, query);
    }
    Answer<Rejected> rejected(TenantId tenant, RejectedId id) override
    {
        return read(get_rejected, tenant, id);
    }
    Answer<void> delete_rejected(TenantId tenant, RejectedId id) override
    {
        return write(remove_rejected, tenant, id);
    }

    Answer<std::uint64_t> purge(RetentionPlan plan, Timestamp now, std::uint32_t rows_max) override
    {
        const Purge order{std::move(plan), now, std::max(1U, rows_max)};
        const auto purge_some = [this, order](Session& session) {
            return store_thread_.purger.purge(session, order);
        };
        while (true) {
            auto step = co_await submit<Session>(&StoreThread::push_maintenance, Phase::maintenance,
                                                 purge_some);
            if (!step) co_return step.error();
            if (step->deleted > 0 || step->at_end) co_return step->deleted;
        }
    }
    Answer<Erased> erase_subject(TenantId tenant, std::string subject, Timestamp now) override
    {
        const Erasure order{tenant, std::move(subject), now};
        Erased erased;
        while (true) {
            auto step = co_await write(erase_some, order);
            if (!step) co_return step;
            if (step->events == 0) co_return erased;
            erased.events += step->events;
            erased.deliveries_cancelled += step->deliveries_cancelled;
        }
    }

    Answer<void> backup(std::string, BackupProgress) override
    {
        co_return Error{errc::refused,
                        "A hub on PostgreSQL is backed up with PostgreSQL's own tools: run pg_dump"
                        " for a copy, or keep a base backup with archived WAL."};
    }

    void set_listener(Listener* listener) override { store_thread_.set_listener(listener); }
    [[nodiscard]] Health health() const noexcept override
    {
        return store_thread_.health_state.health();
    }
    void close() override { store_thread_.close(); }

private:
    StoreThread store_thread_;
};

}  // namespace

std::unique_ptr<Store> open_postgres(PostgresOptions options)
{
    try {
        return std::make_unique<PostgresStore>(std::move(options));
    } catch (const SqlError& error) {
        throw Failure{cannot_use(error)};
    }
}

}  // namespace katydid::store
