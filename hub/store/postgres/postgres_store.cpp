#include "hub/store/postgres/postgres_store.hpp"

#include "hub/store/postgres/write/activity.hpp"
#include "hub/store/postgres/write/audit_log.hpp"
#include "hub/store/postgres/write/store_thread.hpp"
#include "hub/store/postgres/write/redelivery.hpp"
#include "hub/store/postgres/read/queries.hpp"
#include "hub/store/postgres/write/settings_writer.hpp"
#include "hub/store/postgres/wire/sql_error.hpp"

namespace katydid::store {
namespace {

using namespace postgres;

template <class T>
using Answer = awaitable<result<T>>;

awaitable<result<std::vector<Backlog>>> ask_backlog(Connection& connection, HubId hub)
{
    auto waiting = co_await find_backlog(connection, hub);
    co_return waiting;
}

template <class T, class Work>
std::shared_ptr<QueryOf<T, Work>> make_query(Work work)
{
    return std::make_shared<QueryOf<T, Work>>(std::move(work));
}

/// What a waiting call takes its answer from.
template <class Order>
auto answer_of(std::shared_ptr<Order> order)
{
    return [order](Done&) { return order->take(); };
}

/// The calls of the interface as orders for the store_thread. It decides nothing itself.
/// Thread safety: all calls from any thread.
class PostgresStore final : public Store {
public:
    explicit PostgresStore(PostgresOptions options) : store_thread_{std::move(options)} {}

    Answer<Appended> append(Append append) override
    {
        auto order = std::make_shared<AppendOrder>(std::move(append));
        const auto bytes = order->prepared.bytes();
        return start<Appended>(Phase::write, bytes, order,
                               [order](Done&) -> result<Appended> { return order->answer; });
    }

    Answer<std::vector<Appended>> append_all(std::vector<Append> appends) override
    {
        auto order = std::make_shared<AppendAllOrder>();
        std::size_t bytes = 0;
        order->appends.reserve(appends.size());
        for (auto& append : appends)
            bytes += order->appends.emplace_back(std::move(append)).prepared.bytes();
        return start<std::vector<Appended>>(
            Phase::write, bytes, order,
            [order](Done&) -> result<std::vector<Appended>> { return order->answers(); });
    }

    Answer<Claimed> claim(Claim claim) override
    {
        auto order = std::make_shared<ClaimOrder>(ClaimOrder{claim, {}});
        return start<Claimed>(Phase::after_commit, 0, order, [order](Done&) -> result<Claimed> {
            return std::move(order->answer);
        });
    }

    Answer<void> settle(std::vector<Settlement> settlements) override
    {
        auto order = std::make_shared<SettleOrder>(SettleOrder{std::move(settlements)});
        return start<void>(Phase::settle, 0, order, [](Done&) { return result<void>{}; });
    }

    Answer<void> release(TenantId tenant, std::vector<DeliveryId> deliveries) override
    {
        auto order = std::make_shared<ReleaseOrder>(ReleaseOrder{tenant, std::move(deliveries)});
        return start<void>(Phase::after_commit, 0, order, [](Done&) { return result<void>{}; });
    }

    Answer<std::vector<Backlog>> backlog() override
    {
        const auto work = [this](Connection& connection) {
            return ask_backlog(connection, store_thread_.state.ownership.self);
        };
        auto query = make_query<std::vector<Backlog>>(work);
        return start<std::vector<Backlog>>(Phase::after_commit, 0, std::shared_ptr<Query>{query},
                                           answer_of(query));
    }

    Answer<std::uint64_t> redeliver(TenantId tenant, std::vector<DeliveryId> deliveries, Lane lane,
                                    Timestamp now) override
    {
        return write<std::uint64_t>(
            [order = Redeliver{tenant, std::move(deliveries), lane, now}](Session& session) {
                return postgres::redeliver(session, order);
            });
    }

    Answer<std::vector<DeliveryId>> replay(TenantId tenant, EventId event,
                                           std::vector<Recipient> recipients,
                                           Timestamp now) override
    {
        return write<std::vector<DeliveryId>>(
            [order = Replay{tenant, event, std::move(recipients), now}](Session& session) {
                return postgres::replay(session, order);
            });
    }

    Answer<std::uint64_t> cancel(TenantId tenant, std::vector<DeliveryId> deliveries,
                                 std::string reason, Timestamp now) override
    {
        Cancel order{tenant, std::move(deliveries), std::move(reason), now};
        return write<std::uint64_t>([order = std::move(order)](Session& session) {
            return postgres::cancel(session, order);
        });
    }

