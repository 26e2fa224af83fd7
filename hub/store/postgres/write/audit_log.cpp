#include "hub/store/postgres/write/audit_log.hpp"

#include "hub/store/shared/encoding.hpp"
#include "hub/store/postgres/read/query_text.hpp"
#include "hub/store/shared/query_parts.hpp"
#include "hub/store/postgres/write/record_writer.hpp"
#include "hub/store/postgres/sql/audit.sql.hpp"

namespace katydid::store::postgres {
namespace {

AuditRow read_row(const Rows& rows, int row, const TenantId& tenant)
{
    AuditRow audit;
    audit.number = static_cast<std::uint64_t>(rows.integer(row, 0));
    audit.entry.tenant = tenant;
    audit.entry.at = rows.time(row, 1);
    audit.entry.actor = rows.text(row, 2);
    audit.entry.action = rows.text(row, 3);
    audit.entry.object = rows.text(row, 4);
    audit.entry.detail = rows.text(row, 5);
    audit.previous_hash = rows.text(row, 6);
    audit.hash = rows.text(row, 7);
    return audit;
}

}  // namespace

awaitable<result<void>> write_audit(Session& session, const AuditEntry& entry)
{
    const auto tenant = Params::of(entry.tenant);
    add_lock(session, "audit", entry.tenant);
    session.connection.add(sql::last_audit_entry, tenant);
    const auto answers = co_await session.connection.run();
    const auto& last = answers.at(1);
    const auto previous = last.empty() ? std::string{} : last.text(0, 1);
    const auto hash = chain_hash(entry, previous);
    const auto params = Params::of(
        entry.tenant, last.empty() ? 1 : last.integer(0, 0) + 1, entry.at, entry.actor,
        entry.action, entry.object, entry.detail, previous,
        std::string_view{reinterpret_cast<const char*>(hash.data()), hash.size()});
    session.connection.add(sql::insert_audit_entry, params);
    co_return result<void>{};
}

awaitable<result<std::vector<AuditRow>>> list_audit(Connection& connection, const AuditQuery& query)
{
    QueryText text;
    text.add(sql::list_audit_entries, query.tenant);
    add_conditions(text, query, "seq");
    const auto found = co_await connection.ask(text.sql(), text.params());
    std::vector<AuditRow> rows;
    for (int row = 0; row < found.size(); ++row) rows.push_back(read_row(found, row, query.tenant));
    co_return rows;
}

}  // namespace katydid::store::postgres
