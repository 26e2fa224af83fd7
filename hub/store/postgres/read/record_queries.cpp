#include "hub/store/postgres/read/queries.hpp"
#include "hub/store/postgres/sql/records.sql.hpp"

namespace katydid::store::postgres {
namespace {

/// Of tenant, id, name, json, version, updated_at and expires_at.
Record read_record(const Rows& rows, int row, const std::string& kind)
{
    Record record;
    record.tenant = rows.id<TenantId>(row, 0);
    record.kind = kind;
    record.id = rows.text(row, 1);
    record.name = rows.text(row, 2);
    record.json = rows.text(row, 3);
    record.version = static_cast<std::uint64_t>(rows.integer(row, 4));
    record.updated_at = rows.time(row, 5);
    record.expires_at = rows.maybe_time(row, 6);
    return record;
}

}  // namespace

awaitable<result<std::vector<Record>>> list_records(Connection& connection, const std::string& kind)
{
    const auto params = Params::of(kind);
    const auto rows = co_await connection.ask(sql::list_records, params);
    std::vector<Record> records;
    for (int row = 0; row < rows.size(); ++row) records.push_back(read_record(rows, row, kind));
    co_return records;
}

awaitable<result<Record>> get_record(Connection& connection, const RecordName& name)
{
    const auto params = Params::of(name.tenant, name.kind, name.id);
    const auto rows = co_await connection.ask(sql::get_record, params);
    if (rows.empty()) co_return no_such_record(name.id);
    co_return read_record(rows, 0, name.kind);
}

}  // namespace katydid::store::postgres
