#include "hub/store/sqlite/sqlite_store.hpp"

#include "hub/store/sqlite/write/activity.hpp"
#include "hub/store/sqlite/write/audit_log.hpp"
#include "hub/store/sqlite/file/disk_error.hpp"
#include "hub/store/sqlite/file/file_lock.hpp"
#include "hub/store/sqlite/file/library_check.hpp"
#include "hub/store/sqlite/read/queries.hpp"
#include "hub/store/sqlite/read/readers.hpp"
#include "hub/store/sqlite/write/writer.hpp"

namespace katydid::store {
namespace {

using namespace sqlite;

template <class T>
using Answer = awaitable<result<T>>;

/// The calls of the interface as jobs of the writer and the readers.
///
/// It owns the file's lock and the threads, and decides nothing itself.
/// Thread safety: all calls from any thread.
class SqliteStore final : public Store {
public:
    explicit SqliteStore(SqliteOptions options)
        : options_{std::move(options)},
          lock_{options_.path},
          writer_{
              std::make_unique<WriteSession>(open_writer(options_), options_, lock_.locked_file()),
              options_},
          readers_{options_, std::max(1U, options_.readers)},
          copier_{options_, 1}
    {}
    ~SqliteStore() override { close(); }

    Answer<Appended> append(Append append) override
    {
        PreparedAppend prepared{std::move(append)};
        const auto bytes = prepared.bytes();
        return write<Appended>(
            [prepared = std::move(prepared)](WriteSession& session) -> result<Appended> {
                return session.appender.append(prepared);
            },
            bytes);
    }

    Answer<std::vector<Appended>> append_all(std::vector<Append> appends) override
    {
        std::vector<PreparedAppend> prepared;
        std::size_t bytes = 0;
        prepared.reserve(appends.size());
        for (auto& append : appends) bytes += prepared.emplace_back(std::move(append)).bytes();
        return write<std::vector<Appended>>(
            [prepared = std::move(prepared)](
                WriteSession& session) -> result<std::vector<Appended>> {
                std::vector<Appended> answers;
                answers.reserve(prepared.size());
                for (const auto& each : prepared) answers.push_back(session.appender.append(each));
                return answers;
            },
            bytes);
    }

    Answer<Claimed> claim(Claim claim) override
    {
        return start<Claimed>(Phase::after_commit,
                              [claim](WriteSession& session) -> result<Claimed> {
                                  return session.claimer.claim(claim);
                              });
    }

    Answer<void> settle(std::vector<Settlement> settlements) override
    {
        return start<void>(Phase::settle,
                           [moved = std::move(settlements)](WriteSession& session) -> result<void> {
                               session.settler.settle(moved);
                               return {};
                           });
    }

    Answer<void> release(TenantId, std::vector<DeliveryId> deliveries) override
    {
        return start<void>(Phase::after_commit,
                           [moved = std::move(deliveries)](WriteSession& session) -> result<void> {
                               session.claimer.release(moved);
                               return {};
                           });
    }

    Answer<std::vector<Backlog>> backlog() override
    {
        return start<std::vector<Backlog>>(
            Phase::after_commit, [](WriteSession& session) -> result<std::vector<Backlog>> {
                return session.claimer.backlog();
            });
    }

    Answer<std::uint64_t> redeliver(TenantId tenant, std::vector<DeliveryId> deliveries, Lane lane,
                                    Timestamp now) override
    {
        Redelivery::Redeliver order{tenant, std::move(deliveries), lane, now};
        return write<std::uint64_t>(
            [order = std::move(order)](WriteSession& session) -> result<std::uint64_t> {
                return session.redelivery.redeliver(order);
            });
    }

    Answer<std::vector<DeliveryId>> replay(TenantId tenant, EventId event,
                                           std::vector<Recipient> recipients,
                                           Timestamp now) override
    {
        Redelivery::Replay order{tenant, event, std::move(recipients), now};
        return write<std::vector<DeliveryId>>([order = std::move(order)](WriteSession& session) {
            return session.redelivery.replay(order);
        });
    }

    Answer<std::uint64_t> cancel(TenantId tenant, std::vector<DeliveryId> deliveries,
                                 std::string reason, Timestamp now) override
    {
        Redelivery::Cancel order{tenant, std::move(deliveries), std::move(reason), now};
        return write<std::uint64_t>(
            [order = std::move(order)](WriteSession& session) -> result<std::uint64_t> {
                return session.redelivery.cancel(order);
            });
    }

