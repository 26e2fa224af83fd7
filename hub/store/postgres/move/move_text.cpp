#include "hub/store/postgres/move/move_text.hpp"

#include "hub/core/codec/encoding.hpp"
#include "hub/store/postgres/sql/cluster.sql.hpp"
#include "hub/store/postgres/wire/sql_error.hpp"
#include "hub/store/shards/directory.hpp"

#include <boost/algorithm/string/replace.hpp>

#include <algorithm>
#include <array>
#include <map>

namespace katydid::store::postgres {
namespace {

using Words = std::map<std::string, std::string>;

/// Puts the words into a text at {their name}.
std::string fill(std::string text, const Words& words)
{
    for (const auto& [name, word] : words) boost::replace_all(text, "{" + name + "}", word);
    return text;
}

/// "left.one = right.one AND …"
std::string match(const MovedTable& table, const std::string& left, const std::string& right)
{
    std::string text;
    for (const auto& key : table.keys) {
        if (!text.empty()) text += " AND ";
        text.append(left).append(".").append(key).append(" = ");
        text.append(right).append(".").append(key);
    }
    return text;
}

/// Of the log: the keys, and the order of commits for what must be taken in it.
std::vector<std::string> logged(const MovedTable& table)
{
    auto columns = table.keys;
    if (is_events(table)) columns.emplace_back("committed");
    return columns;
}

/// OFFSET keeps the planner from turning the join round: by the keys it is one row each.
constexpr const char* lateral = "{keys} k CROSS JOIN LATERAL (SELECT t.ctid, t.* FROM {table} t"
                                " WHERE {own} AND {match} OFFSET 0) r";

constexpr const char* log_text = R"(
CREATE UNLOGGED TABLE katydid_move_{table} AS SELECT {list} FROM {table} WITH NO DATA;
CREATE FUNCTION katydid_move_{table}() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF NOT pg_try_advisory_xact_lock_shared({pause}) THEN
    RAISE EXCEPTION 'this tenant is being moved' USING ERRCODE = '{moves}';
  END IF;
  IF EXISTS (SELECT 1 FROM records
      WHERE tenant = {tenant} AND kind = '{moved}' AND id = '{place}') THEN
    IF TG_OP = 'DELETE' THEN RETURN NULL; END IF;
    RAISE EXCEPTION 'this tenant was moved' USING ERRCODE = '{left}';
  END IF;
  IF TG_OP = 'DELETE' THEN
    INSERT INTO katydid_move_{table} VALUES ({old});
    RETURN OLD;
  END IF;
  INSERT INTO katydid_move_{table} VALUES ({new});
  RETURN NEW;
END $body$)";

constexpr const char* watch_text = R"(
CREATE TRIGGER katydid_move BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW WHEN ({own_new})
  EXECUTE FUNCTION katydid_move_{table}();
CREATE TRIGGER katydid_move_delete BEFORE DELETE ON {table} FOR EACH ROW WHEN ({own_old})
  EXECUTE FUNCTION katydid_move_{table}())";

constexpr const char* hold_text = R"(
CREATE FUNCTION katydid_move_leases() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF NOT pg_try_advisory_xact_lock_shared({mover}) OR EXISTS (SELECT 1 FROM records
      WHERE tenant = {tenant} AND kind = '{moved}' AND id = '{place}') THEN
    RETURN NULL;
  END IF;
  RETURN NEW;
END $body$;
CREATE TRIGGER katydid_move BEFORE INSERT OR UPDATE ON leases FOR EACH ROW
  WHEN (NEW.tenant = {tenant} AND NEW.hub IS NOT NULL AND NEW.hub <> {nobody})
  EXECUTE FUNCTION katydid_move_leases())";

constexpr const char* bar_text = R"(
CREATE OR REPLACE FUNCTION katydid_left() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  RAISE EXCEPTION 'this tenant was moved' USING ERRCODE = '{left}';
END $body$;
CREATE TRIGGER "katydid_left_{id}" BEFORE INSERT ON events FOR EACH ROW
  WHEN (NEW.tenant = {tenant}) EXECUTE FUNCTION katydid_left())";

constexpr const char* guard_text = R"(
CREATE TRIGGER katydid_arriving BEFORE DELETE ON {table} FOR EACH ROW WHEN ({own})
  EXECUTE FUNCTION katydid_arriving())";

/// Events that came in one transaction here have one place in the order of commits, and among
/// themselves that of their ids: so each ascending run of ids is a transaction of its own.
constexpr const char* take_in_events = R"(
DO $body$ DECLARE ascent bigint; BEGIN
  FOR ascent IN SELECT DISTINCT i.run FROM in_events i ORDER BY 1 LOOP
    INSERT INTO events({columns}) SELECT {columns} FROM in_events i WHERE i.run = ascent{conflict};
    COMMIT;
  END LOOP;
END $body$)";

