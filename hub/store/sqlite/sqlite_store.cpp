#include "hub/store/sqlite/sqlite_store.hpp"

#include "hub/store/sqlite/write/activity.hpp"
#include "hub/store/sqlite/write/audit_log.hpp"
#include "hub/store/sqlite/file/disk_error.hpp"
#include "hub/store/sqlite/file/file_lock.hpp"
#include "hub/store/sqlite/file/library_check.hpp"
#include "hub/store/shared/operation.hpp"
#include "hub/store/sqlite/read/queries.hpp"
#include "hub/store/sqlite/read/reader.hpp"
#include "hub/store/sqlite/write/writer.hpp"

namespace katydid::store {
namespace {

using namespace sqlite;

template <class T>
using Answer = awaitable<result<T>>;

/// The calls of the interface as jobs of the writer and the reader.
///
/// It owns the file's lock and the threads, and decides nothing itself.
/// Thread safety: all calls from any thread.
class SqliteStore final : public Store {
    /// A call of the hot path, with its own job.
    template <class Work>
    Answer<AnswerOf<Work, WriteSession>> start(Phase phase, Work work, std::size_t bytes = 0)
    {
        return start_call<AnswerOf<Work, WriteSession>, WriteSession>(
            phase, bytes, std::move(work), [this](auto job) { writer_.enqueue(std::move(job)); });
    }

    /// \param queue  the writer or reader
    template <class Session, class Queue, class Work>
    static auto submit(Queue& queue, Phase phase, Work work)
    {
        return store::submit<Session, void>(
            std::move(work), [&](std::shared_ptr<Operation<Session, void>> operation) {
                return carry_out(queue, phase, std::move(operation));
            });
    }
    template <class Session, class Queue>
    static Answer<void> carry_out(Queue& queue, Phase phase,
                                  std::shared_ptr<Operation<Session, void>> operation)
    {
        return start_call<void, Session>(
            phase, 0, [operation](Session& session) { operation->run(session); },
            [&queue](auto job) { queue.enqueue(std::move(job)); });
    }

    /// A method of one part of the session, with its arguments.
    template <class Part, class Method, class... Args>
    static auto on_part(Part WriteSession::* part, Method method, Args... args)
    {
        return [part, method, ... held = std::move(args)](WriteSession& session) {
            // What is appended in this transaction is there for all that may look for it. What is
            // settled was handed over after an earlier one.
            if constexpr (!std::is_same_v<Part, Appender> && !std::is_same_v<Part, Settler>)
                session.appender.flush();
            return std::invoke(method, session.*part, held...);
        };
    }
    template <class Part, class Method, class... Args>
    auto write(Part WriteSession::* part, Method method, Args... args)
    {
        return submit<WriteSession>(writer_, Phase::write,
                                    on_part(part, method, std::move(args)...));
    }
    /// Some rows in each transaction, until none are left.
    template <class Order>
    Answer<std::uint64_t> write_all(std::uint64_t (Redelivery::*step)(const Order&), Order order)
    {
        std::uint64_t all = 0;
        while (true) {
            auto rows = co_await write(&WriteSession::redelivery, step, order);
            if (!rows) co_return rows;
            if (*rows == 0) co_return all;
            all += *rows;
        }
    }
    template <class Function, class... Args>
    auto read(Function function, Args... args)
    {
        return submit<ReadSession>(reader_, Phase::after_commit,
                                   bind_arguments(function, std::move(args)...));
    }

public:
    explicit SqliteStore(SqliteOptions options)
        : options_{std::move(options)},
          lock_{options_.path},
          writer_{
              std::make_unique<WriteSession>(open_writer(options_), options_, lock_.locked_file()),
              options_},
          reader_{options_},
          copier_{options_}
    {}
    ~SqliteStore() override { close(); }

    Answer<Appended> append(Append append) override
    {
        PreparedAppend prepared{std::move(append)};
        const auto bytes = prepared.bytes();
        return start(Phase::write,
                     on_part(&WriteSession::appender, &Appender::append, std::move(prepared)),
                     bytes);
    }
    Answer<std::vector<Appended>> append_all(std::vector<Append> appends) override
    {
        std::vector<PreparedAppend> prepared;
        std::size_t bytes = 0;
        prepared.reserve(appends.size());
        for (auto& append : appends) bytes += prepared.emplace_back(std::move(append)).bytes();
        return start(Phase::write,
                     on_part(&WriteSession::appender, &Appender::append_all, std::move(prepared)),
                     bytes);
    }
    Answer<Claimed> claim(Claim claim) override
    {
        return start(Phase::after_commit, on_part(&WriteSession::claimer, &Claimer::claim, claim));
    }
    Answer<void> settle(std::vector<Settlement> settlements) override
    {
        return start(Phase::settle,
                     on_part(&WriteSession::settler, &Settler::settle, std::move(settlements)));
    }
    Answer<void> release(TenantId, std::vector<DeliveryId> deliveries) override
    {
        return start(Phase::after_commit,
                     on_part(&WriteSession::claimer, &Claimer::release, std::move(deliveries)));
    }
    Answer<std::vector<Backlog>> backlog() override
    {
        return submit<WriteSession>(writer_, Phase::after_commit,
                                    on_part(&WriteSession::claimer, &Claimer::backlog));
    }

