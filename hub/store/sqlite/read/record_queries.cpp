#include "hub/store/sqlite/read/queries.hpp"
#include "hub/store/sqlite/rows/rows.hpp"
#include "hub/store/sqlite/sql/records.sql.hpp"

namespace katydid::store::sqlite {
namespace {

/// Of tenant, id, name, json, version, updated_at and expires_at.
Record read_record(const Statement& row, const std::string& kind)
{
    Record record;
    record.tenant = row.id<TenantId>(0);
    record.kind = kind;
    record.id = row.text(1);
    record.name = row.text(2);
    record.json = row.text(3);
    record.version = static_cast<std::uint64_t>(row.integer(4));
    record.updated_at = to_timestamp(row.integer(5));
    if (!row.is_null(6)) record.expires_at = to_timestamp(row.integer(6));
    return record;
}

}  // namespace

std::vector<Record> read_records(Statement& list, const std::string& kind)
{
    std::vector<Record> records;
    while (list.step()) records.push_back(read_record(list, kind));
    return records;
}

result<std::vector<Record>> list_records(ReadSession& session, const std::string& kind)
{
    auto& list = session.prepare(sql::list_records);
    const ResetGuard guard{list};
    list.with(kind);
    return read_records(list, kind);
}

result<Record> get_record(ReadSession& session, const RecordName& name)
{
    auto& find = session.prepare(sql::get_record);
    const ResetGuard guard{find};
    if (!find.with(name.tenant, name.kind, name.id).step()) return no_such_record(name.id);
    return read_record(find, name.kind);
}

}  // namespace katydid::store::sqlite
