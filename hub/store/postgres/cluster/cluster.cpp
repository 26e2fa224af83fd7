#include "hub/store/postgres/cluster/cluster.hpp"

#include "hub/store/postgres/cluster/claimer.hpp"
#include "hub/store/postgres/cluster/new_leases.hpp"
#include "hub/store/postgres/wire/sql_error.hpp"
#include "hub/store/postgres/sql/cluster.sql.hpp"

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

/// Leases that go to other hubs, those whose token is still the same.
class Reassignment {
public:
    /// \param hub  nullopt: none, until one takes it
    void add(const Subscriber& subscriber, std::int64_t token, const std::optional<HubId>& hub)
    {
        tenants_.add(subscriber.tenant);
        subscriptions_.add(subscriber.subscription);
        tokens_.add(token);
        if (hub) hubs_.add(*hub);
        else hubs_.add_null();
    }
    /// Adds the statements.
    void write(Connection& connection, const std::string& channel)
    {
        const auto params = Params::of(std::move(tenants_), std::move(subscriptions_),
                                       std::move(tokens_), std::move(hubs_));
        connection.add(sql::reassign_leases, params);
        notify(connection, channel, leases_changed);
    }

private:
    Array tenants_{Type::id}, subscriptions_{Type::id}, tokens_{Type::integer}, hubs_{Type::id};
};

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
    if (opened_at_ != SteadyTime{}) state_.note_settings();  // notifications were missed meanwhile
    opened_at_ = SteadyClock::now();
}

awaitable<void> Cluster::enter()
{
    IdSource ids{system_clock(), random_seed()};
    state_.ownership.self = ids.make<HubId>();
    auto own = Params::of(state_.ownership.self, std::int64_t{state_.options.lease.count()});
    own.add_text(state_.options.address);
    const auto sent_at = WriterState::now();
    link.connection.add(sql::add_hub, own);
    notify(link.connection, state_.channel, leases_changed);
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
                // A backend may end after its neighbour, and after the writer had asked it.
                if (on_lost) on_lost();
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
        health_state_.set_leases(false, explain(*failed));
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
    const auto params = Params::of(state_.ownership.self,
                                   std::int64_t{state_.options.lease.count()});
    link.connection.add(sql::renew_hub, params);
    link.connection.add(sql::list_hubs);
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
    connection.add(sql::delete_dead_hubs);
    connection.add("COMMIT");
    const auto answers = co_await connection.run();
    if (answers.at(1).empty()) co_return;
    state_.warn(std::to_string(answers.at(1).size())
                + " hub(s) fell silent; their subscriptions go to the others.");
    co_await adopt_orphans();
}

awaitable<void> Cluster::adopt_orphans()
{
    const auto orphans = co_await link.connection.ask(sql::find_orphans);
    if (orphans.empty()) co_return;
    add_reassignment(orphans, true);
    co_await link.connection.run();
    is_list_stale_ = true;
}

/// Adds the statements that give each of these leases to the hub that should own it.
void Cluster::add_reassignment(const Rows& rows, bool may_be_self)
{
    Reassignment leases;
    for (int row = 0; row < rows.size(); ++row) {
        const Subscriber subscriber{rows.id<TenantId>(row, 0), rows.id<SubscriptionId>(row, 1)};
        const auto hub = state_.ownership.choose(subscriber);
        const bool is_free = hub == state_.ownership.self && !may_be_self;
        leases.add(subscriber, rows.integer(row, 2), is_free ? std::nullopt : std::optional{hub});
    }
    leases.write(link.connection, state_.channel);
}

awaitable<void> Cluster::read_leases()
{
    is_list_stale_ = false;
    const auto epoch = state_.ownership.epoch();
    const auto params = Params::of(state_.ownership.self);
    link.connection.add(sql::list_own_leases, params);
    link.connection.add(sql::list_moving);
    const auto answers = co_await link.connection.run();
    const auto& rows = answers.at(0);
    moving_.clear();
    for (int row = 0; row < answers.at(1).size(); ++row)
        moving_.insert(answers.at(1).id<TenantId>(row, 0));
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

/// nullopt: no hub may own it while its tenant moves to another shard.
std::optional<HubId> Cluster::choose(const Subscriber& subscriber) const
{
    if (moving_.contains(subscriber.tenant)) return std::nullopt;
    return state_.ownership.choose(subscriber);
}

void Cluster::choose_leavers()
{
    const auto latest = SteadyClock::now() + handover_wait;
    is_choice_stale_ = false;
    has_leavers_ = false;
    for (const auto& subscriber : state_.ownership.all()) {
        const auto* owned = state_.ownership.find(subscriber);
        const bool stays = choose(subscriber) == state_.ownership.self;
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
    Reassignment leases;
    std::vector<Subscriber> gone;
    has_leavers_ = false;
    for (const auto& subscriber : state_.ownership.all()) {
        const auto* owned = state_.ownership.find(subscriber);
        if (!owned->leaves_at) continue;
        has_leavers_ = true;
        if (state_.claims.count_held(subscriber) > 0 && now < *owned->leaves_at) continue;
        leases.add(subscriber, owned->token, choose(subscriber));
        gone.push_back(subscriber);
    }
    if (gone.empty()) co_return;
    leases.write(link.connection, state_.channel);
    co_await link.connection.run();
    for (const auto& subscriber : gone) state_.lose(subscriber);
}

/// The safety net: lanes with due work that was not announced.
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
    const auto own = Params::of(state_.ownership.self);
    const auto rows = co_await connection.ask(sql::list_own_leases, own);
    for (const auto& subscriber : state_.ownership.all()) state_.lose(subscriber);
    auto others = state_.ownership.hubs();
    std::erase(others, state_.ownership.self);
    state_.ownership.set_hubs(std::move(others));
    connection.add("BEGIN");
    connection.add(sql::delete_hub, own);
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
