// Redelivers, replays and cancels.
#pragma once

#include "hub/store/shared/redeliveries.hpp"
#include "hub/store/sqlite/write/appender.hpp"

namespace katydid::store::sqlite {

/// Redelivers, replays and cancels. What is in flight is left alone: its settlement decides.
///
/// Thread safety: none; it belongs to the writer's thread.
class Redelivery {
public:
    Redelivery(WriterState& state, Appender& appender);

    std::uint64_t redeliver(const Redeliver& order);
    /// Takes some back; 0 when nothing is left.
    std::uint64_t take_back_some(const TakeBack& order);
    /// Brings some forward; 0 when nothing is left.
    std::uint64_t bring_some_forward(const BringForward& order);
    result<std::vector<DeliveryId>> replay(const Replay& order);
    std::uint64_t cancel(const Cancel& order);
    /// Cancels some of what waits for a subscription; 0 when nothing is left.
    std::uint64_t cancel_some(const CancelAll& order);

private:
    struct Row {
        std::int64_t seq;
        std::int64_t tenant;
        std::int64_t subscriber;
        SubscriptionId subscription;
        DeliveryState state;
        Timestamp created_at;
    };
    struct Event {
        std::int64_t seq;
        std::int64_t first_delivery;
        std::int64_t deliveries;
    };
    std::optional<Row> find_row(std::int64_t tenant, const DeliveryId& id);
    std::optional<Event> find_event(std::int64_t tenant, const EventId& id);
    std::optional<Row> find_pair(std::int64_t tenant, const Event& event, std::int64_t subscriber);
    static Row read_row(const Statement& row, std::int64_t tenant);
    [[nodiscard]] bool is_of_job(const Row& row, const std::optional<JobId>& job);
    void make_due(const Redeliver& order, const Row& row);
    void announce(const TenantId& tenant, const Row& row, Lane lane, Timestamp now);
    void cancel_row(const Row& row, const std::string& reason, Timestamp now);

    WriterState& state_;
    Appender& appender_;
    Statement find_row_, find_event_, find_pair_, is_of_job_, make_due_, not_started_, take_back_,
        scheduled_, bring_forward_, cancel_, waiting_;
};

}  // namespace katydid::store::sqlite
