#include "hub/store/sqlite/read/queries.hpp"

#include "hub/store/sqlite/read/event_kinds.hpp"
#include "hub/store/shared/query_parts.hpp"
#include "hub/store/sqlite/read/query_text.hpp"
#include "hub/store/sqlite/rows/rows.hpp"
#include "hub/store/sqlite/rows/seq_range.hpp"
#include "hub/store/sqlite/sql/queries.sql.hpp"
#include "hub/store/sqlite/sql/rows.sql.hpp"

#include <set>

namespace katydid::store::sqlite {
namespace {

std::uint32_t rows_wanted(const EventQuery& query)
{
    return std::clamp(query.limit, 1U, list_limit_max);
}

/// The number that a statement's one value leads to; nullopt when there is no such row.
std::optional<std::int64_t> find_number(ReadSession& session, const QueryText& text)
{
    auto& statement = session.prepare(text.sql());
    text.bind_to(statement);
    const ResetGuard guard{statement};
    if (!statement.step()) return std::nullopt;
    return statement.integer(0);
}

template <class IdType>
std::string bytes_of(const IdType& id)
{
    return {reinterpret_cast<const char*>(id.bytes().data()), id.bytes().size()};
}

/// Where a list continues after its cursor. A cursor whose event is gone continues at its place.
void cut_at_cursor(ReadSession& session, std::int64_t tenant, const EventQuery& query,
                   SeqRange& range)
{
    const auto cursor = bytes_of(*query.cursor);
    auto seq = find_number(session, QueryText{}
                                        .add("SELECT seq FROM events WHERE tenant = ?", tenant)
                                        .add(" AND id = CAST(? AS BLOB)", cursor));
    if (seq) return range.cut(*seq, query.ascending);
    seq = find_number(session,
                      QueryText{}
                          .add("SELECT seq FROM events WHERE tenant = ?", tenant)
                          .add(" AND id < CAST(? AS BLOB) ORDER BY id DESC LIMIT 1", cursor));
    if (query.ascending) range.first = std::max(range.first, seq.value_or(0) + 1);
    else range.last = std::min(range.last, seq.value_or(0));
}

/// The event that a sender's id belongs to, for each source that is asked for.
std::vector<std::string> find_by_external_id(ReadSession& session, std::int64_t tenant,
                                             const EventQuery& query)
{
    std::set<std::string> sources;
    if (query.source) {
        sources.insert(*query.source);
    } else if (const auto kinds = find_kinds(session, tenant, std::nullopt, std::nullopt)) {
        for (const auto& kind : *kinds) sources.insert(kind.source_name);
    }
    std::vector<std::string> events;
    auto& find = session.prepare(sql::find_event_by_key);
    for (const auto& source : sources) {
        const auto key = dedupe_key(source, *query.external_id);
        const ResetGuard guard{find};
        find.with(tenant, Blob{key});
        if (find.step()) events.emplace_back(find.blob(0));
    }
    return events;
}

/// Which index leads to the rows in order of acceptance.
const char* choose_index(const EventQuery& query)
{
    if (query.external_id) return "events_by_id";
    if (query.subject && !query.subject->empty()) return "events_by_subject";
    return "events_by_tenant";
}

void add_type(QueryText& text, const std::string& type)
{
    if (type == "*") return;
    if (!type.ends_with(".*")) {
        text.add(" AND e.type = (SELECT no FROM names WHERE text = ?)", type);
        return;
    }
    text.add(" AND e.type IN (SELECT no FROM names WHERE text >= ?",
             type.substr(0, type.size() - 1));
    text.add(" AND text < ?)", end_of_prefix(type));
}

void add_conditions(QueryText& text, const EventQuery& query, const SeqRange& range)
{
    if (query.type) add_type(text, *query.type);
    if (query.source)
        text.add(" AND e.source = (SELECT no FROM names WHERE text = ?)", *query.source);
    if (query.subject) {
        text.add(" AND e.subject = ?", *query.subject);
        if (!query.subject->empty()) text.add(" AND e.subject <> ''");
    }
    if (query.since) text.add(" AND e.received_at >= ?", *query.since);
    if (query.until) text.add(" AND e.received_at < ?", *query.until);
    if (range.first > 0) text.add(" AND e.seq >= ?", range.first);
    if (range.last < std::numeric_limits<std::int64_t>::max())
        text.add(" AND e.seq <= ?", range.last);
}

std::vector<EventRow> scan(ReadSession& session, std::int64_t tenant, const EventQuery& query,
                           const SeqRange& range)
{
    QueryText text;
    text.add("SELECT ").add(sql::event_columns).add(" FROM events e INDEXED BY ");
    text.add(choose_index(query)).add(" ").add(sql::event_joins);
    text.add(" WHERE e.tenant = ?", tenant);
    if (query.external_id) {
        text.add(" AND e.id IN (x''");
        for (auto& id : find_by_external_id(session, tenant, query))
            text.add(", CAST(? AS BLOB)", std::move(id));
        // One that was erased is still known by its id, but no longer shown under it.
        text.add(") AND e.external_id = ?", *query.external_id);
    }
    add_conditions(text, query, range);
    text.add(query.ascending ? " ORDER BY e.seq LIMIT ?" : " ORDER BY e.seq DESC LIMIT ?",
             std::int64_t{rows_wanted(query)});

    auto& statement = session.prepare(text.sql());
    const ResetGuard guard{statement};
    text.bind_to(statement);
    std::vector<EventRow> rows;
    PageBytes bytes;
    while (statement.step()) {
        rows.push_back({read_event(statement, 0), read_payload_bytes(statement, 0)});
        if (bytes.add(rows.back())) break;
    }
    return rows;
}

std::vector<EventRow> merge(ReadSession& session, KindMerge kinds, const EventQuery& query)
{
    auto& find = session.prepare(sql::load_event);
    std::vector<EventRow> rows;
    PageBytes bytes;
    while (rows.size() < rows_wanted(query)) {
        const auto seq = kinds.next();
        if (!seq) break;
        const ResetGuard guard{find};
        if (!find.with(*seq).step()) continue;
        EventRow row{read_event(find, 0), read_payload_bytes(find, 0)};
        const auto at = row.event.received_at;
        if ((query.since && at < *query.since) || (query.until && at >= *query.until)) continue;
        rows.push_back(std::move(row));
        if (bytes.add(rows.back())) break;
    }
    return rows;
}

}  // namespace

result<std::vector<EventRow>> list_events(ReadSession& session, const EventQuery& query)
{
    const auto tenant = find_number(
        session, QueryText{}.add("SELECT no FROM tenants WHERE id = CAST(? AS BLOB)",
                                 bytes_of(query.tenant)));
    if (!tenant) return std::vector<EventRow>{};
    auto range = find_range(session, {"events", "received_at"}, query.since, query.until);
    if (query.cursor) cut_at_cursor(session, *tenant, query, range);

    const bool is_by_kind = (query.type && *query.type != "*") || query.source;
    if (is_by_kind && !query.subject && !query.external_id) {
        auto kinds = find_kinds(session, *tenant, query.type, query.source);
        if (kinds)
            return merge(session, {session, *tenant, std::move(*kinds), range, query.ascending},
                         query);
    }
    return scan(session, *tenant, query, range);
}

result<EventPtr> get_event(ReadSession& session, const TenantId& tenant, const EventId& id)
{
    auto& find = session.prepare(sql::get_event);
    const ResetGuard guard{find};
    find.with(tenant, id);
    if (!find.step()) return Error{errc::not_found, "There is no event " + id.to_string() + "."};
    return read_full_event(find, 0);
}

}  // namespace katydid::store::sqlite
