#include "hub/store/postgres/cluster/cluster.hpp"

#include "hub/store/postgres/write/claimer.hpp"
#include "hub/store/postgres/wire/sql_error.hpp"

#include <set>

namespace katydid::store::postgres {
namespace {

using SteadyClock = std::chrono::steady_clock;

/// For attempts under way, before another hub takes over.
constexpr milliseconds handover_wait{4'000};
constexpr milliseconds leaver_interval{100};
/// Dispatchers stop sending this long before a lease ends, at most.
constexpr milliseconds lease_margin_max{1'000};
constexpr std::size_t backlog_batch = 2'000;

/// All hubs hear it: who owns what has changed.
constexpr const char* leases_changed = "L";

}  // namespace

Cluster::Cluster(asio::any_io_executor executor, WriterState& state, HealthState& health_state,
                 Target target)
    : link{std::move(executor), std::move(target)},
      state_{state},
      health_state_{health_state}
{}

awaitable<void> Cluster::join()
{
    co_await link.connection.open();
    co_await open();
    co_await step();
}

awaitable<void> Cluster::open()
{
    co_await link.connection.ask("LISTEN \"" + state_.channel + "\"");
    if (state_.ownership.self.is_nil()) co_await enter();
    renew_at_ = sweep_at_ = {};
    is_list_stale_ = true;
    if (opened_at_ != SteadyTime{}) state_.note_settings();  // news were missed meanwhile
    opened_at_ = SteadyClock::now();
}

awaitable<void> Cluster::enter()
{
    IdSource ids{system_clock(), random_seed()};
    state_.ownership.self = ids.make<HubId>();
    Params own;
    own.add(state_.ownership.self).add(std::int64_t{state_.options.lease.count()});
    const auto sent_at = WriterState::now();
    link.connection.add("INSERT INTO hubs(id, alive_until)"
                        " VALUES($1, clock_timestamp() + $2 * interval '1 millisecond')",
                        own);
    Params told;
    told.add_text(state_.channel).add_text(leases_changed);
    link.connection.add("SELECT pg_notify($1, $2)", told);
    co_await link.connection.run();
    state_.ownership.renew_until(sent_at + state_.options.lease);
}

awaitable<void> Cluster::run()
{
    while (!stopped_) {
        std::optional<SqlError> failed;
        try {
            if (!link.connection.is_open()) {
                const bool opened = co_await link.open();
                if (!opened) break;
                co_await open();
            }
            co_await step();
            health_state_.set_leases(true, "The database answers again.");
            const auto until = has_leavers_ ? SteadyClock::now() + leaver_interval
                                            : std::min(renew_at_, sweep_at_);
            if (!stopped_) co_await link.connection.wait_for_news(until);
            for (const auto& payload : link.connection.take_notifications()) hear(payload);
        } catch (const SqlError& error) {
            failed = error;
        }
        if (!failed || stopped_) continue;
        link.connection.close();
        state_.suspect_lanes();
        health_state_.set_leases(false, describe(*failed).message);
        if (on_lost) on_lost();
    }
    try {
        co_await leave();
    } catch (const SqlError& error) {
        state_.warn(std::string{"The leases could not be given back, so other hubs wait until they"
                                " end: "}
                    + error.what());
    }
    link.connection.close();
}

void Cluster::stop()
{
    stopped_ = true;
    link.stop();
    link.connection.wake();
}

void Cluster::sweep_soon()
{
    sweep_at_ = {};
    link.connection.wake();
}

awaitable<void> Cluster::step()
{
    const auto now = SteadyClock::now();
    if (now >= renew_at_) co_await renew();
    const bool sweeps = now >= sweep_at_;
    if (sweeps) co_await adopt_orphans();
    if (is_list_stale_) co_await read_leases();
    if (is_choice_stale_) choose_leavers();
    if (has_leavers_) co_await hand_over();
    if (sweeps) {
        sweep_at_ = SteadyClock::now() + state_.options.sweep_interval;
        co_await sweep();
    }
}

awaitable<void> Cluster::renew()
{
    const auto sent_at = WriterState::now();
    Params params;
    params.add(state_.ownership.self).add(std::int64_t{state_.options.lease.count()});
    link.connection.add("UPDATE hubs SET alive_until = clock_timestamp() + $2 * interval"
                        " '1 millisecond' WHERE id = $1 RETURNING id",
                        params);
    link.connection.add("SELECT id, alive_until < clock_timestamp() FROM hubs");
    const auto answers = co_await link.connection.run();
    renew_at_ = SteadyClock::now() + state_.options.renew_interval;
    if (answers.at(0).empty()) {
        state_.warn("This hub was silent for longer than its lease, so other hubs took over its"
                    " subscriptions. It joins again as a new one.");
        for (const auto& subscriber : state_.ownership.all()) state_.lose(subscriber);
        co_await enter();
        is_list_stale_ = true;
        renew_at_ = sweep_at_ = {};
        co_return;
    }
    const bool had_lapsed = sent_at + lease_margin_max >= state_.ownership.lease_end();
    state_.ownership.renew_until(sent_at + state_.options.lease);
    if (had_lapsed) sweep_at_ = {};  // work was given back, and lanes were closed, meanwhile
    std::vector<HubId> alive;
    bool has_dead = false;
    for (int row = 0; row < answers.at(1).size(); ++row) {
        if (answers.at(1).integer(row, 1) == 0) alive.push_back(answers.at(1).id<HubId>(row, 0));
        else has_dead = true;
    }
    if (state_.ownership.set_hubs(std::move(alive))) {
        is_choice_stale_ = true;
        state_.announce_hubs();
    }
    // After an outage everybody's lease is over: they get the time to say that they live.
    const bool had_time = SteadyClock::now() >= opened_at_ + state_.options.lease;
    if (has_dead && had_time) co_await remove_dead_hubs();
}

awaitable<void> Cluster::remove_dead_hubs()
{
    auto& connection = link.connection;
    connection.add("BEGIN");
    connection.add("DELETE FROM hubs WHERE id IN (SELECT id FROM hubs"
                   " WHERE alive_until < clock_timestamp() FOR UPDATE SKIP LOCKED) RETURNING id");
    connection.add("COMMIT");
    const auto answers = co_await connection.run();
    if (answers.at(1).empty()) co_return;
    state_.warn(std::to_string(answers.at(1).size())
                + " hub(s) fell silent; their subscriptions go to the others.");
    co_await adopt_orphans();
}

awaitable<void> Cluster::adopt_orphans()
{
    const auto orphans = co_await link.connection.ask(
        "SELECT l.tenant, l.subscription, l.token FROM leases l WHERE l.hub IS NULL"
        " OR NOT EXISTS (SELECT 1 FROM hubs h WHERE h.id = l.hub)");
    if (orphans.empty()) co_return;
    add_reassignment(orphans, true);
    co_await link.connection.run();
    is_list_stale_ = true;
}

/// Adds the statements that give each of these leases to the hub that should own it.
void Cluster::add_reassignment(const Rows& rows, bool may_be_self)
{
    Array tenants{Type::id}, subscriptions{Type::id}, tokens{Type::integer}, hubs{Type::id};
    for (int row = 0; row < rows.size(); ++row) {
        const Subscriber subscriber{rows.id<TenantId>(row, 0), rows.id<SubscriptionId>(row, 1)};
        tenants.add(subscriber.tenant);
        subscriptions.add(subscriber.subscription);
        tokens.add(rows.integer(row, 2));
        const auto hub = state_.ownership.choose(subscriber);
        if (hub == state_.ownership.self && !may_be_self) hubs.add_null();
        else hubs.add(hub);
    }
    Params params;
    params.add(std::move(tenants)).add(std::move(subscriptions));
    params.add(std::move(tokens)).add(std::move(hubs));
    link.connection.add("UPDATE leases l SET hub = x.h, token = l.token + 1"
                        " FROM unnest($1, $2, $3, $4) AS x(t, s, k, h)"
                        " WHERE l.tenant = x.t AND l.subscription = x.s AND l.token = x.k",
                        params);
    Params told;
    told.add_text(state_.channel).add_text(leases_changed);
    link.connection.add("SELECT pg_notify($1, $2)", told);
}

awaitable<void> Cluster::read_leases()
{
    is_list_stale_ = false;
    const auto epoch = state_.ownership.epoch();
    Params params;
    params.add(state_.ownership.self);
    const auto rows = co_await link.connection.ask(
        "SELECT tenant, subscription, token FROM leases WHERE hub = $1", params);
    std::set<Subscriber> listed;
    std::vector<Subscriber> gained;
    for (int row = 0; row < rows.size(); ++row) {
        const Subscriber subscriber{rows.id<TenantId>(row, 0), rows.id<SubscriptionId>(row, 1)};
        listed.insert(subscriber);
        if (state_.gain(subscriber, rows.integer(row, 2))) gained.push_back(subscriber);
    }
    for (const auto& subscriber : state_.ownership.all()) {
        const auto* owned = state_.ownership.find(subscriber);
        const bool is_news = owned->is_provisional || owned->since > epoch;
        if (!is_news && !listed.contains(subscriber)) state_.lose(subscriber);
    }
    is_choice_stale_ = true;
    co_await note_gained(std::move(gained));
}

awaitable<void> Cluster::note_gained(std::vector<Subscriber> gained)
{
    for (std::size_t from = 0; from < gained.size(); from += backlog_batch) {
        const auto end = std::min(gained.size(), from + backlog_batch);
        const std::vector<Subscriber> some{gained.begin() + static_cast<std::ptrdiff_t>(from),
                                           gained.begin() + static_cast<std::ptrdiff_t>(end)};
        const auto backlog = co_await find_backlog(link.connection, state_.ownership.self, some);
        for (const auto& waiting : backlog) state_.note_backlog(waiting);
        for (const auto& subscriber : some) state_.open_empty_lanes(subscriber);
    }
}

void Cluster::choose_leavers()
{
    const auto latest = SteadyClock::now() + handover_wait;
    is_choice_stale_ = false;
    has_leavers_ = false;
    for (const auto& subscriber : state_.ownership.all()) {
        const auto* owned = state_.ownership.find(subscriber);
        const bool stays = state_.ownership.choose(subscriber) == state_.ownership.self;
        if (owned->is_provisional) continue;
        if (stays && !owned->leaves_at) continue;
        if (stays) {
            // The hub it was to go to has gone: it is taken anew.
            state_.lose(subscriber);
            is_list_stale_ = true;
            continue;
        }
        state_.ownership.start_leaving(subscriber, latest);
        has_leavers_ = true;
    }
    if (is_list_stale_) renew_at_ = {};
}

awaitable<void> Cluster::hand_over()
{
    const auto now = SteadyClock::now();
    Array tenants{Type::id}, subscriptions{Type::id}, tokens{Type::integer}, hubs{Type::id};
    std::vector<Subscriber> gone;
    has_leavers_ = false;
    for (const auto& subscriber : state_.ownership.all()) {
        const auto* owned = state_.ownership.find(subscriber);
        if (!owned->leaves_at) continue;
        has_leavers_ = true;
        if (state_.claims.count_held(subscriber) > 0 && now < *owned->leaves_at) continue;
        tenants.add(subscriber.tenant);
        subscriptions.add(subscriber.subscription);
        tokens.add(owned->token);
        hubs.add(state_.ownership.choose(subscriber));
        gone.push_back(subscriber);
    }
    if (gone.empty()) co_return;
    Params params;
    params.add(std::move(tenants)).add(std::move(subscriptions));
    params.add(std::move(tokens)).add(std::move(hubs));
    link.connection.add("UPDATE leases l SET hub = x.h, token = l.token + 1"
                        " FROM unnest($1, $2, $3, $4) AS x(t, s, k, h)"
                        " WHERE l.tenant = x.t AND l.subscription = x.s AND l.token = x.k",
                        params);
    Params told;
    told.add_text(state_.channel).add_text(leases_changed);
    link.connection.add("SELECT pg_notify($1, $2)", told);
    co_await link.connection.run();
    for (const auto& subscriber : gone) state_.lose(subscriber);
}

/// The safety net: lanes with due work that nobody told of.
awaitable<void> Cluster::sweep()
{
    const auto backlog = co_await find_backlog(link.connection, state_.ownership.self);
    const auto now = WriterState::now();
    for (const auto& waiting : backlog)
        if (waiting.next_due <= now)
            state_.note_work(
                {{waiting.tenant, waiting.subscription}, waiting.lane, waiting.next_due});
}

awaitable<void> Cluster::leave()
{
    auto& connection = link.connection;
    if (!connection.is_open() || state_.ownership.self.is_nil()) co_return;
    Params own;
    own.add(state_.ownership.self);
    const auto rows = co_await connection.ask(
        "SELECT tenant, subscription, token FROM leases WHERE hub = $1", own);
    for (const auto& subscriber : state_.ownership.all()) state_.lose(subscriber);
    auto others = state_.ownership.hubs();
    std::erase(others, state_.ownership.self);
    state_.ownership.set_hubs(std::move(others));
    connection.add("BEGIN");
    connection.add("DELETE FROM hubs WHERE id = $1", own);
    add_reassignment(rows, false);
    connection.add("COMMIT");
    co_await connection.run();
}

void Cluster::hear(const std::string& payload)
{
    if (payload == leases_changed) {
        is_list_stale_ = true;
        renew_at_ = {};  // who lives is read with it
        return;
    }
    if (state_.is_news_of_settings(payload)) return state_.note_settings();
    for (const auto& lane : Notifications::read(payload)) {
        const bool is_ours = state_.ownership.find(lane.subscriber) != nullptr;
        if (is_ours) state_.note_work(lane);
        else if (state_.ownership.choose(lane.subscriber) == state_.ownership.self)
            is_list_stale_ = true;
    }
}

}  // namespace katydid::store::postgres
