#include "hub/store/postgres/read/event_rows.hpp"
#include "hub/store/postgres/maintenance/id_range.hpp"
#include "hub/store/shared/query_parts.hpp"
#include "hub/store/postgres/read/query_text.hpp"
#include "hub/store/postgres/read/queries.hpp"
#include "hub/store/postgres/sql/queries.sql.hpp"
#include "hub/store/postgres/sql/rows.sql.hpp"

#include <set>

namespace katydid::store::postgres {
namespace {

/// Types and sources of a tenant's events, in pairs.
struct Kinds {
    Array types{Type::bytes};
    Array sources{Type::bytes};
    std::set<std::string> source_names;
};

/// The kinds that a query's type and source fit, stepping along the index. nullopt: there are too
/// many to look at each.
awaitable<std::optional<Kinds>> find_kinds(Connection& connection, const TenantId& tenant,
                                           const std::optional<std::string>& type,
                                           const std::optional<std::string>& source)
{
    QueryText text;
    const bool is_any = !type || *type == "*";
    const bool is_prefix = !is_any && type->ends_with(".*");
    const auto from = is_any      ? std::string{}
                      : is_prefix ? type->substr(0, type->size() - 1)
                                  : *type;
    const auto end = is_prefix ? end_of_prefix(from) : from;
    const auto add_end = [&] {
        if (is_prefix) text.add(" AND e.type < ?", std::string_view{end});
        else if (!is_any) text.add(" AND e.type <= ?", std::string_view{end});
    };
    text.add("WITH RECURSIVE step(type, source) AS ((SELECT e.type, e.source FROM events e"
             " WHERE e.tenant = ?",
             tenant)
        .add(" AND e.type >= ?", std::string_view{from});
    add_end();
    text.add(" ORDER BY e.type, e.source LIMIT 1) UNION ALL SELECT n.type, n.source FROM step,"
             " LATERAL (SELECT e.type, e.source FROM events e WHERE e.tenant = ?",
             tenant)
        .add(" AND (e.type, e.source) > (step.type, step.source)");
    add_end();
    text.add(" ORDER BY e.type, e.source LIMIT 1) n), kinds AS (SELECT * FROM step LIMIT ?)",
             kinds_max + 1)
        .add(" SELECT k.type, k.source, c.rows FROM (SELECT count(*) AS rows FROM kinds) c"
             " LEFT JOIN kinds k ON ");
    if (source) text.add("k.source = ?", std::string_view{*source});
    else text.add("true");
    const auto rows = co_await connection.ask(text.sql(), text.params());
    if (rows.integer(0, 2) > kinds_max) co_return std::nullopt;
    Kinds kinds;
    for (int row = 0; row < rows.size() && !rows.is_null(row, 0); ++row) {
        kinds.types.add(rows.bytes(row, 0));
        kinds.sources.add(rows.bytes(row, 1));
        kinds.source_names.emplace(rows.bytes(row, 1));
    }
    co_return kinds;
}

/// The events that a sender's id belongs to, one for each source at most.
awaitable<Array> find_by_external_id(Connection& connection, const EventQuery& query)
{
    std::set<std::string> sources;
    if (query.source) {
        sources.insert(*query.source);
    } else {
        auto kinds = co_await find_kinds(connection, query.tenant, std::nullopt, std::nullopt);
        if (kinds) sources = std::move(kinds->source_names);
    }
    Array keys{Type::bytes};
    for (const auto& source : sources) keys.add(dedupe_key(source, *query.external_id));
    const auto params = Params::of(query.tenant, std::move(keys));
    const auto rows = co_await connection.ask(sql::find_events_by_keys, params);
    Array events{Type::id};
    for (int row = 0; row < rows.size(); ++row) events.add(rows.id<EventId>(row, 0));
    co_return events;
}

/// What a list is narrowed by beside the query's own words.
struct Narrowed {
    std::optional<Array> ids;
    std::optional<Kinds> kinds;
    milliseconds slack = time_slack;
};

void add_kind(QueryText& text, const EventQuery& query)
{
    if (query.source) text.add(" AND e.source = ?", std::string_view{*query.source});
    if (!query.type || *query.type == "*") return;
    if (!query.type->ends_with(".*")) {
        text.add(" AND e.type = ?", std::string_view{*query.type});
        return;
    }
    text.add(" AND e.type >= ?", query.type->substr(0, query.type->size() - 1));
    text.add(" AND e.type < ?", end_of_prefix(*query.type));
}

/// Ids tell when an event came, and one that came earlier may be committed later, here or by
/// another hub. So those who follow go by transaction. A transaction that has not ended may still
/// write events; what is of it or of later ones waits until it has, and the order is final. A
/// cursor whose event is gone continues after the event that came before it.
void add_commit_order(QueryText& text, const EventQuery& query)
{
    text.add(" AND e.committed < pg_snapshot_xmin(pg_current_snapshot())");
    if (query.cursor)
        text.add(query.ascending ? " AND (e.committed, e.id) > (" : " AND (e.committed, e.id) < (")
            .add("coalesce((SELECT c.committed FROM events c WHERE c.tenant = ?", query.tenant)
            .add(" AND c.id <= ? ORDER BY c.id DESC LIMIT 1), '0'::xid8), ", *query.cursor)
            .add("?)", *query.cursor);
    text.add(query.ascending ? " ORDER BY e.committed, e.id"
                             : " ORDER BY e.committed DESC, e.id DESC");
}

QueryText write_query(const EventQuery& query, Narrowed narrowed)
{
    IdRange range;
    range.cut(query.since, query.until, narrowed.slack);
    const auto limit = std::int64_t{std::clamp(query.limit, 1U, list_limit_max)};
    const bool has_kinds = narrowed.kinds.has_value();
    QueryText text;
    // The newest of each kind, then the newest of all of them.
    if (has_kinds)
        text.add("SELECT e.* FROM unnest(?", std::move(narrowed.kinds->types))
            .add(", ?) AS x(type, source) CROSS JOIN LATERAL (",
                 std::move(narrowed.kinds->sources));
    text.add("SELECT ")
        .add(sql::event_columns)
        .add(" FROM events e WHERE e.tenant = ?", query.tenant);
    if (narrowed.ids) text.add(" AND e.id = ANY(?)", std::move(*narrowed.ids));
    // An event that was erased is still known by its id, but no longer shown under it.
    if (query.external_id) text.add(" AND e.external_id = ?", std::string_view{*query.external_id});
    if (has_kinds) text.add(" AND e.type = x.type AND e.source = x.source");
    else add_kind(text, query);
    if (query.subject) {
        text.add(" AND e.subject = ?", std::string_view{*query.subject});
        if (!query.subject->empty()) text.add(" AND e.subject <> ''");
    }
    if (query.since) text.add(" AND e.received_at >= ?", *query.since);
    if (query.until) text.add(" AND e.received_at < ?", *query.until);
    if (query.since) text.add(" AND e.id >= ?", range.first);
    if (query.until) text.add(" AND e.id < ?", range.end);
    if (query.by_commit) {
        add_commit_order(text, query);
        text.add(" LIMIT ?", limit);
        return text;
    }
    if (query.cursor) text.add(query.ascending ? " AND e.id > ?" : " AND e.id < ?", *query.cursor);
    const char* order = query.ascending ? " ORDER BY e.id LIMIT ?" : " ORDER BY e.id DESC LIMIT ?";
    text.add(order, limit);
    if (has_kinds) text.add(") e").add(order, limit);
    return text;
}

}  // namespace

awaitable<result<std::vector<EventRow>>> list_events(Connection& connection,
                                                     const EventQuery& query)
{
    Narrowed narrowed;
    if (query.external_id) narrowed.ids = co_await find_by_external_id(connection, query);
    const bool is_by_kind = (query.type && *query.type != "*") || query.source;
    if (is_by_kind && !query.by_commit && !query.subject && !query.external_id)
        narrowed.kinds = co_await find_kinds(connection, query.tenant, query.type, query.source);
    if (query.since || query.until) narrowed.slack = co_await find_slack(connection);
    const auto text = write_query(query, std::move(narrowed));
    const auto rows = co_await connection.ask(text.sql(), text.params());
    std::vector<EventRow> events;
    PageBytes bytes;
    for (int row = 0; row < rows.size(); ++row) {
        events.push_back({read_event(rows, row), read_payload_bytes(rows, row)});
        if (bytes.add(events.back())) break;
    }
    co_return events;
}

awaitable<milliseconds> find_slack(Connection& connection)
{
    const auto rows = co_await connection.ask(sql::time_disorder);
    co_return std::max(time_slack, milliseconds{rows.empty() ? 0 : rows.integer(0, 0)});
}

awaitable<result<EventPtr>> get_event(Connection& connection, TenantId tenant, EventId id)
{
    const auto params = Params::of(tenant, id);
    const auto rows = co_await connection.ask(sql::get_event, params);
    if (rows.empty()) co_return Error{errc::not_found, "There is no event " + id.to_string() + "."};
    co_return read_full_event(rows, 0);
}

}  // namespace katydid::store::postgres
