// The store's contract in memory, without waiting: for tests of the scheduler.
#pragma once

#include "hub/store/store.hpp"

#include <map>
#include <set>
#include <stdexcept>
#include <vector>

namespace katydid::test {

/// Keeps deliveries as hub/store/store.hpp promises, and throws when the caller breaks the
/// contract (settles or releases what it did not claim).
class MemoryStore {
public:
    struct Row {
        Delivery delivery;
        EventPtr event;
        bool claimed = false;
        std::vector<Attempt> attempts;
    };

    /// Inserts a pending delivery. \param claimed  as if handed over through the Listener
    store::Work insert(Delivery delivery, EventPtr event, bool claimed)
    {
        auto& row = rows_[delivery.id];
        row = {std::move(delivery), std::move(event), claimed, {}};
        if (!claimed) index(row);
        return {row.delivery, row.event};
    }

    store::Claimed claim(const store::Claim& claim)
    {
        store::Claimed claimed;
        auto& waiting = waiting_[{claim.subscription, claim.lane}];
        while (!waiting.empty() && waiting.begin()->first <= claim.now
               && claimed.works.size() < claim.count_max) {
            auto& row = rows_.at(waiting.begin()->second);
            waiting.erase(waiting.begin());
            row.claimed = true;
            claimed.works.push_back({row.delivery, row.event});
        }
        claimed.exhausted = waiting.empty() || waiting.begin()->first > claim.now;
        if (!waiting.empty() && claimed.exhausted) claimed.next_due = waiting.begin()->first;
        return claimed;
    }

    void settle(const store::Settlement& settlement)
    {
        auto& row = take(settlement.delivery);
        auto& delivery = row.delivery;
        delivery.state = settlement.state;
        delivery.lane = settlement.lane;
        delivery.reason = settlement.reason;
        if (settlement.attempt) {
            ++delivery.attempts;
            if (!settlement.is_counted) ++delivery.attempts_before;
            if (settlement.attempt->number != delivery.attempts)
                throw std::logic_error{"attempt numbers have a gap"};
            row.attempts.push_back(*settlement.attempt);
        }
        if (is_final(settlement.state)) {
            delivery.ended_at = settlement.settled_at;
            return;
        }
        delivery.due_at = settlement.due_at;
        index(row);
    }

    /// Makes it due now; false when it waits or is claimed already.
    bool redeliver(DeliveryId id, Lane lane, Timestamp now)
    {
        auto& row = rows_.at(id);
        auto& delivery = row.delivery;
        if (row.claimed || delivery.state == DeliveryState::pending) return false;
        waiting_[{delivery.subscription, delivery.lane}].erase({delivery.due_at, id});
        delivery.state = DeliveryState::pending;
        delivery.lane = lane;
        delivery.due_at = delivery.restarted_at = now;
        delivery.attempts_before = delivery.attempts;
        index(row);
        return true;
    }

    void release(DeliveryId id) { index(take(id)); }

    /// Ends a delivery from outside, as if it had been attempted.
    void end(DeliveryId id, DeliveryState state)
    {
        auto& delivery = rows_.at(id).delivery;
        waiting_[{delivery.subscription, delivery.lane}].erase({delivery.due_at, id});
        delivery.state = state;
    }
    void forget_claim(DeliveryId id) { rows_.at(id).claimed = false; }

    /// What a kill -9 leaves: nothing is claimed.
    void forget_claims()
    {
        for (auto& [id, row] : rows_)
            if (row.claimed) {
                row.claimed = false;
                index(row);
            }
    }

    [[nodiscard]] std::vector<store::Backlog> backlog() const
    {
        std::vector<store::Backlog> all;
        for (const auto& [key, waiting] : waiting_) {
            if (waiting.empty()) continue;
            const auto& row = rows_.at(waiting.begin()->second);
            all.push_back({row.delivery.tenant, key.first, key.second, waiting.begin()->first});
        }
        return all;
    }

    [[nodiscard]] const std::map<DeliveryId, Row>& rows() const noexcept { return rows_; }
    [[nodiscard]] const Row& row(DeliveryId id) const { return rows_.at(id); }
    [[nodiscard]] std::size_t count(DeliveryState state) const
    {
        return static_cast<std::size_t>(std::ranges::count_if(
            rows_, [&](const auto& each) { return each.second.delivery.state == state; }));
    }
    [[nodiscard]] std::size_t claimed() const
    {
        return static_cast<std::size_t>(
            std::ranges::count_if(rows_, [](const auto& each) { return each.second.claimed; }));
    }

private:
    Row& take(DeliveryId id)
    {
        auto& row = rows_.at(id);
        if (!row.claimed) throw std::logic_error{"settled or released without a claim"};
        row.claimed = false;
        return row;
    }

    void index(const Row& row)
    {
        waiting_[{row.delivery.subscription, row.delivery.lane}].emplace(row.delivery.due_at,
                                                                         row.delivery.id);
    }

    std::map<DeliveryId, Row> rows_;
    std::map<std::pair<SubscriptionId, Lane>, std::set<std::pair<Timestamp, DeliveryId>>> waiting_;
};

}  // namespace katydid::test
