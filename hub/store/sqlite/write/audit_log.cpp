#include "hub/store/sqlite/write/audit_log.hpp"

#include "hub/store/shared/encoding.hpp"
#include "hub/store/sqlite/read/query_text.hpp"
#include "hub/store/shared/query_parts.hpp"
#include "hub/store/sqlite/sql/audit.sql.hpp"

namespace katydid::store::sqlite {
namespace {

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

}  // namespace

void write_audit(WriterState& state, const AuditEntry& entry)
{
    const auto tenant = state.interned.tenant(entry.tenant);
    auto last = state.connection.prepare(sql::last_audit_entry);
    last.with(tenant);
    const bool is_first = !last.step();
    const auto number = is_first ? 1 : last.integer(0) + 1;
    const std::string previous{is_first ? std::string_view{} : last.blob(1)};
    last.reset();
    const auto hash = chain_hash(entry, previous);
    auto add = state.connection.prepare(sql::insert_audit_entry);
    add.with(tenant, entry.at, entry.actor, entry.action, entry.object, entry.detail,
             Blob{previous}, Blob{hash}, number)
        .run();
}

result<std::vector<AuditRow>> list_audit(ReadSession& session, const AuditQuery& query)
{
    QueryText text;
    const auto& id = query.tenant.bytes();
    text.add(sql::list_audit_entries,
             std::string{reinterpret_cast<const char*>(id.data()), id.size()});
    add_conditions(text, query, "number");
    auto& list = session.prepare(text.sql());
    const ResetGuard guard{list};
    text.bind_to(list);
    std::vector<AuditRow> rows;
    while (list.step()) rows.push_back(read_row(list, query.tenant));
    return rows;
}

}  // namespace katydid::store::sqlite