std::string on_conflict(const MovedTable& table, const std::vector<std::string>& columns)
{
    std::string sets;
    for (const auto& column : columns) {
        const bool is_key = column == "tenant" || std::ranges::count(table.keys, column) > 0;
        if (is_key) continue;
        sets.append(sets.empty() ? "" : ", ").append(column).append(" = excluded.").append(column);
    }
    return " ON CONFLICT (tenant, " + list(table.keys) + ") DO UPDATE SET " + sets;
}

std::string hub_wide_list()
{
    std::string kinds = "'shard'";
    for (const auto kind : shards::hub_wide_kinds()) kinds += ", '" + std::string{kind} + "'";
    return kinds + ", '" + std::string{shards::moved_kind} + "'";
}

std::string belongs(const MovedTable& table, const std::string& row, const std::string& tenant)
{
    auto text = row + ".tenant = " + tenant;
    if (table.name == "records")
        text += " AND " + row + ".kind <> ALL (ARRAY[" + hub_wide_list() + "]::bytea[])";
    return text;
}

}  // namespace

std::string to_uuid(const TenantId& tenant)
{
    const auto& bytes = tenant.bytes();
    auto text = encode(katydid::Encoding::hex,
                       {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    for (const auto at : {20U, 16U, 12U, 8U}) text.insert(at, "-");
    return text;
}

TenantId from_uuid(std::string text)
{
    std::erase(text, '-');
    IdBytes bytes{};
    const auto size = decode(katydid::Encoding::hex, text,
                             {reinterpret_cast<char*>(bytes.data()), bytes.size()});
    if (size != bytes.size()) throw SqlError{"", "\"" + text + "\" is no uuid"};
    return TenantId{bytes};
}

bool is_events(const MovedTable& table) { return table.name == "events"; }

std::span<const MovedTable> moved_tables()
{
    static const std::array<MovedTable, 8> tables{{{"records", {"kind", "id"}},
                                                   {"rejected", {"id"}},
                                                   {"dedupe", {"key"}},
                                                   {"events", {"id"}},
                                                   {"deliveries", {"id"}},
                                                   {"attempts", {"delivery", "id"}},
                                                   {"activity", {"width", "start", "slot"}},
                                                   {"counters", {"what", "slot"}, true}}};
    return tables;
}

std::string list(const std::vector<std::string>& columns, const std::string& prefix)
{
    std::string text;
    for (const auto& column : columns)
        text.append(text.empty() ? "" : ", ").append(prefix).append(column);
    return text;
}

std::string checksum_of(const std::string& query)
{
    return "SELECT count(*) || ' ' || coalesce(sum(hashtextextended(q::text, 0)), 0) FROM (" + query
           + ") q";
}

std::string change_all(const std::string& lock_mode,
                       const std::function<std::string(const MovedTable&)>& change)
{
    std::string names, changes;
    for (const auto& table : moved_tables()) {
        names.append(names.empty() ? "" : ", ").append(table.name);
        changes += ";" + change(table);
    }
    return "LOCK TABLE " + names + " IN " + lock_mode + " MODE" + changes;
}

std::string MoveText::is_own(const MovedTable& table, const std::string& row) const
{
    return belongs(table, row, unplanned());
}

std::string MoveText::pause_key() const
{
    return "hashtextextended('katydid pause ' || current_schema() || " + literal() + ", 0)";
}

std::string MoveText::make_log(const MovedTable& table, const std::string& pause_number) const
{
    return fill(log_text, {{"table", table.name},
                           {"list", list(logged(table))},
                           {"old", list(logged(table), "OLD.")},
                           {"new", list(logged(table), "NEW.")},
                           {"pause", pause_number},
                           {"tenant", literal()},
                           {"moved", shards::moved_kind},
                           {"place", shards::place_id},
                           {"moves", tenant_moves_state},
                           {"left", tenant_moved_state}});
}

std::string MoveText::drop_log(const MovedTable& table)
{
    return fill("DROP FUNCTION IF EXISTS katydid_move_{table}();"
                "DROP TABLE IF EXISTS katydid_move_{table}",
                {{"table", table.name}});
}

std::string MoveText::watch(const MovedTable& table) const
{
    return fill(watch_text, {{"table", table.name},
                             {"own_old", belongs(table, "OLD", literal())},
                             {"own_new", belongs(table, "NEW", literal())}});
}

std::string MoveText::leave_alone(const MovedTable& table)
{
    return fill("DROP TRIGGER IF EXISTS katydid_move ON {table};"
                "DROP TRIGGER IF EXISTS katydid_move_delete ON {table};"
                "DROP TRIGGER IF EXISTS katydid_arriving ON {table}",
                {{"table", table.name}});
}

std::string MoveText::hold_leases(const std::string& mover_number) const
{
    return fill(hold_text, {{"mover", mover_number},
                            {"tenant", literal()},
                            {"moved", shards::moved_kind},
                            {"place", shards::place_id},
                            {"nobody", sql::mover}});
}

std::string MoveText::free_leases()
{
    return "DROP TRIGGER IF EXISTS katydid_move ON leases;"
           "DROP FUNCTION IF EXISTS katydid_move_leases()";
}

std::string MoveText::bar() const
{
    return unbar() + ";"
           + fill(bar_text, {{"id", tenant_}, {"tenant", literal()}, {"left", tenant_moved_state}});
}

std::string MoveText::unbar() const
{
    return "DROP TRIGGER IF EXISTS \"katydid_left_" + tenant_ + "\" ON events";
}

std::string MoveText::take_keys(const MovedTable& table, std::optional<std::size_t> some)
{
    const std::string settled = " WHERE committed < pg_snapshot_xmin(pg_current_snapshot())"
                                " ORDER BY committed, id";
    const auto which = some ? (is_events(table) ? settled : std::string{}) + " LIMIT "
                                  + std::to_string(*some)
                            : std::string{};
    return fill("WITH gone AS (DELETE FROM katydid_move_{table} WHERE ctid = ANY(ARRAY("
                "SELECT ctid FROM katydid_move_{table}{which})) RETURNING *),"
                " kept AS (INSERT INTO ks_{table} SELECT DISTINCT {list} FROM gone)"
                " SELECT count(*) FROM gone",
                {{"table", table.name}, {"list", list(table.keys)}, {"which", which}});
}

std::string MoveText::log_rows(const MovedTable& table, const std::string& which) const
{
    return fill("INSERT INTO katydid_move_{table} SELECT {list} FROM {table} t WHERE {own}"
                " AND {which}",
                {{"table", table.name},
                 {"list", list(logged(table), "t.")},
                 {"own", is_own(table, "t")},
                 {"which", which}});
}

std::string MoveText::rows_of_keys(const MovedTable& table, const std::string& keys,
                                   const std::string& columns) const
{
    const auto from = fill(lateral, {{"keys", keys},
                                     {"table", table.name},
                                     {"own", is_own(table, "t")},
                                     {"match", match(table, "t", "k")}});
    return "SELECT " + columns + " FROM " + from;
}

std::string MoveText::gone_keys(const MovedTable& table) const
{
    return fill("SELECT {list} FROM ks_{table} k WHERE NOT EXISTS"
                " (SELECT 1 FROM {table} t WHERE {own} AND {match} OFFSET 0)",
                {{"list", list(table.keys, "k.")},
                 {"table", table.name},
                 {"own", is_own(table, "t")},
                 {"match", match(table, "t", "k")}});
}

std::string MoveText::make_guard()
{
    return R"(
CREATE OR REPLACE FUNCTION katydid_arriving() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF current_setting('katydid.mover', true) = 'on' THEN RETURN OLD; END IF;
  RETURN NULL;
END $body$)";
}

std::string MoveText::guard(const MovedTable& table) const
{
    return fill(guard_text, {{"table", table.name}, {"own", belongs(table, "OLD", literal())}});
}

std::string MoveText::make_keys(const MovedTable& table)
{
    return fill("CREATE TEMP TABLE ks_{table} AS SELECT {list} FROM {table} WITH NO DATA",
                {{"table", table.name}, {"list", list(table.keys)}});
}

std::string MoveText::make_incoming(const MovedTable& table)
{
    return fill("CREATE TEMP TABLE in_{table} AS SELECT *, 0::bigint AS run FROM {table}"
                " WITH NO DATA;"
                "CREATE INDEX ON in_{table}(run);",
                {{"table", table.name}});
}

std::string MoveText::remove_gone(const MovedTable& table) const
{
    return fill(
        "DELETE FROM {table} WHERE ctid = ANY(ARRAY({gone}))",
        {{"table", table.name}, {"gone", rows_of_keys(table, "ks_" + table.name, "r.ctid")}});
}

std::string MoveText::take_in(const MovedTable& table, const std::vector<std::string>& columns)
{
    const auto conflict = on_conflict(table, columns);
    if (is_events(table))
        return fill(take_in_events, {{"columns", list(columns)}, {"conflict", conflict}});
    return fill("INSERT INTO {table}({columns}) SELECT {columns} FROM in_{table}{conflict}",
                {{"table", table.name}, {"columns", list(columns)}, {"conflict", conflict}});
}

std::string MoveText::remove_some(const MovedTable& table, std::size_t rows) const
{
    return fill(
        "WITH gone AS (DELETE FROM {table} WHERE ctid = ANY(ARRAY("
        "SELECT t.ctid FROM {table} t WHERE {own} LIMIT {rows})) RETURNING 1)"
        " SELECT count(*) FROM gone",
        {{"table", table.name}, {"own", is_own(table, "t")}, {"rows", std::to_string(rows)}});
}

}  // namespace katydid::store::postgres
