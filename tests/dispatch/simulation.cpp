#include "tests/dispatch/simulation.hpp"

namespace katydid::test {

using namespace dispatch;
using namespace std::chrono_literals;

namespace {

constexpr auto end_of_time = 4'000h;  ///< everything has ended by then; an open breaker waits long

}  // namespace

Simulation::Simulation(std::uint64_t seed, WorldOptions options)
    : random_{seed},
      maker_{clock_},
      seed_{seed},
      options_{options}
{}

SimulationReport Simulation::run()
{
    if (options_.equal_tenants) make_equal_tenants();
    else make_subscriptions();
    boot();
    if (options_.equal_tenants) plan_flood();
    else plan_arrivals();
    plan_changes();
    while (!events_.empty() && report_.faults.empty()) {
        const auto event = events_.top();
        events_.pop();
        if (event.at > SteadyTime{} + end_of_time) {
            fault("it never ended");
            break;
        }
        const auto wait = std::chrono::ceil<milliseconds>(event.at - clock_.steady_now());
        if (wait.count() > 0) clock_.advance(wait);
        event.happen();
        act();
    }
    check_end();
    report_.jain = jain();
    for (const auto& [tenant, count] : turns_) report_.turns += count;
    return report_;
}

/// Starts a process: settings first, then what ordered subscriptions must know, then the backlog.
void Simulation::boot()
{
    ++life_;
    ids_ = std::make_unique<IdSource>(clock_, seed_ + life_);
    Scheduler::Options options;
    options.shares = shares_;
    options.seed = seed_ + life_;
    options.memory = {60, std::size_t{64} * 1024 * 1024};
    options.claims_max = 2;
    scheduler_ = std::make_unique<Scheduler>(options, *ids_);
    for (const auto& id : deleted_) cancel_all(id);
    for (const auto& subscription : subscriptions_) {
        if (deleted_.contains(subscription->id)) continue;
        scheduler_->put_subscription(subscription, false, now());
        for (const auto& [id, row] : store_.rows())
            if (row.delivery.subscription == subscription->id
                && row.delivery.state == DeliveryState::scheduled)
                scheduler_->note_parked(row.delivery);
        scheduler_->put_subscription(subscription, true, now());
    }
    for (const auto& each : store_.backlog())
        scheduler_->on_backlog(each.tenant, each.subscription, each.lane, each.next_due, now());
}

/// As the API does: the loops first, then what the store has waiting.
void Simulation::delete_subscription()
{
    const auto id = subscriptions_[pick(subscriptions_.size())]->id;
    if (!deleted_.insert(id).second) return;
    ++report_.deleted;
    scheduler_->remove_subscription(id, now());
    cancel_all(id);
}

void Simulation::cancel_all(SubscriptionId id)
{
    for (const auto& subscription : subscriptions_)
        if (subscription->id == id)
            store_.cancel_all({subscription->tenant, id, "deleted", clock_.now()});
}

void Simulation::crash()
{
    ++report_.crashes;
    scheduler_.reset();
    store_.restart();
    in_flight_.clear();
    tenant_in_flight_.clear();
    alarm_.reset();
    boot();
}

void Simulation::arrive(std::size_t index)
{
    const auto& subscription = *subscriptions_[index];
    if (deleted_.contains(subscription.id)) return;
    auto event = maker_.event(std::string(1 + pick(20'000), 'x'));
    const bool ordered = subscription.limits.ordering == Ordering::key;
    const auto lane = !ordered && pick(5) == 0 ? Lane::replay : Lane::fresh;
    auto delivery = maker_.delivery(subscription, *event, lane,
                                    ordered ? std::to_string(pick(4)) : std::string{});
    ++report_.deliveries;
    // The store hands most over at once and keeps some, as when its window is full.
    const bool handed_over = lane == Lane::fresh && (ordered || pick(8) != 0);
    auto work = store_.insert(std::move(delivery), std::move(event), handed_over);
    if (!handed_over) {
        scheduler_->on_backlog(subscription.tenant, subscription.id, lane, clock_.now(), now());
        return;
    }
    std::vector<store::Work> works;
    works.push_back(std::move(work));
    scheduler_->on_work(std::move(works), now());
}

void Simulation::change_limits()
{
    auto& chosen = subscriptions_[pick(subscriptions_.size())];
    if (deleted_.contains(chosen->id)) return;
    auto changed = std::make_shared<Subscription>(*chosen);
    changed->limits.in_flight = static_cast<std::uint32_t>(1 + pick(16));
    if (pick(2) == 0) changed->limits.per_second = static_cast<double>(pick(100));
    const bool pause = pick(3) == 0;
    if (pause) {
        changed->status = SubscriptionStatus::paused;
        after(milliseconds{pick(20'000)}, [this, id = changed->id] {
            for (auto& each : subscriptions_) {
                if (each->id != id || deleted_.contains(id)) continue;
                auto resumed = std::make_shared<Subscription>(*each);
                resumed->status = SubscriptionStatus::active;
                each = resumed;
                scheduler_->put_subscription(each, true, now());
            }
        });
    }
    chosen = changed;
    scheduler_->put_subscription(chosen, true, now());
    if (pick(2) == 0) {
        shares_ = pick_shares();
        scheduler_->set_shares(shares_);
    }
}

void Simulation::act()
{
    Actions actions;
    scheduler_->next(now(), actions);
    for (auto* item : actions.starts) start(*item);
    for (const auto& each : actions.settles)
        after_in_this_life(milliseconds{1 + pick(3)}, [this, each] { settle(each); });
    for (const auto& each : actions.releases)
        after_in_this_life(milliseconds{1 + pick(3)}, [this, each] {
            store_.release({each.delivery});
            scheduler_->on_released(each, now());
        });
    for (const auto& each : actions.claims)
        after_in_this_life(milliseconds{1 + pick(3)}, [this, each] {
            auto claimed = store_.claim(each);
            scheduler_->on_claimed(each, std::move(claimed), now());
        });
    for (const auto& each : actions.returned)
        after_in_this_life(milliseconds{1 + pick(3)}, [this, each] {
            store_.bring_forward({each.tenant, each.subscription, clock_.now()});
            scheduler_->on_brought_forward(each.subscription, now());
        });
    for (const auto& each : actions.orphans)
        after_in_this_life(milliseconds{1 + pick(3)},
                           [this, id = each.subscription] { cancel_all(id); });
    const auto wake = scheduler_->wake_at(now());
    if (!wake || (alarm_ && *alarm_ <= *wake)) return;
    alarm_ = wake;
    const auto wait = std::chrono::ceil<milliseconds>(*wake - clock_.steady_now());
    after_in_this_life(std::max(wait, 0ms), [this] { alarm_.reset(); });
}

void Simulation::start(Item& item)
{
    check_start(item);
    ++report_.attempts;
    if (options_.equal_tenants) count_turn(item.work.delivery.tenant);
    const auto& delivery = item.work.delivery;
    note(delivery.id.bytes()[14] * 256U + delivery.id.bytes()[15]);
    in_flight_[delivery.id] = true;
    ++tenant_in_flight_[delivery.tenant];
    milliseconds duration{};
    const auto outcome = outcome_of(receivers_[delivery.subscription], duration);
    after_in_this_life(duration, [this, &item, outcome] {
        in_flight_.erase(item.work.delivery.id);
        --tenant_in_flight_[item.work.delivery.tenant];
        scheduler_->on_attempt_ended(item, outcome, now());
    });
}

Outcome Simulation::outcome_of(const Receiver& receiver, milliseconds& duration)
{
    duration = receiver.latency + milliseconds{pick(5)};
    const auto chance = static_cast<double>(pick(1'000)) / 1'000;
    if (receiver.down_until > clock_.now())
        return {AttemptClass::connect_failed, 0, "connection refused", {}, std::nullopt, false};
    if (chance < receiver.hanging) {
        duration = 2s;
        return {AttemptClass::timed_out, 0, "no answer within 2s", {}, std::nullopt, false};
    }
    if (chance >= receiver.hanging + receiver.failing) return Outcome::delivered();
    if (pick(4) == 0) return {AttemptClass::throttled, 429, "busy", {}, milliseconds{2'000}, false};
    return {AttemptClass::rejected, 500, "broken", {}, std::nullopt, false};
}

/// The promises that hold at every start.
void Simulation::check_start(const Item& item)
{
    const auto& delivery = item.work.delivery;
    if (in_flight_.contains(delivery.id)) fault("sent twice at the same time");
    const auto of_subscription = 1 + std::ranges::count_if(in_flight_, [&](const auto& each) {
                                     return store_.row(each.first).delivery.subscription
                                            == delivery.subscription;
                                 });
    const auto& queue = *item.queue;
    if (!queue.subscription() || deleted_.contains(delivery.subscription)) {
        fault("sent although its subscription was deleted");
        return;
    }
    if (of_subscription > queue.subscription()->limits.in_flight)
        fault("a subscription's limit was exceeded");
    if (tenant_in_flight_[delivery.tenant] + 1 > shares_.tenant_in_flight)
        fault("a tenant's limit was exceeded");
    if (in_flight_.size() + 1 > shares_.in_flight) fault("the hub's limit was exceeded");
    const auto payload_max = queue.subscription()->limits.payload_bytes;
    if (payload_max > 0 && item.work.event->payload->size() > payload_max)
        fault("sent although its payload is too large");
    if (queue.subscription()->status != SubscriptionStatus::active)
        fault("sent although it is paused");
    if (delivery.order_key.empty()) return;
    for (const auto& [id, row] : store_.rows()) {
        const auto& other = row.delivery;
        const bool is_earlier = other.subscription == delivery.subscription
                                && other.order_key == delivery.order_key && id < delivery.id;
        if (!is_earlier || is_final(other.state)) continue;
        fault("an event overtook an earlier one of its key");
        return;
    }
}

void Simulation::settle(const Settle& settle)
{
    note(static_cast<std::uint64_t>(settle.settlement.state));
    store_.settle(settle.settlement);
    scheduler_->on_settled(settle, now());
}

void Simulation::after(milliseconds wait, std::function<void()> happen)
{
    events_.push({clock_.steady_now() + wait, ++event_number_, std::move(happen)});
}

/// What a crash makes undone.
void Simulation::after_in_this_life(milliseconds wait, std::function<void()> happen)
{
    after(wait, [this, life = life_, happen = std::move(happen)] {
        if (life == life_) happen();
    });
}

void Simulation::check_end()
{
    if (!report_.faults.empty()) return;
    for (const auto& [id, row] : store_.rows())
        if (!is_final(row.delivery.state)) {
            fault("a delivery never ended: " + std::string{to_text(row.delivery.state)} + " in "
                  + std::string{to_text(row.delivery.lane)} + ", key \"" + row.delivery.order_key
                  + "\", due " + to_rfc3339(row.delivery.due_at)
                  + (store_.is_claimed(id) ? ", claimed" : ""));
            break;
        }
    if (scheduler_->memory().works() != 0) fault("works are left in memory");
    if (scheduler_->unsettled() != 0) fault("settlements are left");
    if (store_.claimed() != 0) fault("claims are left");
    if (store_.breaches != 0) fault("settled or released without a claim");
}

void Simulation::fault(const std::string& text)
{
    report_.faults.push_back("seed " + std::to_string(seed_) + " at " + to_rfc3339(clock_.now())
                             + ": " + text);
}

void Simulation::note(std::uint64_t value)
{
    const auto time = static_cast<std::uint64_t>(clock_.now().time_since_epoch().count());
    report_.trace = (report_.trace ^ (value + time)) * 1'099'511'628'211ULL;
}

}  // namespace katydid::test
