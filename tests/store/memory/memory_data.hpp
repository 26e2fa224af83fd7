// What a store holds, in memory: every operation at once, without a thread or a wait.
#pragma once

#include "hub/store/shared/activity.hpp"
#include "hub/store/shared/lane_claims.hpp"
#include "hub/store/shared/prepared_append.hpp"
#include "hub/store/shared/redeliveries.hpp"
#include "tests/store/memory/memory_records.hpp"

#include <map>
#include <memory>
#include <set>
#include <tuple>
#include <vector>

namespace katydid::test {

/// Keeps what hub/store/store.hpp promises, and held to the same suite (tests/store) through
/// MemoryStore. Tests of pure code use it without that.
/// Thread safety: none.
class MemoryData {
public:
    struct Row {
        Delivery delivery;  ///< never in_flight: a claim is no state
        EventPtr event;
        std::vector<Attempt> attempts{};
        unsigned last_status = 0;
        std::uint64_t number = 0;  ///< in order of acceptance
        std::optional<JobId> job{};
        std::optional<Delivery> before{};  ///< as it was when the job made it due
    };
    /// What the listener is to be told.
    struct News {
        std::vector<store::Work> works;
        std::vector<store::Backlog> backlog;
    };

    static constexpr std::uint32_t window_standard = 256;

    explicit MemoryData(std::uint32_t window_per_subscription = window_standard);

    /// What the end of a process leaves: nothing is claimed.
    void restart(std::uint32_t window_per_subscription = window_standard);

    store::Appended append(const store::Append& append);
    std::vector<store::Appended> append_all(const std::vector<store::Append>& appends);
    store::Claimed claim(const store::Claim& claim);
    void settle(const store::Settlement& settlement);
    void settle_all(const std::vector<store::Settlement>& settlements);
    void release(const std::vector<DeliveryId>& deliveries);
    [[nodiscard]] std::vector<store::Backlog> backlog() const;

    std::uint64_t redeliver(const store::Redeliver& order);
    std::uint64_t take_back(const store::TakeBack& order);
    std::uint64_t bring_forward(const store::BringForward& order);
    result<std::vector<DeliveryId>> replay(const store::Replay& order);
    std::uint64_t cancel(const store::Cancel& order);
    std::uint64_t cancel_all(const store::CancelAll& order);

    [[nodiscard]] std::vector<store::EventRow> list_events(const store::EventQuery& query) const;
    [[nodiscard]] result<EventPtr> event(TenantId tenant, EventId id) const;
    [[nodiscard]] std::vector<Delivery> list_deliveries(const store::DeliveryQuery& query) const;
    [[nodiscard]] std::vector<DeliveryId> list_ids(const store::DeliveryQuery& query) const;
    [[nodiscard]] std::vector<store::ReplayCount>
    count_of_job(TenantId tenant, JobId job, const std::vector<DeliveryState>& states) const;
    [[nodiscard]] result<Delivery> delivery(TenantId tenant, DeliveryId id) const;
    [[nodiscard]] result<std::vector<Attempt>> attempts(TenantId tenant, DeliveryId id) const;
    [[nodiscard]] store::Stats stats(std::optional<TenantId> tenant) const;
    [[nodiscard]] std::vector<store::ActivityBucket>
    activity(const store::ActivityQuery& query) const;

    std::uint64_t purge(const store::Purge& order);
    store::Erased erase(const store::Erasure& order);

    /// For tests of dispatching: a delivery as it is, of an event that need not be stored.
    /// \param claimed  as if it was handed over through the Listener
    store::Work insert(Delivery delivery, EventPtr event, bool claimed);
    /// The same: ends what is not claimed, as if it had been attempted.
    void end(DeliveryId id, DeliveryState state);

    [[nodiscard]] const std::map<DeliveryId, Row>& rows() const noexcept { return rows_; }
    [[nodiscard]] const Row& row(DeliveryId id) const { return rows_.at(id); }
    [[nodiscard]] const std::vector<EventPtr>& events() const noexcept { return events_; }
    [[nodiscard]] std::size_t count(DeliveryState state) const;
    [[nodiscard]] std::size_t claimed() const;
    [[nodiscard]] bool is_claimed(DeliveryId id) const { return claims_.find(id) != nullptr; }

    MemoryRecords records;
    News news;
    bool is_heard = false;  ///< there is a listener; without one, work waits for claims
    /// Settlements and releases of what was not claimed, and attempt numbers with a gap: faults of
    /// the caller, which a store answers by doing nothing.
    std::size_t breaches = 0;

private:
    struct HeldRow {
        SubscriptionId subscriber;
        DeliveryState state;
        Lane lane;
    };
    static constexpr const char* erased_reason = "The data of this event was erased.";

    using Claims = store::BasicClaims<DeliveryId, HeldRow>;
    using LaneKey = std::tuple<TenantId, SubscriptionId, Lane>;
    using Place = std::tuple<Timestamp, std::uint64_t, DeliveryId>;  ///< due, number
    using Activity = store::ActivityTally<TenantId>;
    struct Known {
        EventId event;
        std::string digest;
    };

    store::Appended recognise(const store::PreparedAppend& prepared);
    Row& add_row(Delivery delivery, EventPtr event);
    void hand_over(Row& row);
    [[nodiscard]] store::Work work_of(const Row& row) const;
    [[nodiscard]] Row* find(TenantId tenant, DeliveryId id);
    [[nodiscard]] const Row* find(TenantId tenant, DeliveryId id) const;
    [[nodiscard]] EventPtr find_event(TenantId tenant, EventId id) const;
    [[nodiscard]] LaneKey lane_of(const Row& row) const;
    [[nodiscard]] Place place_of(const Row& row) const;
    void index(const Row& row);
    void unindex(const Row& row);
    void finish(Row& row, const store::Settlement& settlement);
    void reschedule(Row& row, const store::Settlement& settlement);
    [[nodiscard]] std::vector<Delivery> page_of(const store::DeliveryQuery& query,
                                                std::uint32_t limit_max) const;
    void make_due(Row& row, Lane lane, Timestamp now, std::optional<JobId> job);
    void announce(const Row& row);
    void cancel_row(Row& row, const std::string& reason, Timestamp now);
    void note_ended(const Row& row, Timestamp at);
    void flush_activity();
    void erase_deliveries(const EventPtr& erased, Timestamp now, store::Erased& counted);
    std::uint64_t purge_deliveries(const store::Purge& order, std::uint64_t left);
    std::uint64_t purge_events(const store::Purge& order, std::uint64_t left);
    std::uint64_t purge_known(const store::Purge& order, std::uint64_t left);
    std::uint64_t purge_activity(const store::Purge& order, std::uint64_t left);

    Claims claims_;
    std::map<DeliveryId, Row> rows_;
    std::map<LaneKey, std::set<Place>> waiting_;
    std::vector<EventPtr> events_;  ///< in order of acceptance
    std::set<EventId> erased_;
    std::map<std::pair<TenantId, std::string>, Known> known_;
    std::map<Activity::Place, Activity::Counts> activity_;
    Activity tally_;
    std::uint64_t last_number_ = 0;
    Timestamp newest_accepted_{};
};

}  // namespace katydid::test