    Answer<std::uint64_t> cancel_all(TenantId tenant, SubscriptionId subscription,
                                     std::string reason, Timestamp now) override
    {
        const Redelivery::CancelAll order{tenant, subscription, std::move(reason), now};
        const auto cancel_some = [order](WriteSession& session) -> result<std::uint64_t> {
            return session.redelivery.cancel_some(order);
        };
        std::uint64_t cancelled = 0;
        while (true) {
            auto step = co_await write<std::uint64_t>(cancel_some);
            if (!step) co_return step;
            if (*step == 0) co_return cancelled;
            cancelled += *step;
        }
    }

    Answer<std::vector<EventRow>> events(EventQuery query) override
    {
        return ask<std::vector<EventRow>>([query = std::move(query)](ReadSession& session) {
            return list_events(session, query);
        });
    }

    Answer<EventPtr> event(TenantId tenant, EventId id) override
    {
        return ask<EventPtr>(
            [tenant, id](ReadSession& session) { return get_event(session, tenant, id); });
    }

    Answer<std::vector<Delivery>> deliveries(DeliveryQuery query) override
    {
        return ask<std::vector<Delivery>>([query = std::move(query)](ReadSession& session) {
            return list_deliveries(session, query);
        });
    }

    Answer<Delivery> delivery(TenantId tenant, DeliveryId id) override
    {
        return ask<Delivery>(
            [tenant, id](ReadSession& session) { return get_delivery(session, tenant, id); });
    }

    Answer<std::vector<Attempt>> attempts(TenantId tenant, DeliveryId id) override
    {
        return ask<std::vector<Attempt>>(
            [tenant, id](ReadSession& session) { return list_attempts(session, tenant, id); });
    }

    Answer<Stats> stats(std::optional<TenantId> tenant) override
    {
        return ask<Stats>([tenant](ReadSession& session) { return count(session, tenant); });
    }

    Answer<std::vector<ActivityBucket>> activity(ActivityQuery query) override
    {
        return ask<std::vector<ActivityBucket>>(
            [query](ReadSession& session) { return list_activity(session, query); });
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
            [](ReadSession& session) { return list_subscriptions(session); });
    }

    Answer<void> put_source(Source source) override { return put(std::move(source)); }
    Answer<void> delete_source(TenantId tenant, SourceId id) override
    {
        return remove("sources", tenant, id);
    }
    Answer<std::vector<Source>> sources() override
    {
        return ask<std::vector<Source>>([](ReadSession& session) { return list_sources(session); });
    }

    Answer<void> put_key(SealedKey key) override { return put(std::move(key)); }
    Answer<void> delete_key(TenantId tenant, KeyId id) override
    {
        return remove("keys", tenant, id);
    }
    Answer<std::vector<SealedKey>> keys() override
    {
        return ask<std::vector<SealedKey>>([](ReadSession& session) { return list_keys(session); });
    }

    Answer<void> put_api_key(ApiKey key) override { return put(std::move(key)); }
    Answer<std::vector<ApiKey>> api_keys() override
    {
        return ask<std::vector<ApiKey>>(
            [](ReadSession& session) { return list_api_keys(session); });
    }

    Answer<void> put_record(Record record) override { return put(std::move(record)); }
    Answer<void> delete_record(TenantId tenant, std::string kind, std::string id) override
    {
        return write<void>(
            [tenant, kind = std::move(kind), id = std::move(id)](WriteSession& session) {
                return session.settings.remove_record(tenant, kind, id);
            });
    }
    Answer<std::vector<Record>> records(std::string kind) override
    {
        return ask<std::vector<Record>>(
            [kind = std::move(kind)](ReadSession& session) { return list_records(session, kind); });
    }
    Answer<Record> record(TenantId tenant, std::string kind, std::string id) override
    {
        return ask<Record>([name = RecordName{tenant, std::move(kind), std::move(id)}](
                               ReadSession& session) { return get_record(session, name); });
    }

    Answer<void> add_rejected(Rejected rejected, RejectedBounds bounds) override
    {
        return write<void>(
            [rejected = std::move(rejected), bounds](WriteSession& session) -> result<void> {
                session.rejected.add(rejected, bounds);
                return {};
            });
    }
    Answer<std::vector<Rejected>> rejected(RejectedQuery query) override
    {
        return ask<std::vector<Rejected>>(
            [query](ReadSession& session) { return list_rejected(session, query); });
    }
    Answer<Rejected> rejected(TenantId tenant, RejectedId id) override
    {
        return ask<Rejected>(
            [tenant, id](ReadSession& session) { return get_rejected(session, tenant, id); });
    }
    Answer<void> delete_rejected(TenantId tenant, RejectedId id) override
    {
        return write<void>(
            [tenant, id](WriteSession& session) { return session.rejected.remove(tenant, id); });
    }

