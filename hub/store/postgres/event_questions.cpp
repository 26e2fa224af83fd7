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

void add_type(QueryText& text, const std::string& type)
{
    if (type == "*") return;
    if (!type.ends_with(".*")) {
        text.add(" AND e.type = ?", std::string_view{type});
        return;
    }
    const auto prefix = type.substr(0, type.size() - 1);
    auto end = prefix;
    end.back() = '/';  // the character after '.'
    text.add(" AND e.type >= ?", std::string_view{prefix});
    text.add(" AND e.type < ?", std::string_view{end});
}

QueryText write_query(const EventQuery& query, std::optional<Array> ids)
{
    IdRange range;
    range.cut(query.since, query.until);
    QueryText text;
    text.add("SELECT ").add(event_columns).add(" FROM events e WHERE e.tenant = ?", query.tenant);
    if (ids) text.add(" AND e.id = ANY(?)", std::move(*ids));
    if (query.type) add_type(text, *query.type);
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
    text.add(query.ascending ? " ORDER BY e.id LIMIT ?" : " ORDER BY e.id DESC LIMIT ?",
             std::int64_t{std::clamp(query.limit, 1U, list_limit_max)});
    return text;
}

}  // namespace

awaitable<result<std::vector<EventRow>>> list_events(Connection& connection,
                                                     const EventQuery& query)
{
    std::optional<Array> ids;
    if (query.external_id) ids = co_await find_by_external_id(connection, query);
    const auto text = write_query(query, std::move(ids));
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
