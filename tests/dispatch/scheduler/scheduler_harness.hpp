// Walks a scheduler by hand: a store, a clock, and attempts that end when the test says so.
#pragma once

#include "hub/dispatch/scheduler/scheduler.hpp"
#include "tests/dispatch/fixtures.hpp"
#include "tests/store/memory/memory_data.hpp"

#include <map>
#include <stdexcept>

namespace katydid::test {

class SchedulerHarness {
public:
    explicit SchedulerHarness(const dispatch::Scheduler::Options& options = {})
        : scheduler{options, ids_}
    {}

    void remember(const SubscriptionPtr& subscription) { known_[subscription->id] = subscription; }

    void put(const SubscriptionPtr& subscription)
    {
        remember(subscription);
        scheduler.put_subscription(subscription, true, now());
    }

    /// Subscription 1, with room for so many attempts at the same time.
    std::shared_ptr<Subscription> put_one(std::uint32_t in_flight)
    {
        auto subscription = make_subscription(1);
        subscription->limits.in_flight = in_flight;
        put(subscription);
        return subscription;
    }

    /// One event for subscription `number`, committed and handed over.
    DeliveryId arrive(std::uint8_t number, Lane lane = Lane::fresh, const std::string& key = {},
                      const std::string& payload = R"({"a":1})")
    {
        const auto& subscription = *known_.at(id_of<SubscriptionId>(number));
        auto event = maker_.event(payload);
        auto delivery = maker_.delivery(subscription, *event, lane, key);
        const auto id = delivery.id;
        std::vector<store::Work> works;
        works.push_back(store.insert(std::move(delivery), std::move(event), true));
        works.back().lease = lease;
        scheduler.on_work(std::move(works), now());
        return id;
    }

    /// Does what the scheduler wants until it wants nothing more; the store answers at once.
    void step()
    {
        while (step_once()) {}
    }

    void end(DeliveryId id, const Outcome& outcome)
    {
        auto* item = running.at(id);
        running.erase(id);
        scheduler.on_attempt_ended(*item, outcome, now());
    }

    void interrupt(DeliveryId id)
    {
        auto* item = running.at(id);
        running.erase(id);
        scheduler.on_attempt_interrupted(*item, now());
    }

    std::size_t end_all(const Outcome& outcome)
    {
        const auto count = running.size();
        while (!running.empty()) end(running.begin()->first, outcome);
        return count;
    }

    void advance(milliseconds by) { clock_.advance(by); }
    [[nodiscard]] dispatch::Now now() const { return dispatch::Now::of(clock_); }

    [[nodiscard]] std::size_t running_of_tenant(std::uint8_t tenant) const
    {
        return static_cast<std::size_t>(std::ranges::count_if(running, [&](const auto& each) {
            return each.second->work.delivery.tenant == id_of<TenantId>(tenant);
        }));
    }
    [[nodiscard]] std::size_t delivered_of(std::uint8_t number) const
    {
        return static_cast<std::size_t>(std::ranges::count_if(store.rows(), [&](const auto& each) {
            const auto& delivery = each.second.delivery;
            return delivery.subscription == id_of<SubscriptionId>(number)
                   && delivery.state == DeliveryState::delivered;
        }));
    }
    [[nodiscard]] std::size_t notices_of(dispatch::SubscriptionNotice::Kind kind) const
    {
        const auto count = std::ranges::count(notices, kind, &dispatch::SubscriptionNotice::kind);
        return static_cast<std::size_t>(count);
    }

private:
    bool step_once()
    {
        dispatch::Actions actions;
        scheduler.next(now(), actions);
        for (auto* item : actions.starts) running.emplace(item->work.delivery.id, item);
        for (auto& notice : actions.notices) notices.push_back(notice);
        for (const auto& each : actions.breakers) breakers.push_back(each);
        withheld += actions.withheld;
        orphans += actions.orphans.size();
        for (const auto& settle : actions.settles) {
            store.settle(settle.settlement);
            scheduler.on_settled(settle, now());
        }
        for (const auto& release : actions.releases) {
            store.release({release.delivery});
            scheduler.on_released(release, now());
        }
        for (const auto& each : actions.returned) {
            store.bring_forward({each.tenant, each.subscription, now().wall});
            scheduler.on_brought_forward(each.subscription, now());
        }
        for (const auto& claim : actions.claims) {
            auto claimed = store.claim(claim);
            for (auto& work : claimed.works) work.lease = lease;
            scheduler.on_claimed(claim, std::move(claimed), now());
        }
        if (store.breaches > 0) throw std::logic_error{"the contract of the store was broken"};
        return !actions.claims.empty() || !actions.settles.empty() || !actions.releases.empty()
               || !actions.returned.empty();
    }

    ManualClock clock_;
    IdSource ids_{clock_, 1};
    WorkMaker maker_{clock_};
    std::map<SubscriptionId, SubscriptionPtr> known_;

public:
    MemoryData store;
    dispatch::Scheduler scheduler;
    std::map<DeliveryId, dispatch::Item*> running;
    std::vector<dispatch::SubscriptionNotice> notices;
    std::vector<dispatch::BreakerMemory> breakers;
    std::size_t withheld = 0;
    std::size_t orphans = 0;
    store::LeasePtr lease;  ///< of all works; null: none
};

}  // namespace katydid::test
