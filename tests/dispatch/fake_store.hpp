// The store's contract for tests of the dispatcher: asynchronous, and failing when told to.
#pragma once

#include "tests/dispatch/memory_store.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>

#include <optional>

namespace katydid::test {

/// Everything on one loop; every call takes one turn of it. What dispatching does not use answers
/// with errc::internal.
class FakeStore final : public store::Store {
public:
    explicit FakeStore(asio::any_io_executor executor) : executor_{std::move(executor)} {}

    MemoryStore memory;
    std::optional<errc> failing;  ///< settle, release and claim answer with this
    store::Health health_now = store::Health::ok;
    std::vector<std::size_t> settled;  ///< sizes of the batches
    std::size_t claims = 0;
    std::map<std::string, store::Record> kept;
    std::size_t records_written = 0;
    std::vector<EventPtr> appended;
    std::uint64_t cancelled_all = 0;  ///< calls for a subscription that is gone

    awaitable<result<store::Claimed>> claim(store::Claim claim) override
    {
        co_await turn();
        ++claims;
        if (failing) co_return Error{*failing, "the test says so"};
        co_return memory.claim(claim);
    }

    awaitable<result<void>> settle(std::vector<store::Settlement> settlements) override
    {
        co_await turn();
        if (failing) co_return Error{*failing, "the test says so"};
        settled.push_back(settlements.size());
        for (const auto& each : settlements) memory.settle(each);
        co_return result<void>{};
    }

    awaitable<result<void>> release(TenantId, std::vector<DeliveryId> deliveries) override
    {
        co_await turn();
        if (failing) co_return Error{*failing, "the test says so"};
        for (const auto& each : deliveries) memory.release(each);
        co_return result<void>{};
    }

    awaitable<result<std::vector<store::Backlog>>> backlog() override
    {
        co_await turn();
        co_return memory.backlog();
    }

    awaitable<result<std::vector<Delivery>>> deliveries(store::DeliveryQuery query) override
    {
        co_await turn();
        std::vector<Delivery> page;
        for (const auto& [id, row] : memory.rows()) {
            const bool fits
                = (!query.cursor || *query.cursor < id)
                  && (!query.subscription || row.delivery.subscription == *query.subscription)
                  && (!query.since || row.delivery.created_at >= *query.since)
                  && (!query.until || row.delivery.created_at < *query.until)
                  && std::ranges::find(query.states, row.delivery.state) != query.states.end();
            if (fits && page.size() < query.limit) page.push_back(row.delivery);
        }
        co_return page;
    }

    [[nodiscard]] store::Health health() const noexcept override { return health_now; }
    void set_listener(store::Listener*) override {}
    void close() override {}

    awaitable<result<store::Appended>> append(store::Append append) override
    {
        co_await turn();
        appended.push_back(append.event);
        co_return store::Appended{append.event->id, false, true, 0};
    }
    awaitable<result<std::vector<store::Appended>>> append_all(std::vector<store::Append>) override
    {
        co_return unused();
    }
    awaitable<result<std::uint64_t>> redeliver(TenantId, std::vector<DeliveryId> deliveries,
                                               Lane lane, Timestamp now) override
    {
        co_await turn();
        if (failing) co_return Error{*failing, "the test says so"};
        std::uint64_t moved = 0;
        for (const auto& id : deliveries) moved += memory.redeliver(id, lane, now) ? 1U : 0U;
        co_return moved;
    }
    awaitable<result<std::vector<DeliveryId>>>
    replay(TenantId, EventId, std::vector<store::Recipient>, Timestamp) override
    {
        co_return unused();
    }
    awaitable<result<std::uint64_t>> cancel(TenantId, std::vector<DeliveryId>, std::string,
                                            Timestamp) override
    {
        co_return unused();
    }
    awaitable<result<std::uint64_t>> cancel_all(TenantId, SubscriptionId, std::string,
                                                Timestamp) override
    {
        co_await turn();
        co_return ++cancelled_all;
    }
    awaitable<result<std::vector<store::EventRow>>> events(store::EventQuery) override
    {
        co_return unused();
    }
    awaitable<result<EventPtr>> event(TenantId, EventId) override { co_return unused(); }
    awaitable<result<Delivery>> delivery(TenantId, DeliveryId) override { co_return unused(); }
    awaitable<result<std::vector<Attempt>>> attempts(TenantId, DeliveryId) override
    {
        co_return unused();
    }
    awaitable<result<store::Stats>> stats(std::optional<TenantId>) override { co_return unused(); }
    awaitable<result<std::vector<store::ActivityBucket>>> activity(store::ActivityQuery) override
    {
        co_return unused();
    }
    awaitable<result<void>> put_record(store::Record record) override
    {
        co_await turn();
        if (failing) co_return Error{*failing, "the test says so"};
        ++records_written;
        auto id = record.id;
        kept.insert_or_assign(std::move(id), std::move(record));
        co_return result<void>{};
    }
    awaitable<result<void>> delete_record(TenantId, std::string, std::string id) override
    {
        co_await turn();
        if (failing) co_return Error{*failing, "the test says so"};
        kept.erase(id);
        co_return result<void>{};
    }
    awaitable<result<std::vector<store::Record>>> records(std::string kind) override
    {
        co_await turn();
        std::vector<store::Record> found;
        for (const auto& [id, record] : kept)
            if (record.kind == kind) found.push_back(record);
        co_return found;
    }
    awaitable<result<store::Record>> record(TenantId, std::string, std::string id) override
    {
        co_await turn();
        const auto found = kept.find(id);
        if (found == kept.end()) co_return Error{errc::not_found, "The test has none."};
        co_return found->second;
    }
    awaitable<result<void>> audit(store::AuditEntry) override { co_return unused(); }
    awaitable<result<std::vector<store::AuditRow>>> audit_entries(store::AuditQuery) override
    {
        co_return unused();
    }
    awaitable<result<void>> add_rejected(store::Rejected, store::RejectedBounds) override
    {
        co_return unused();
    }
    awaitable<result<std::vector<store::Rejected>>> rejected(store::RejectedQuery) override
    {
        co_return unused();
    }
    awaitable<result<store::Rejected>> rejected(TenantId, RejectedId) override
    {
        co_return unused();
    }
    awaitable<result<void>> delete_rejected(TenantId, RejectedId) override { co_return unused(); }
    awaitable<result<std::uint64_t>> purge(store::RetentionPlan, Timestamp, std::uint32_t) override
    {
        co_return unused();
    }
    awaitable<result<store::Erased>> erase_subject(TenantId, std::string, Timestamp) override
    {
        co_return unused();
    }
    awaitable<result<void>> backup(std::string, store::BackupProgress) override
    {
        co_return unused();
    }

private:
    static Error unused() { return {errc::internal, "dispatching does not use this"}; }

    awaitable<void> turn() { co_await asio::post(executor_, asio::use_awaitable); }

    asio::any_io_executor executor_;
};

}  // namespace katydid::test