    Answer<void> audit(AuditEntry entry) override
    {
        return write<void>([entry = std::move(entry)](WriteSession& session) -> result<void> {
            write_audit(session.state, entry);
            return {};
        });
    }
    Answer<std::vector<AuditRow>> audit_entries(AuditQuery query) override
    {
        return ask<std::vector<AuditRow>>([query = std::move(query)](ReadSession& session) {
            return list_audit(session, query);
        });
    }

    Answer<std::uint64_t> purge(RetentionPlan plan, Timestamp now, std::uint32_t rows_max) override
    {
        const Purger::Order order{std::move(plan), now, std::max(1U, rows_max)};
        const auto purge_some = [order](WriteSession& session) -> result<Purger::Step> {
            return session.purger.purge(order);
        };
        while (true) {
            auto step = co_await start<Purger::Step>(Phase::maintenance, purge_some);
            if (!step) co_return step.error();
            if (step->deleted > 0 || step->at_end) co_return step->deleted;
        }
    }

    Answer<Erased> erase_subject(TenantId tenant, std::string subject, Timestamp now) override
    {
        const Eraser::Order order{tenant, std::move(subject), now};
        const auto erase_some = [order](WriteSession& session) -> result<Eraser::Step> {
            auto step = session.eraser.erase_some(order);
            for (const auto seq : step.events) session.claimer.forget_event(seq);
            return step;
        };
        Erased erased;
        while (true) {
            auto step = co_await start<Eraser::Step>(Phase::maintenance, erase_some);
            if (!step) co_return step.error();
            if (step->events.empty()) break;
            erased.events += step->erased.events;
            erased.deliveries_cancelled += step->erased.deliveries_cancelled;
        }
        if (erased.events == 0) co_return erased;
        auto emptied = co_await start<void>(Phase::after_commit, &WriteSession::empty_log);
        if (!emptied) co_return emptied.error();
        co_return erased;
    }

    Answer<void> backup(std::string path, BackupProgress progress) override
    {
        return start_call<void, ReadSession>(
            Phase::after_commit, 0,
            [path = std::move(path), progress = std::move(progress)](ReadSession& session) {
                return copy_to(session, path, progress);
            },
            [this](auto job) { copier_.enqueue(std::move(job)); });
    }

    void set_listener(Listener* listener) override { writer_.set_listener(listener); }
    [[nodiscard]] Health health() const noexcept override { return writer_.health(); }

    void close() override
    {
        copier_.close();
        readers_.close();
        writer_.close();
    }

private:
    template <class T, class Work>
    Answer<T> start(Phase phase, Work work, std::size_t bytes = 0)
    {
        return start_call<T, WriteSession>(phase, bytes, std::move(work),
                                           [this](auto job) { writer_.enqueue(std::move(job)); });
    }

    template <class T, class Work>
    Answer<T> write(Work work, std::size_t bytes = 0)
    {
        return start<T>(Phase::write, std::move(work), bytes);
    }

    template <class T, class Work>
    Answer<T> ask(Work work)
    {
        return start_call<T, ReadSession>(Phase::after_commit, 0, std::move(work),
                                          [this](auto job) { readers_.enqueue(std::move(job)); });
    }

    template <class Setting>
    Answer<void> put(Setting setting)
    {
        return write<void>([setting = std::move(setting)](WriteSession& session) {
            return session.settings.put(setting);
        });
    }

    template <class IdType>
    Answer<void> remove(const char* table, TenantId tenant, IdType id)
    {
        return write<void>([table, tenant, id](WriteSession& session) {
            return session.settings.remove(table, tenant, id.bytes(), id.to_string());
        });
    }

    const SqliteOptions options_;
    FileLock lock_;
    Writer writer_;
    Readers readers_;
    Readers copier_;  ///< a backup runs long and must not keep people waiting
};

}  // namespace

std::unique_ptr<Store> open_sqlite(SqliteOptions options)
{
    try {
        if (options.warn) check_library(options.path, options.warn);
        return std::make_unique<SqliteStore>(std::move(options));
    } catch (const SqlError& error) {
        const auto described = describe(error);
        throw Failure{
            Error{errc::store_failed, "The store cannot be opened: " + described.message}};
    }
}

}  // namespace katydid::store
