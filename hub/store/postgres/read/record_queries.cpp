#include "hub/store/shared/encoding.hpp"
#include "hub/store/postgres/write/commit_effects.hpp"
#include "hub/store/postgres/read/query_text.hpp"
#include "hub/store/postgres/read/queries.hpp"
#include "hub/store/postgres/sql/counts.sql.hpp"
#include "hub/store/postgres/sql/records.sql.hpp"
#include "hub/store/postgres/sql/rejected.sql.hpp"

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

Rejected read_rejected(const Rows& rows, int row)
{
    Rejected rejected;
    rejected.tenant = rows.id<TenantId>(row, 0);
    rejected.id = rows.id<RejectedId>(row, 1);
    rejected.source = rows.id<SourceId>(row, 2);
    rejected.at = rows.time(row, 3);
    rejected.reason = rows.text(row, 4);
    rejected.diagnosis = rows.text(row, 5);
    rejected.remote = rows.text(row, 6);
    rejected.method = rows.text(row, 7);
    rejected.target = rows.text(row, 8);
    rejected.headers = decode_headers(rows.bytes(row, 9));
    rejected.body_bytes = static_cast<std::uint64_t>(rows.integer(row, 10));
    rejected.verified = rows.integer(row, 11) != 0;
    return rejected;
}

}  // namespace

awaitable<result<std::vector<Record>>> list_records(Connection& connection, const std::string& kind)
{
    Params params;
    params.add(kind);
    const auto rows = co_await connection.ask(sql::list_records, params);
    std::vector<Record> records;
    for (int row = 0; row < rows.size(); ++row) records.push_back(read_record(rows, row, kind));
    co_return records;
}

awaitable<result<Record>> get_record(Connection& connection, const RecordName& name)
{
    Params params;
    params.add(name.tenant).add(name.kind).add(name.id);
    const auto rows = co_await connection.ask(sql::get_record, params);
    if (rows.empty()) co_return no_such_record(name.id);
    co_return read_record(rows, 0, name.kind);
}

awaitable<result<std::vector<Rejected>>> list_rejected(Connection& connection,
                                                       const RejectedQuery& query)
{
    QueryText text;
    text.add(sql::list_rejected, query.tenant);
    if (query.source) text.add(" AND source = ?", *query.source);
    if (query.cursor) text.add(" AND id < ?", *query.cursor);
    text.add(" ORDER BY id DESC LIMIT ?",
             std::int64_t{std::clamp(query.limit, 1U, list_limit_max)});
    const auto rows = co_await connection.ask(text.sql(), text.params());
    std::vector<Rejected> found;
    for (int row = 0; row < rows.size(); ++row) found.push_back(read_rejected(rows, row));
    co_return found;
}

awaitable<result<Rejected>> get_rejected(Connection& connection, TenantId tenant, RejectedId id)
{
    Params params;
    params.add(tenant).add(id);
    const auto rows = co_await connection.ask(sql::get_rejected, params);
    if (rows.empty())
        co_return Error{errc::not_found, "There is no rejected webhook " + id.to_string()
                                             + ". It may have made room for newer ones."};
    auto rejected = read_rejected(rows, 0);
    rejected.body = std::make_shared<const std::string>(rows.bytes(0, 12));
    co_return rejected;
}

awaitable<result<Stats>> count(Connection& connection, std::optional<TenantId> tenant)
{
    QueryText text;
    text.add(sql::count_rows);
    if (tenant) text.add(" WHERE tenant = ?", *tenant);
    text.add(" GROUP BY what");
    connection.add(text.sql(), text.params());
    connection.add(sql::bytes_on_disk);
    const auto answers = co_await connection.run();
    Stats stats;
    for (int row = 0; row < answers.at(0).size(); ++row) {
        const auto what = answers.at(0).integer(row, 0);
        const auto rows = static_cast<std::uint64_t>(answers.at(0).integer(row, 1));
        if (what == Counters::events) stats.events = rows;
        else if (what >= 0 && what < 6) stats.deliveries_by_state[what] = rows;
    }
    stats.bytes_on_disk = static_cast<std::uint64_t>(answers.at(1).integer(0, 0));
    co_return stats;
}

}  // namespace katydid::store::postgres
