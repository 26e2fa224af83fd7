#include "hub/store/sqlite/write/record_writer.hpp"

#include "hub/store/shared/record_names.hpp"
#include "hub/store/sqlite/rows/rows.hpp"
#include "hub/store/sqlite/sql/records.sql.hpp"

namespace katydid::store::sqlite {

result<void> RecordWriter::put(const Record& record)
{
    const auto tenant = state_.interned.tenant(record.tenant);
    auto find = state_.connection.prepare(sql::find_record_version);
    find.bind(1, tenant).bind(2, record.kind).bind(3, record.id);
    find.bind(4, to_integer(record.updated_at));
    const auto stored = find.step() ? find.integer(0) : 0;
    find.reset();
    if (record.version != 0 && stored != static_cast<std::int64_t>(record.version) - 1)
        return record_changed(record);
    auto other = state_.connection.prepare(sql::find_record_of_name);
    other.bind(1, tenant).bind(2, record.kind).bind(3, record.name).bind(4, record.id);
    if (other.step()) return name_taken(record);
    other.reset();
    auto put = state_.connection.prepare(sql::put_record);
    put.bind(1, tenant).bind(2, record.kind).bind(3, record.id).bind(4, record.name);
    put.bind(5, stored + 1).bind(6, to_integer(record.updated_at)).bind(7, record.json);
    if (record.expires_at) put.bind(8, to_integer(*record.expires_at));
    else put.bind_null(8);
    put.run();
    return {};
}

result<void> RecordWriter::remove(const TenantId& tenant, const std::string& kind,
                                  const std::string& id)
{
    auto remove = state_.connection.prepare(sql::delete_record);
    remove.bind(1, state_.interned.tenant(tenant)).bind(2, kind).bind(3, id).run();
    if (state_.connection.changes() == 1) return {};
    return no_such_record(id);
}

}  // namespace katydid::store::sqlite
