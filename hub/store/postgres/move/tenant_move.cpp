#include "hub/store/postgres/move/tenant_move.hpp"

#include "hub/store/postgres/cluster/new_leases.hpp"
#include "hub/store/postgres/move/move_audit.hpp"
#include "hub/store/postgres/move/tenant_copy.hpp"
#include "hub/store/postgres/sql/cluster.sql.hpp"
#include "hub/store/postgres/sql/session.sql.hpp"
#include "hub/store/postgres/wire/schema.hpp"
#include "hub/store/postgres/wire/sql_error.hpp"
#include "hub/store/shards/directory.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <ranges>
#include <set>
#include <thread>

namespace katydid::store::postgres {
namespace {

using SteadyClock = std::chrono::steady_clock;
using shards::moved_kind;
using shards::place_id;
using shards::place_kind;

constexpr milliseconds poll_interval{20};
constexpr milliseconds news_interval{200};
/// For the attempts under way (Cluster::hand_over), and for the lease of a hub that stands still.
constexpr milliseconds drain_max{15'000};
/// A mover that falls silent while writes are refused is ended by the server.
constexpr const char* bound_pause = "SET lock_timeout = '500ms'; SET statement_timeout = '2s';"
                                    " SELECT set_config(name, '2000', false) FROM pg_settings "
                                    "WHERE name = 'idle_session_timeout'";
constexpr const char* unbound
    = "SET lock_timeout = 0; SET statement_timeout = 0;"
      " SELECT set_config(name, '0', false) FROM pg_settings WHERE name = 'idle_session_timeout'";

std::string notify_all(const std::string& payload)
{
    return "SELECT pg_notify('katydid.' || current_schema(), '" + payload + "')";
}

milliseconds since(SteadyClock::time_point start)
{
    return std::chrono::duration_cast<milliseconds>(SteadyClock::now() - start);
}

}  // namespace

TenantMove::TenantMove(const MoveOptions& options) : options_{options}
{
    if (!options.rests) pace_.hurry_to(Pace::restless);
}

void TenantMove::step(const std::string& name) const { options_.on_step(name); }

Moved TenantMove::run()
{
    first_ = open(options_.shards.front().name);
    find_tenant();
    auto source = open(find_place());
    auto target = open(options_.to);
    lock(*source);
    if (source->name == target->name) {
        refuse_unfinished(*source);
        undo(*source);
        return {source->name, target->name};
    }
    lock(*target);
    refuse_unfinished(*source);
    refuse_unfinished(*target);
    std::exception_ptr failure;
    try {
        return move(*source, *target);
    } catch (...) {
        failure = std::current_exception();
    }
    // Its writes go on at once. A commit that was under way has ended when the lock can be had.
    const auto name = source->name;
    source.reset();
    target.reset();
    const auto again = open(name);
    lock(*again);
    if (!departure(*again)) undo(*again);
    std::rethrow_exception(failure);
}

TenantMove::SidePtr TenantMove::open(const std::string& name) const
{
    const auto found = std::ranges::find(options_.shards, name, &StoreOptions::Shard::name);
    if (found == options_.shards.end())
        throw Failure{{errc::not_found, "The settings have no shard \"" + name + "\"."}};
    auto side = std::make_unique<Side>(Side{name, found->url, MoveLink{found->url}});
    const auto says = side->link.one(
        "SELECT convert_from(json, 'UTF8') FROM records WHERE tenant = '"
        + to_uuid(default_tenant()) + "' AND kind = 'shard' AND id = 'self'");
    if (!says.starts_with("\"" + name + "\""))
        throw Failure{
            {errc::refused, "The database of the shard \"" + name
                                + "\" is another one or new: start a hub with it first."}};
    // Rows of tables that this program does not know would stay behind.
    if (side->link.one(sql::schema_version) != std::to_string(schema_version()))
        throw Failure{{errc::refused, "The tables of the shard \"" + name
                                          + "\" are of another version of katydid than this"
                                            " program: use that of the hubs, on all of them."}};
    return side;
}

void TenantMove::find_tenant()
{
    const auto id = TenantId::parse(options_.tenant);
    // The first shard knows each tenant by its record or its place.
    const auto which = id ? "tenant = '" + to_uuid(*id) + "' AND kind IN ('tenant', '" + place_kind
                                + "') LIMIT 1"
                          : "kind = 'tenant' AND convert_from(json, 'UTF8')::jsonb->>'name' = "
                                + first_->link.quote(options_.tenant);
    const auto uuid = first_->link.one("SELECT tenant FROM records WHERE " + which);
    if (uuid.empty() && id != default_tenant())
        throw Failure{{errc::not_found, "There is no tenant \"" + options_.tenant + "\"."}};
    tenant_ = uuid.empty() ? *id : from_uuid(uuid);
    if (tenant_ == default_tenant())
        throw Failure{{errc::refused, "The default tenant stays in the first shard."}};
    text_.emplace(to_uuid(tenant_));
}

/// Where it lives. A move that was interrupted after the tenant had left is finished on the way.
std::string TenantMove::find_place()
{
    auto place = first_->link.one("SELECT convert_from(json, 'UTF8') FROM records WHERE tenant = "
                                  + text_->literal() + " AND kind = '" + place_kind + "'");
    if (place.empty()) place = first_->name;
    for (const auto& shard : options_.shards) {
        const auto from = try_open(shard.name);
        const auto to = from ? departure(*from, "version = 1") : std::nullopt;
        if (!to || (shard.name != place && *to != place)) continue;
        options_.say("finishing the move from \"" + shard.name + "\" to \"" + *to + "\"");
        const auto target = open(*to);
        lock(*from);
        lock(*target);
        finish(*from, *target, {from->name, target->name});
        return *to;
    }
    return place;
}

/// Null where it does not answer: the move may not need it.
TenantMove::SidePtr TenantMove::try_open(const std::string& name) const
{
    try {
        return open(name);
    } catch (const SqlError&) {
        return nullptr;
    }
}

std::optional<std::string> TenantMove::departure(Side& side, const std::string& which) const
{
    auto to = side.link.one("SELECT convert_from(json, 'UTF8') FROM records WHERE tenant = "
                            + text_->literal() + " AND kind = '" + moved_kind + "' AND " + which);
    if (to.empty()) return std::nullopt;
    return to;
}

void TenantMove::refuse_unfinished(Side& side) const
{
    const auto other = side.link.ask(std::string{"SELECT tenant, convert_from(json, 'UTF8')"
                                                 " FROM records WHERE kind = '"}
                                     + moved_kind + "' AND version = 1 LIMIT 1");
    if (other.empty()) return;
    throw Failure{{errc::conflict, "A move from the shard \"" + side.name
                                       + "\" was interrupted: finish it first, with its tenant ("
                                       + from_uuid(other[0][0]).to_string() + ") and --to "
                                       + other[0][1] + "."}};
}

/// One move at a time for each shard, as a source or a target. Hubs try the lock for an instant.
void TenantMove::lock(Side& side) const
{
    for (int tries = 0; tries < 20; ++tries) {
        if (side.link.one(std::string{"SELECT pg_try_advisory_lock("} + sql::mover_key + ")")
            == "t")
            return;
        std::this_thread::sleep_for(poll_interval);
    }
    throw Failure{{errc::conflict, "Another move works with the shard \"" + side.name + "\"."}};
}

Moved TenantMove::move(Side& source, Side& target)
{
    Moved moved{source.name, target.name};
    step("start");
    note("tenant.move_started", {{"from", source.name}, {"to", target.name}});
    undo(source);
    prepare_target(target);
    watch(source);
    auto reader = open(source.name);
    TenantCopy copy{reader->link, target.link, *text_, pace_, options_.say};
    step("copy");
    options_.say("copying from \"" + source.name + "\" to \"" + target.name + "\"");
    copy.copy_all();
    copy.catch_up();
    moved.rows = copy.verify();
    options_.say(std::to_string(moved.rows) + " rows are the same on both sides");
    copy.catch_up();
    step("drain");
    const auto start = SteadyClock::now();
    drain(source);
    moved.drained = since(start);
    copy.catch_up();
    step("pause");
    moved.pause = switch_over(source, target, copy);
    options_.say("it lives in \"" + target.name + "\" now; its writes were refused for "
                 + std::to_string(moved.pause.count()) + " ms");
    finish(source, target, moved);
    return moved;
}

void TenantMove::prepare_target(Side& target)
{
    undo(target);
    target.link.ask_patiently(text_->unbar());
    target.link.ask("SET katydid.mover = 'on'");
    target.link.ask("DELETE FROM records WHERE tenant = " + text_->literal() + " AND kind = '"
                    + moved_kind + "'");
    target.link.ask("DELETE FROM leases WHERE tenant = " + text_->literal());
    remove_rows(target);
    target.link.ask("SET synchronous_commit = off");
    target.link.ask(MoveText::make_guard());
    target.link.ask_patiently(change_all(
        "SHARE ROW EXCLUSIVE", [&](const MovedTable& table) { return text_->guard(table); }));
}

void TenantMove::watch(Side& source) const
{
    const auto number = source.link.one("SELECT " + text_->pause_key());
    for (const auto& table : moved_tables()) source.link.ask(text_->make_log(table, number));
    source.link.ask_patiently(change_all(
        "SHARE ROW EXCLUSIVE", [&](const MovedTable& table) { return text_->watch(table); }));
}

/// Whatever a move left at this side; the tenant's rows stay. Changes no table without need: each
/// such change locks it for a moment.
void TenantMove::undo(Side& side) const
{
    std::set<std::string> changed;
    for (const auto& row : side.link.ask("SELECT DISTINCT tgrelid::regclass FROM pg_trigger WHERE"
                                         " tgname IN ('katydid_move', 'katydid_arriving') AND"
                                         " tgrelid IN (SELECT oid FROM pg_class WHERE relnamespace"
                                         " = current_schema()::regnamespace)"))
        changed.insert(row.front());
    if (changed.erase("leases") > 0) side.link.ask_patiently(MoveText::free_leases());
    if (!changed.empty())
        side.link.ask_patiently(change_all("ACCESS EXCLUSIVE", MoveText::leave_alone));
    for (const auto& table : moved_tables()) side.link.ask(MoveText::drop_log(table));
    side.link.ask(std::string{"DELETE FROM leases WHERE hub = "} + sql::mover
                  + " AND subscription = " + sql::no_subscription);
    give_out(side, "hub IS NULL");
}

/// The tenant's leases that fulfil it go to any hub.
void TenantMove::give_out(Side& side, const std::string& which) const
{
    side.link.ask(std::string{"BEGIN; "} + sql::give_to_any_hub
                  + " WHERE tenant = " + text_->literal() + " AND " + which + "; "
                  + notify_all(leases_changed) + "; COMMIT");
}

/// Each hub gives up what it owns of the tenant when its attempts have ended, by itself: so nothing
/// is in flight when another hub gets it, and no hub sends what is no longer its own.
void TenantMove::drain(Side& source) const
{
    const auto number = source.link.one(std::string{"SELECT "} + sql::mover_key);
    source.link.ask_patiently(text_->hold_leases(number));
    source.link.ask("INSERT INTO leases(tenant, subscription, hub, token) VALUES("
                    + text_->literal() + ", " + sql::no_subscription + ", " + sql::mover + ", 0)");
    const auto start = SteadyClock::now();
    auto news_at = start;
    while (source.link.number("SELECT count(*) FROM leases l JOIN hubs h ON h.id = l.hub"
                              " WHERE l.tenant = "
                              + text_->literal() + " AND h.alive_until >= clock_timestamp()")
           > 0) {
        if (since(start) > drain_max)
            throw Failure{{errc::timed_out, "A hub did not give the tenant's subscriptions up: it"
                                            " stays where it is. Do all hubs run this version?"}};
        if (SteadyClock::now() >= news_at) {
            source.link.ask(notify_all(leases_changed));
            news_at += news_interval;
        }
        std::this_thread::sleep_for(poll_interval);
    }
}

milliseconds TenantMove::switch_over(Side& source, Side& target, TenantCopy& copy) const
{
    source.link.ask(bound_pause);
    target.link.ask("SET statement_timeout = '2s'");
    const auto disorder = source.link.one("SELECT value FROM katydid_meta WHERE key ="
                                          " 'time_disorder'");
    const auto start = SteadyClock::now();
    source.link.ask("SELECT pg_advisory_lock(" + text_->pause_key() + ")");
    copy.finish();
    source.link.stream(std::string{"SELECT tenant, subscription, "} + sql::mover
                           + ", token + 1 FROM leases WHERE tenant = " + text_->literal()
                           + " AND subscription <> " + sql::no_subscription,
                       target.link, "leases(tenant, subscription, hub, token)");
    // This commit waits for the disk, and with it all before.
    target.link.ask("SET synchronous_commit = on");
    target.link.ask("UPDATE katydid_meta SET value = greatest(value, " + disorder
                    + ") WHERE key = 'time_disorder'");
    write_departure(source, target.name);
    source.link.ask("SELECT pg_advisory_unlock(" + text_->pause_key() + ")");
    const auto took = since(start);
    source.link.ask(unbound);
    target.link.ask("SET statement_timeout = 0");
    step("left");
    return took;
}

/// The moment of the move: one commit, by the session that holds the pause lock.
void TenantMove::write_departure(Side& source, const std::string& to) const
{
    source.link.ask(
        "BEGIN; DELETE FROM counters WHERE tenant = " + text_->literal()
        + "; INSERT INTO records(tenant, kind, id, name, version, updated_at, json) VALUES("
        + text_->literal() + ", '" + moved_kind + "', '" + place_id + "', '', 1, 0, "
        + source.link.quote(to) + "); DELETE FROM leases WHERE tenant = " + text_->literal() + "; "
        + notify_all(leases_changed) + "; COMMIT");
}

/// All of it may be done twice.
void TenantMove::finish(Side& source, Side& target, const Moved& moved)
{
    source.link.ask_patiently(text_->bar());
    tell_directory(target.name);
    step("told");
    target.link.ask("SET synchronous_commit = on");
    give_out(target, std::string{"hub = "} + sql::mover);
    step("active");
    undo(target);
    clean(source, moved);
    step("clean");
}

void TenantMove::tell_directory(const std::string& to)
{
    auto& link = first_->link;
    link.ask("BEGIN; INSERT INTO records(tenant, kind, id, name, version, updated_at, json) VALUES("
             + text_->literal() + ", '" + place_kind + "', '" + place_id + "', '', 1, 0, "
             + link.quote(to)
             + ") ON CONFLICT (tenant, kind, id) DO UPDATE SET version = records.version + 1,"
               " json = excluded.json WHERE records.json <> excluded.json; "
             + notify_all("S") + "; COMMIT");
}

void TenantMove::clean(Side& source, const Moved& moved)
{
    undo(source);
    remove_rows(source);
    boost::json::object detail{{"from", moved.from}, {"to", moved.to}};
    if (moved.rows > 0) {
        detail["rows"] = moved.rows;
        detail["deliveries_held_ms"] = moved.drained.count();
        detail["writes_refused_ms"] = moved.pause.count();
    }
    note("tenant.moved", detail);
    source.link.ask("DELETE FROM leases WHERE tenant = " + text_->literal());
    source.link.ask("UPDATE records SET version = 2 WHERE tenant = " + text_->literal()
                    + " AND kind = '" + moved_kind + "'");
}

void TenantMove::remove_rows(Side& side)
{
    side.link.ask("SET synchronous_commit = off");
    for (const auto& table : moved_tables() | std::views::reverse) {
        std::uint64_t removed = 1;
        pace_.begin();
        while (removed > 0)
            pace_.step(
                [&] { removed = side.link.number(text_->remove_some(table, pace_.rows())); });
    }
    // A commit that waits for the disk waits for all before it.
    side.link.ask("SET synchronous_commit = on");
}

/// In the audit log of operators, which the first shard keeps.
void TenantMove::note(const std::string& action, const boost::json::object& detail) const
{
    write_move_audit(first_->link, {.at = system_clock().now(),
                                    .actor = "operator",
                                    .action = action,
                                    .object = tenant_.to_string(),
                                    .detail = boost::json::serialize(detail)});
}

}  // namespace katydid::store::postgres