    Answer<std::uint64_t> cancel_all(TenantId tenant, SubscriptionId subscription,
                                     std::string reason, Timestamp now) override
    {
        const CancelAll order{tenant, subscription, std::move(reason), now};
        std::uint64_t cancelled = 0;
        while (true) {
            auto step = co_await cancel_step(order);
            if (!step) co_return step;
            if (*step == 0) co_return cancelled;
            cancelled += *step;
        }
    }

    Answer<std::vector<EventRow>> events(EventQuery query) override
    {
        return ask<std::vector<EventRow>>([query = std::move(query)](Connection& connection) {
            return list_events(connection, query);
        });
    }

    Answer<EventPtr> event(TenantId tenant, EventId id) override
    {
        return ask<EventPtr>(
            [tenant, id](Connection& connection) { return get_event(connection, tenant, id); });
    }

    Answer<std::vector<Delivery>> deliveries(DeliveryQuery query) override
    {
        return ask<std::vector<Delivery>>([query = std::move(query)](Connection& connection) {
            return list_deliveries(connection, query);
        });
    }

    Answer<Delivery> delivery(TenantId tenant, DeliveryId id) override
    {
        return ask<Delivery>(
            [tenant, id](Connection& connection) { return get_delivery(connection, tenant, id); });
    }

    Answer<std::vector<Attempt>> attempts(TenantId tenant, DeliveryId id) override
    {
        return ask<std::vector<Attempt>>(
            [tenant, id](Connection& connection) { return list_attempts(connection, tenant, id); });
    }

    Answer<Stats> stats(std::optional<TenantId> tenant) override
    {
        return ask<Stats>([tenant](Connection& connection) { return count(connection, tenant); });
    }

    Answer<std::vector<ActivityBucket>> activity(ActivityQuery query) override
    {
        return ask<std::vector<ActivityBucket>>(
            [query](Connection& connection) { return list_activity(connection, query); });
    }

    Answer<void> put_subscription(Subscription subscription) override
    {
        return put(std::move(subscription));
    }
    Answer<void> delete_subscription(TenantId tenant, SubscriptionId id) override
    {
        return remove("subscriptions", tenant, id);
    }
    Answer<std::vector<Subscription>> subscriptions() override
    {
        return ask<std::vector<Subscription>>(
            [](Connection& connection) { return list_subscriptions(connection); });
    }

    Answer<void> put_source(Source source) override { return put(std::move(source)); }
    Answer<void> delete_source(TenantId tenant, SourceId id) override
    {
        return remove("sources", tenant, id);
    }
    Answer<std::vector<Source>> sources() override
    {
        return ask<std::vector<Source>>(
            [](Connection& connection) { return list_sources(connection); });
    }

    Answer<void> put_key(SealedKey key) override { return put(std::move(key)); }
    Answer<void> delete_key(TenantId tenant, KeyId id) override
    {
        return remove("keys", tenant, id);
    }
    Answer<std::vector<SealedKey>> keys() override
    {
        return ask<std::vector<SealedKey>>(
            [](Connection& connection) { return list_keys(connection); });
    }

    Answer<void> put_api_key(ApiKey key) override { return put(std::move(key)); }
    Answer<std::vector<ApiKey>> api_keys() override
    {
        return ask<std::vector<ApiKey>>(
            [](Connection& connection) { return list_api_keys(connection); });
    }

    Answer<void> put_record(Record record) override { return put(std::move(record)); }
    Answer<void> delete_record(TenantId tenant, std::string kind, std::string id) override
    {
        return write<void>([removal = RecordRemoval{tenant, std::move(kind), std::move(id)}](
                               Session& session) { return remove_record(session, removal); });
    }
    Answer<std::vector<Record>> records(std::string kind) override
    {
        return ask<std::vector<Record>>([kind = std::move(kind)](Connection& connection) {
            return list_records(connection, kind);
        });
    }

    Answer<Record> record(TenantId tenant, std::string kind, std::string id) override
    {
        return ask<Record>([name = RecordName{tenant, std::move(kind), std::move(id)}](
                               Connection& connection) { return get_record(connection, name); });
    }

    Answer<void> audit(AuditEntry entry) override
    {
        return write<void>(
            [entry = std::move(entry)](Session& session) { return write_audit(session, entry); });
    }
    Answer<std::vector<AuditRow>> audit_entries(AuditQuery query) override
    {
        return ask<std::vector<AuditRow>>([query = std::move(query)](Connection& connection) {
            return list_audit(connection, query);
        });
    }

