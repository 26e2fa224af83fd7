#include "hub/store/postgres/write/record_writer.hpp"

#include "hub/store/postgres/sql/records.sql.hpp"

namespace katydid::store::postgres {

void add_lock(Session& session, const std::string& what, const TenantId& tenant)
{
    Params params;
    params.add_text(what + tenant.to_string());
    session.connection.add(sql::lock_name, params);
}

awaitable<result<void>> put_record(Session& session, const Record& record)
{
    if (record.is_setting) session.effects.has_settings = true;
    const auto key = Params::of(record.tenant, record.kind, record.id, record.updated_at);
    const auto named = Params::of(record.tenant, record.kind, record.name, record.id);
    add_lock(session, "records", record.tenant);
    session.connection.add(sql::find_record_version, key);
    session.connection.add(sql::find_record_of_name, named);
    const auto answers = co_await session.connection.run();
    const auto stored = answers.at(1).empty() ? 0 : answers.at(1).integer(0, 0);
    if (record.version != 0 && stored != static_cast<std::int64_t>(record.version) - 1)
        co_return record_changed(record);
    if (!answers.at(2).empty()) co_return name_taken(record);
    const auto params = Params::of(record.tenant, record.kind, record.id, record.name, stored + 1,
                                   record.updated_at, record.json, record.expires_at);
    session.connection.add(sql::put_record, params);
    co_return result<void>{};
}

awaitable<result<void>> remove_record(Session& session, const RecordName& name)
{
    session.effects.has_settings = true;
    const auto params = Params::of(name.tenant, name.kind, name.id);
    const auto gone = co_await session.connection.ask(sql::delete_record, params);
    if (gone.affected() == 1) co_return result<void>{};
    co_return no_such_record(name.id);
}

}  // namespace katydid::store::postgres
