#include "hub/store/sqlite/write/record_writer.hpp"

#include "hub/store/shared/record_names.hpp"
#include "hub/store/sqlite/rows/rows.hpp"
#include "hub/store/sqlite/sql/records.sql.hpp"

namespace katydid::store::sqlite {

result<void> RecordWriter::put(const Record& record)
{
    const auto tenant = state_.interned.tenant(record.tenant);
    auto find = state_.connection.prepare(sql::find_record_version);
    find.with(tenant, record.kind, record.id, record.updated_at);
    const auto stored = find.step() ? find.integer(0) : 0;
    find.reset();
    if (record.version != 0 && stored != static_cast<std::int64_t>(record.version) - 1)
        return record_changed(record);
    auto other = state_.connection.prepare(sql::find_record_of_name);
    other.with(tenant, record.kind, record.name, record.id);
    if (other.step()) return name_taken(record);
    other.reset();
    state_.connection.prepare(sql::put_record)
        .with(tenant, record.kind, record.id, record.name, stored + 1, record.updated_at,
              record.json, record.expires_at)
        .run();
    return {};
}

result<void> RecordWriter::remove(const TenantId& tenant, const std::string& kind,
                                  const std::string& id)
{
    auto remove = state_.connection.prepare(sql::delete_record);
    remove.with(state_.interned.tenant(tenant), kind, id).run();
    if (state_.connection.changes() == 1) return {};
    return no_such_record(id);
}

}  // namespace katydid::store::sqlite