    Answer<std::uint64_t> redeliver(TenantId tenant, std::vector<DeliveryId> deliveries, Lane lane,
                                    Timestamp now, std::optional<JobId> job) override
    {
        store::Redeliver order{tenant, std::move(deliveries), lane, now, job};
        return write(&WriteSession::redelivery, &Redelivery::redeliver, std::move(order));
    }
    Answer<std::uint64_t> take_back(TenantId tenant, JobId job) override
    {
        return write_all(&Redelivery::take_back_some, store::TakeBack{tenant, job});
    }
    Answer<std::uint64_t> bring_forward(TenantId tenant, SubscriptionId subscription,
                                        Timestamp now) override
    {
        return write_all(&Redelivery::bring_some_forward,
                         store::BringForward{tenant, subscription, now});
    }
    Answer<std::vector<DeliveryId>> replay(TenantId tenant, EventId event,
                                           std::vector<Recipient> recipients,
                                           Timestamp now) override
    {
        store::Replay order{tenant, event, std::move(recipients), now};
        return write(&WriteSession::redelivery, &Redelivery::replay, std::move(order));
    }
    Answer<std::uint64_t> cancel(TenantId tenant, std::vector<DeliveryId> deliveries,
                                 std::string reason, Timestamp now) override
    {
        store::Cancel order{tenant, std::move(deliveries), std::move(reason), now};
        return write(&WriteSession::redelivery, &Redelivery::cancel, std::move(order));
    }
    Answer<std::uint64_t> cancel_all(TenantId tenant, SubscriptionId subscription,
                                     std::string reason, Timestamp now) override
    {
        store::CancelAll order{tenant, subscription, std::move(reason), now};
        return write_all(&Redelivery::cancel_some, std::move(order));
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

    Answer<void> put_record(Record record) override
    {
        return write(&WriteSession::records, &RecordWriter::put, std::move(record));
    }
    Answer<void> delete_record(TenantId tenant, std::string kind, std::string id) override
    {
        return write(&WriteSession::records, &RecordWriter::remove, tenant, std::move(kind),
                     std::move(id));
    }
    Answer<std::vector<Record>> records(std::string kind) override
    {
        return read(list_records, std::move(kind));
    }
    Answer<Record> record(TenantId tenant, std::string kind, std::string id) override
    {
        return read(get_record, RecordName{tenant, std::move(kind), std::move(id)});
    }

    Answer<void> add_rejected(Rejected rejected, RejectedBounds bounds) override
    {
        return write(&WriteSession::rejected, &RejectedWriter::add, std::move(rejected), bounds);
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
        return write(&WriteSession::rejected, &RejectedWriter::remove, tenant, id);
    }

    Answer<void> audit(AuditEntry entry) override
    {
        return write(&WriteSession::state, write_audit, std::move(entry));
    }
    Answer<std::vector<AuditRow>> audit_entries(AuditQuery query) override
    {
        return read(list_audit, std::move(query));
    }

    Answer<std::uint64_t> purge(RetentionPlan plan, Timestamp now, std::uint32_t rows_max) override
    {
        const Purge order{std::move(plan), now, std::max(1U, rows_max)};
        const auto purge_some = on_part(&WriteSession::purger, &Purger::purge, order);
        while (true) {
            auto step = co_await submit<WriteSession>(writer_, Phase::maintenance, purge_some);
            if (!step) co_return step.error();
            if (step->deleted > 0 || step->at_end) co_return step->deleted;
        }
    }

    Answer<Erased> erase_subject(TenantId tenant, std::string subject, Timestamp now) override
    {
        const Erasure order{tenant, std::move(subject), now};
        const auto erase_some = bind_arguments(&WriteSession::erase_some, order);
        Erased erased;
        while (true) {
            auto step = co_await submit<WriteSession>(writer_, Phase::maintenance, erase_some);
            if (!step) co_return step;
            if (step->events == 0) break;
            erased.events += step->events;
            erased.deliveries_cancelled += step->deliveries_cancelled;
        }
        if (erased.events == 0) co_return erased;
        auto emptied = co_await submit<WriteSession>(writer_, Phase::after_commit,
                                                     &WriteSession::empty_log);
        if (!emptied) co_return emptied.error();
        co_return erased;
    }

    Answer<void> backup(std::string path, BackupProgress progress) override
    {
        return submit<ReadSession>(copier_, Phase::after_commit,
                                   bind_arguments(copy_to, std::move(path), std::move(progress)));
    }

    void set_listener(Listener* listener) override { writer_.set_listener(listener); }
    [[nodiscard]] Health health() const noexcept override { return writer_.health(); }

    void close() override
    {
        copier_.close();
        reader_.close();
        writer_.close();
    }

private:
    const SqliteOptions options_;
    FileLock lock_;
    Writer writer_;
    Reader reader_;
    Reader copier_;  ///< a backup runs long and must not hold up queries
};

}  // namespace

std::unique_ptr<Store> open_sqlite(SqliteOptions options)
{
    try {
        if (options.note) check_library(options.path, options.note);
        return std::make_unique<SqliteStore>(std::move(options));
    } catch (const SqlError& error) {
        throw Failure{cannot_open(error)};
    }
}

}  // namespace katydid::store
