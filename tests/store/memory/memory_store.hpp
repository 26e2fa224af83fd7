// A store in memory for tests: it keeps the contract, is held to the suite of all stores, and fails
// when it is told to.
#pragma once

#include "hub/core/async/event.hpp"
#include "hub/store/shared/operation.hpp"
#include "tests/store/memory/memory_data.hpp"

#include <optional>

namespace katydid::test {

/// Everything on the caller's loop: a call is carried out at once, and its answer takes one turn.
/// It cannot be backed up.
/// Thread safety: none; all calls on one loop.
class MemoryStore final : public store::Store {
public:
    /// \param kept  what a store held that was closed; null: nothing
    explicit MemoryStore(std::shared_ptr<MemoryData> kept = nullptr);

private:
    std::shared_ptr<MemoryData> data_;

public:
    MemoryData& memory;
    std::optional<errc> failing;            ///< every call answers with this and does nothing
    std::optional<AsyncEvent> cancel_gate;  ///< cancel_all() waits for it
    store::Health health_now = store::Health::ok;
    std::size_t settle_calls = 0;
    std::size_t put_record_calls = 0;

    awaitable<result<store::Appended>> append(store::Append append) override;
    awaitable<result<std::vector<store::Appended>>>
    append_all(std::vector<store::Append> appends) override;
    awaitable<result<store::Claimed>> claim(store::Claim claim) override;
    awaitable<result<void>> settle(std::vector<store::Settlement> settlements) override;
    awaitable<result<void>> release(TenantId tenant, std::vector<DeliveryId> deliveries) override;
    awaitable<result<std::vector<store::Backlog>>> backlog() override;

    awaitable<result<std::uint64_t>> redeliver(TenantId tenant, std::vector<DeliveryId> deliveries,
                                               Lane lane, Timestamp now,
                                               std::optional<JobId> job) override;
    awaitable<result<std::uint64_t>> take_back(TenantId tenant, JobId job) override;
    awaitable<result<std::uint64_t>> bring_forward(TenantId tenant, SubscriptionId subscription,
                                                   Timestamp now) override;
    awaitable<result<std::vector<DeliveryId>>> replay(TenantId tenant, EventId event,
                                                      std::vector<store::Recipient> recipients,
                                                      Timestamp now) override;
    awaitable<result<std::uint64_t>> cancel(TenantId tenant, std::vector<DeliveryId> deliveries,
                                            std::string reason, Timestamp now) override;
    awaitable<result<std::uint64_t>> cancel_all(TenantId tenant, SubscriptionId subscription,
                                                std::string reason, Timestamp now) override;

    awaitable<result<std::vector<store::EventRow>>> events(store::EventQuery query) override;
    awaitable<result<EventPtr>> event(TenantId tenant, EventId id) override;
    awaitable<result<std::vector<Delivery>>> deliveries(store::DeliveryQuery query) override;
    awaitable<result<std::vector<DeliveryId>>> delivery_ids(store::DeliveryQuery query) override;
    awaitable<result<std::vector<store::ReplayCount>>>
    replay_counts(TenantId tenant, JobId job, std::vector<DeliveryState> states) override;
    awaitable<result<Delivery>> delivery(TenantId tenant, DeliveryId id) override;
    awaitable<result<std::vector<Attempt>>> attempts(TenantId tenant, DeliveryId id) override;
    awaitable<result<store::Stats>> stats(std::optional<TenantId> tenant) override;
    awaitable<result<std::vector<store::ActivityBucket>>>
    activity(store::ActivityQuery query) override;

    awaitable<result<void>> put_record(store::Record record) override;
    awaitable<result<void>> delete_record(TenantId tenant, std::string kind,
                                          std::string id) override;
    awaitable<result<std::vector<store::Record>>> records(std::string kind) override;
    awaitable<result<store::Record>> record(TenantId tenant, std::string kind,
                                            std::string id) override;

    awaitable<result<void>> add_rejected(store::Rejected rejected,
                                         store::RejectedBounds bounds) override;
    awaitable<result<std::vector<store::Rejected>>> rejected(store::RejectedQuery query) override;
    awaitable<result<store::Rejected>> rejected(TenantId tenant, RejectedId id) override;
    awaitable<result<void>> delete_rejected(TenantId tenant, RejectedId id) override;

    awaitable<result<void>> audit(store::AuditEntry entry) override;
    awaitable<result<std::vector<store::AuditRow>>> audit_entries(store::AuditQuery query) override;

    awaitable<result<std::uint64_t>> purge(store::RetentionPlan plan, Timestamp now,
                                           std::uint32_t rows_max) override;
    awaitable<result<store::Erased>> erase_subject(TenantId tenant, std::string subject,
                                                   Timestamp now) override;
    awaitable<result<void>> backup(std::string path, store::BackupProgress progress) override;

    void set_listener(store::Listener* listener) override;
    [[nodiscard]] store::Health health() const noexcept override { return health_now; }
    void close() override { is_closed_ = true; }

private:
    using Operation = store::Operation<MemoryData, void>;

    awaitable<result<void>> carry_out(std::shared_ptr<Operation> operation);
    void tell_listener();

    template <class Work>
    auto submit(Work work)
    {
        return store::submit<MemoryData, void>(
            std::move(work),
            [&](std::shared_ptr<Operation> operation) { return carry_out(std::move(operation)); });
    }
    template <class Function, class... Args>
    auto run(Function function, Args... args)
    {
        return submit(store::bind_arguments(function, std::move(args)...));
    }
    template <class Function, class... Args>
    auto run_on_records(Function function, Args... args);

    store::Listener* listener_ = nullptr;
    bool is_closed_ = false;
};

}  // namespace katydid::test
