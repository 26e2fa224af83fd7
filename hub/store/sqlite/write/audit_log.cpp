#include "hub/store/sqlite/write/audit_log.hpp"

#include "hub/store/shared/encoding.hpp"
#include "hub/store/sqlite/read/query_text.hpp"

namespace katydid::store::sqlite {
namespace {

constexpr const char* columns = "a.number, a.at, a.actor, a.action, a.object, a.detail,"
                                " a.previous_hash, a.hash";

AuditRow read_row(const Statement& row, const TenantId& tenant)
{
    AuditRow audit;
    audit.number = static_cast<std::uint64_t>(row.integer(0));
    audit.entry.tenant = tenant;
    audit.entry.at = to_timestamp(row.integer(1));
    audit.entry.actor = row.text(2);
    audit.entry.action = row.text(3);
    audit.entry.object = row.text(4);
    audit.entry.detail = row.text(5);
    audit.previous_hash = row.blob(6);
    audit.hash = row.blob(7);
    return audit;
}

void add_conditions(QueryText& text, const AuditQuery& query)
{
    if (query.action && query.action->ends_with(".*")) {
        auto from = query.action->substr(0, query.action->size() - 1);
        auto end = from;
        end.back() = '/';  // the character after '.'
        text.add(" AND a.action >= ?", std::move(from)).add(" AND a.action < ?", std::move(end));
    } else if (query.action) {
        text.add(" AND a.action = ?", *query.action);
    }
    if (query.actor) text.add(" AND a.actor = ?", *query.actor);
    if (query.object) text.add(" AND a.object = ?", *query.object);
    if (query.since) text.add(" AND a.at >= ?", to_integer(*query.since));
    if (query.until) text.add(" AND a.at < ?", to_integer(*query.until));
    if (query.cursor)
        text.add(query.ascending ? " AND a.number > ?" : " AND a.number < ?",
                 static_cast<std::int64_t>(*query.cursor));
}

}  // namespace

void write_audit(WriterState& state, const AuditEntry& entry)
{
    const auto tenant = state.interned.tenant(entry.tenant);
    auto last = state.connection.prepare(
        "SELECT number, hash FROM audit WHERE tenant = ?1 ORDER BY number DESC LIMIT 1");
    last.bind(1, tenant);
    const bool is_first = !last.step();
    const auto number = is_first ? 1 : last.integer(0) + 1;
    const std::string previous{is_first ? std::string_view{} : last.blob(1)};
    last.reset();
    const auto hash = chain_hash(entry, previous);
    auto add = state.connection.prepare(
        "INSERT INTO audit(tenant, at, actor, action, object, detail, previous_hash, hash, number)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
    add.bind(1, tenant).bind(2, to_integer(entry.at));
    add.bind(3, entry.actor).bind(4, entry.action).bind(5, entry.object).bind(6, entry.detail);
    add.bind_blob(7, previous.data(), previous.size());
    add.bind_blob(8, hash.data(), hash.size()).bind(9, number).run();
}

result<std::vector<AuditRow>> list_audit(ReadSession& session, const AuditQuery& query)
{
    QueryText text;
    const auto& id = query.tenant.bytes();
    text.add("SELECT ").add(columns).add(" FROM audit a INDEXED BY audit_by_number");
    text.add(" WHERE a.tenant = (SELECT no FROM tenants WHERE id = CAST(? AS BLOB))",
             std::string{reinterpret_cast<const char*>(id.data()), id.size()});
    add_conditions(text, query);
    text.add(query.ascending ? " ORDER BY a.number LIMIT ?" : " ORDER BY a.number DESC LIMIT ?",
             std::int64_t{std::clamp(query.limit, 1U, list_limit_max)});
    auto& list = session.prepare(text.sql());
    const ResetGuard guard{list};
    text.bind_to(list);
    std::vector<AuditRow> rows;
    while (list.step()) rows.push_back(read_row(list, query.tenant));
    return rows;
}

}  // namespace katydid::store::sqlite
