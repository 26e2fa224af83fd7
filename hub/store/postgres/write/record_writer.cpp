#include "hub/store/postgres/write/record_writer.hpp"

#include "hub/store/shared/encoding.hpp"
#include "hub/store/postgres/sql/records.sql.hpp"
#include "hub/store/postgres/sql/rejected.sql.hpp"

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
    Params key;
    key.add(record.tenant).add(record.kind).add(record.id).add(record.updated_at);
    Params named;
    named.add(record.tenant).add(record.kind).add(record.name).add(record.id);
    add_lock(session, "records", record.tenant);
    session.connection.add(sql::find_record_version, key);
    session.connection.add(sql::find_record_of_name, named);
    const auto answers = co_await session.connection.run();
    const auto stored = answers.at(1).empty() ? 0 : answers.at(1).integer(0, 0);
    if (record.version != 0 && stored != static_cast<std::int64_t>(record.version) - 1)
        co_return record_changed(record);
    if (!answers.at(2).empty()) co_return name_taken(record);
    Params params;
    params.add(record.tenant).add(record.kind).add(record.id).add(record.name).add(stored + 1);
    params.add(record.updated_at).add(record.json).add(record.expires_at);
    session.connection.add(sql::put_record, params);
    co_return result<void>{};
}

awaitable<result<void>> remove_record(Session& session, const RecordName& name)
{
    session.effects.has_settings = true;
    Params params;
    params.add(name.tenant).add(name.kind).add(name.id);
    const auto gone = co_await session.connection.ask(sql::delete_record, params);
    if (gone.affected() == 1) co_return result<void>{};
    co_return no_such_record(name.id);
}

awaitable<result<void>> write_rejected(Session& session, const RejectedOrder& order)
{
    const auto& rejected = order.rejected;
    const auto headers = encode_headers(rejected.headers);
    const std::string_view body = rejected.body ? std::string_view{*rejected.body}
                                                : std::string_view{};
    const auto bytes = headers.size() + body.size() + rejected.target.size();
    Params params;
    params.add(rejected.tenant).add(rejected.id).add(rejected.source).add(rejected.at);
    params.add(static_cast<std::int64_t>(bytes));
    params.add(static_cast<std::int64_t>(rejected.body_bytes)).add(rejected.reason);
    params.add(rejected.diagnosis).add(rejected.remote).add(rejected.method);
    params.add(rejected.target).add(headers).add(body).add(std::int64_t{rejected.verified});
    session.connection.add(sql::insert_rejected, params);
    Params bounds;
    bounds.add(rejected.tenant).add(std::int64_t{order.bounds.count_max});
    bounds.add(static_cast<std::int64_t>(order.bounds.bytes_max));
    session.connection.add(sql::trim_rejected, bounds);
    co_return result<void>{};
}

awaitable<result<void>> remove_rejected(Session& session, TenantId tenant, RejectedId id)
{
    Params params;
    params.add(tenant).add(id);
    const auto gone = co_await session.connection.ask(sql::delete_rejected, params);
    if (gone.affected() == 1) co_return result<void>{};
    co_return Error{errc::not_found, "There is no rejected webhook " + id.to_string() + "."};
}

}  // namespace katydid::store::postgres
