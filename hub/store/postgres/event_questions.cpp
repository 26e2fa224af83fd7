#include "hub/store/postgres/event_rows.hpp"
#include "hub/store/postgres/id_range.hpp"
#include "hub/store/postgres/query_text.hpp"
#include "hub/store/postgres/questions.hpp"

namespace katydid::store::postgres {
namespace {

constexpr std::uint32_t list_limit_max = 250;

/// The sources a tenant's events came from, stepping along the index.
awaitable<std::vector<std::string>> find_sources(Connection& connection, const TenantId& tenant)
{
    Params params;
    params.add(tenant);
    const auto rows = co_await connection.ask(
        "WITH RECURSIVE step(source) AS ("
        "(SELECT source FROM events WHERE tenant = $1 ORDER BY source LIMIT 1) UNION ALL"
        " SELECT (SELECT e.source FROM events e WHERE e.tenant = $1 AND e.source > step.source"
        "  ORDER BY e.source LIMIT 1) FROM step WHERE step.source IS NOT NULL)"
        " SELECT source FROM step WHERE source IS NOT NULL",
        params);
    std::vector<std::string> sources;
    for (int row = 0; row < rows.size(); ++row) sources.push_back(rows.text(row, 0));
    co_return sources;
}

/// The events that a sender's id belongs to, one for each source at most.
awaitable<Array> find_by_external_id(Connection& connection, const EventQuery& query)
{
    std::vector<std::string> sources;
    if (query.source) sources.push_back(*query.source);
    else sources = co_await find_sources(connection, query.tenant);
    Array keys{Type::bytes};
    for (const auto& source : sources) keys.add(dedupe_key(source, *query.external_id));
    Params params;
    params.add(query.tenant).add(std::move(keys));
    const auto rows = co_await connection.ask(
        "SELECT event FROM dedupe WHERE tenant = $1 AND key = ANY($2)", params);
    Array events{Type::id};
    for (int row = 0; row < rows.size(); ++row) events.add(rows.id<EventId>(row, 0));
    co_return events;
}

bool is_prefix(const std::optional<std::string>& type) { return type && type->ends_with(".*"); }

/// The types of a tenant's events that a pattern "prefix.*" fits, stepping along the index.
awaitable<Array> find_types(Connection& connection, const EventQuery& query)
{
    const auto prefix = query.type->substr(0, query.type->size() - 1);
    auto end = prefix;
    end.back() = '/';  // the character after '.'
    Params params;
    params.add(query.tenant).add(prefix).add(end);
    const auto rows = co_await connection.ask(
        "WITH RECURSIVE step(type) AS ("
        "(SELECT type FROM events WHERE tenant = $1 AND type >= $2 AND type < $3"
        "  ORDER BY type LIMIT 1) UNION ALL"
        " SELECT (SELECT e.type FROM events e WHERE e.tenant = $1 AND e.type > step.type"
        "  AND e.type < $3 ORDER BY e.type LIMIT 1) FROM step WHERE step.type IS NOT NULL)"
        " SELECT type FROM step WHERE type IS NOT NULL",
        params);
    Array types{Type::bytes};
    for (int row = 0; row < rows.size(); ++row) types.add(rows.bytes(row, 0));
    co_return types;
}

/// What a list is narrowed by beside the query's own words.
struct Narrowed {
    std::optional<Array> ids;
    std::optional<Array> types;
};

QueryText write_query(const EventQuery& query, Narrowed narrowed)
{
    IdRange range;
    range.cut(query.since, query.until);
    const auto limit = std::int64_t{std::clamp(query.limit, 1U, list_limit_max)};
    const bool has_types = narrowed.types.has_value();
    QueryText text;
    // The newest of each type, then the newest of all of them.
    if (has_types)
        text.add("SELECT e.* FROM unnest(?) AS x(type) CROSS JOIN LATERAL (",
                 std::move(*narrowed.types));
    text.add("SELECT ").add(event_columns).add(" FROM events e WHERE e.tenant = ?", query.tenant);
    if (narrowed.ids) text.add(" AND e.id = ANY(?)", std::move(*narrowed.ids));
    if (has_types) text.add(" AND e.type = x.type");
    else if (query.type && *query.type != "*")
        text.add(" AND e.type = ?", std::string_view{*query.type});
    if (query.source) text.add(" AND e.source = ?", std::string_view{*query.source});
    if (query.subject) {
        text.add(" AND e.subject = ?", std::string_view{*query.subject});
        if (!query.subject->empty()) text.add(" AND e.subject <> ''");
    }
    if (query.since) text.add(" AND e.received_at >= ?", *query.since);
    if (query.until) text.add(" AND e.received_at < ?", *query.until);
    if (query.since) text.add(" AND e.id >= ?", range.first);
    if (query.until) text.add(" AND e.id < ?", range.end);
    if (query.cursor) text.add(query.ascending ? " AND e.id > ?" : " AND e.id < ?", *query.cursor);
    const char* order = query.ascending ? " ORDER BY e.id LIMIT ?" : " ORDER BY e.id DESC LIMIT ?";
    text.add(order, limit);
    if (has_types) text.add(") e").add(order, limit);
    return text;
}

}  // namespace

awaitable<result<std::vector<EventRow>>> list_events(Connection& connection,
                                                     const EventQuery& query)
{
    Narrowed narrowed;
    if (query.external_id) narrowed.ids = co_await find_by_external_id(connection, query);
    if (is_prefix(query.type)) narrowed.types = co_await find_types(connection, query);
    const auto text = write_query(query, std::move(narrowed));
    const auto rows = co_await connection.ask(text.sql(), text.params());
    std::vector<EventRow> events;
    for (int row = 0; row < rows.size(); ++row)
        events.push_back({read_event(rows, row), read_payload_bytes(rows, row)});
    co_return events;
}

awaitable<result<EventPtr>> get_event(Connection& connection, TenantId tenant, EventId id)
{
    Params params;
    params.add(tenant).add(id);
    const auto rows = co_await connection.ask(std::string{"SELECT "} + event_columns
                                                  + payload_columns
                                                  + " FROM events e WHERE tenant = $1 AND id = $2",
                                              params);
    if (rows.empty()) co_return Error{errc::not_found, "There is no event " + id.to_string() + "."};
    co_return read_full_event(rows, 0);
}

}  // namespace katydid::store::postgres