    Answer<void> add_rejected(Rejected rejected, RejectedBounds bounds) override
    {
        return write<void>([order = RejectedOrder{std::move(rejected), bounds}](Session& session) {
            return write_rejected(session, order);
        });
    }
    Answer<std::vector<Rejected>> rejected(RejectedQuery query) override
    {
        return ask<std::vector<Rejected>>([query = std::move(query)](Connection& connection) {
            return list_rejected(connection, query);
        });
    }
    Answer<Rejected> rejected(TenantId tenant, RejectedId id) override
    {
        return ask<Rejected>(
            [tenant, id](Connection& connection) { return get_rejected(connection, tenant, id); });
    }
    Answer<void> delete_rejected(TenantId tenant, RejectedId id) override
    {
        Removal removal{"rejected", tenant, id.bytes(),
                        "There is no refused webhook " + id.to_string() + "."};
        return write<void>([removal = std::move(removal)](Session& session) {
            return remove_setting(session, removal);
        });
    }

    Answer<std::uint64_t> purge(RetentionPlan plan, Timestamp now, std::uint32_t rows_max) override
    {
        const Purger::Order order{std::move(plan), now, std::max(1U, rows_max)};
        while (true) {
            auto step = co_await purge_step(order);
            if (!step) co_return step.error();
            if (step->deleted > 0 || step->at_end) co_return step->deleted;
        }
    }

    Answer<Erased> erase_subject(TenantId tenant, std::string subject, Timestamp now) override
    {
        const Erasure order{tenant, std::move(subject), now};
        Erased erased;
        while (true) {
            auto step = co_await erase_step(order);
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
    template <class T, class Order, class Take>
    Answer<T> start(Phase phase, std::size_t bytes, std::shared_ptr<Order> order, Take take)
    {
        return start_call<T, Done>(phase, bytes, std::move(take), [this, order](auto job) {
            store_thread_.writer.enqueue({std::move(job), order});
        });
    }

    template <class T, class Work>
    Answer<T> write(Work work)
    {
        auto task = std::make_shared<TaskOf<T, Work>>(std::move(work));
        return start<T>(Phase::write, 0, std::shared_ptr<Task>{task}, answer_of(task));
    }

    template <class T, class Work>
    Answer<T> ask(Work work)
    {
        auto query = make_query<T>(std::move(work));
        return start_call<T, Done>(Phase::after_commit, 0, answer_of(query),
                                   [this, order = std::shared_ptr<Query>{query}](auto job) {
                                       store_thread_.push_query({std::move(job), order});
                                   });
    }

    template <class T, class Work>
    Answer<T> care(Work work)
    {
        auto task = std::make_shared<TaskOf<T, Work>>(std::move(work));
        return start_call<T, Done>(Phase::maintenance, 0, answer_of(task),
                                   [this, order = std::shared_ptr<Task>{task}](auto job) {
                                       store_thread_.push_maintenance({std::move(job), order});
                                   });
    }

    Answer<std::uint64_t> cancel_step(const CancelAll& order)
    {
        return write<std::uint64_t>(
            [order](Session& session) { return cancel_some(session, order); });
    }
    Answer<Purger::Step> purge_step(const Purger::Order& order)
    {
        return care<Purger::Step>(
            [this, order](Session& session) { return store_thread_.purger.purge(session, order); });
    }
    Answer<Erased> erase_step(const Erasure& order)
    {
        return write<Erased>([order](Session& session) { return erase_some(session, order); });
    }

    template <class Setting>
    Answer<void> put(Setting setting)
    {
        return write<void>([setting = std::move(setting)](Session& session) {
            return put_setting(session, setting);
        });
    }

    template <class IdType>
    Answer<void> remove(const char* table, TenantId tenant, IdType id)
    {
        Removal removal{table, tenant, id.bytes(), "There is no " + id.to_string() + "."};
        return write<void>([removal = std::move(removal)](Session& session) {
            return remove_setting(session, removal);
        });
    }

    StoreThread store_thread_;
};

}  // namespace

std::unique_ptr<Store> open_postgres(PostgresOptions options)
{
    try {
        return std::make_unique<PostgresStore>(std::move(options));
    } catch (const SqlError& error) {
        throw Failure{Error{errc::store_unavailable,
                            std::string{"The database cannot be used: "} + error.what()
                                + ". Check KATYDID_STORE, the server and the user's rights."}};
    }
}

}  // namespace katydid::store
