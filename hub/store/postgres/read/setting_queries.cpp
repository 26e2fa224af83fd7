#include "hub/store/shared/encoding.hpp"
#include "hub/store/postgres/write/commit_effects.hpp"
#include "hub/store/postgres/read/query_text.hpp"
#include "hub/store/postgres/read/queries.hpp"
#include "hub/store/spec_json.hpp"

namespace katydid::store::postgres {
namespace {

/// Rows with tenant, id, name, version and spec, as subscriptions and sources have them.
template <class Setting>
awaitable<result<std::vector<Setting>>> list_versioned(Connection& connection, std::string table)
{
    const Rows rows = co_await connection.ask("SELECT tenant, id, name, version, spec FROM " + table
                                              + " ORDER BY tenant, id");
    std::vector<Setting> settings;
    for (int row = 0; row < rows.size(); ++row) {
        auto& setting = settings.emplace_back();
        setting.tenant = rows.id<TenantId>(row, 0);
        setting.id = rows.id<decltype(setting.id)>(row, 1);
        setting.name = rows.text(row, 2);
        setting.version = static_cast<std::uint64_t>(rows.integer(row, 3));
        read_spec(rows.bytes(row, 4), setting);
    }
    co_return settings;
}

/// Of tenant, id, json, version, updated_at and expires_at.
Record read_record(const Rows& rows, int row, const std::string& kind)
{
    Record record;
    record.tenant = rows.id<TenantId>(row, 0);
    record.kind = kind;
    record.id = rows.text(row, 1);
    record.json = rows.text(row, 2);
    record.version = static_cast<std::uint64_t>(rows.integer(row, 3));
    record.updated_at = rows.time(row, 4);
    record.expires_at = rows.maybe_time(row, 5);
    return record;
}

constexpr const char* rejected_columns
    = "tenant, id, source, at, reason, diagnosis, remote, method, target, headers,"
      " body_bytes, verified";

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

awaitable<result<std::vector<Subscription>>> list_subscriptions(Connection& connection)
{
    return list_versioned<Subscription>(connection, "subscriptions");
}

awaitable<result<std::vector<Source>>> list_sources(Connection& connection)
{
    return list_versioned<Source>(connection, "sources");
}

awaitable<result<std::vector<SealedKey>>> list_keys(Connection& connection)
{
    const auto rows = co_await connection.ask(
        "SELECT tenant, id, owner, sealed, created_at, not_before, not_after FROM keys"
        " ORDER BY tenant, id");
    std::vector<SealedKey> keys;
    for (int row = 0; row < rows.size(); ++row) {
        auto& key = keys.emplace_back();
        key.tenant = rows.id<TenantId>(row, 0);
        key.id = rows.id<KeyId>(row, 1);
        key.owner = rows.text(row, 2);
        key.sealed = rows.text(row, 3);
        key.created_at = rows.time(row, 4);
        key.not_before = rows.maybe_time(row, 5);
        key.not_after = rows.maybe_time(row, 6);
    }
    co_return keys;
}

awaitable<result<std::vector<ApiKey>>> list_api_keys(Connection& connection)
{
    const auto rows = co_await connection.ask(
        "SELECT tenant, id, name, sha256, scopes, is_operator, created_at, expires_at, revoked_at"
        " FROM api_keys ORDER BY tenant, id");
    std::vector<ApiKey> keys;
    for (int row = 0; row < rows.size(); ++row) {
        auto& key = keys.emplace_back();
        key.tenant = rows.id<TenantId>(row, 0);
        key.id = rows.id<KeyId>(row, 1);
        key.name = rows.text(row, 2);
        key.sha256 = rows.text(row, 3);
        key.scopes = read_list_text(rows.bytes(row, 4));
        key.is_operator = rows.integer(row, 5) != 0;
        key.created_at = rows.time(row, 6);
        key.expires_at = rows.maybe_time(row, 7);
        key.revoked_at = rows.maybe_time(row, 8);
    }
    co_return keys;
}

awaitable<result<std::vector<Record>>> list_records(Connection& connection, const std::string& kind)
{
    Params params;
    params.add(kind);
    const auto rows = co_await connection.ask(
        "SELECT tenant, id, json, version, updated_at, expires_at FROM records WHERE kind = $1"
        " ORDER BY tenant, id",
        params);
    std::vector<Record> records;
    for (int row = 0; row < rows.size(); ++row) records.push_back(read_record(rows, row, kind));
    co_return records;
}

awaitable<result<Record>> get_record(Connection& connection, const RecordName& name)
{
    Params params;
    params.add(name.tenant).add(name.kind).add(name.id);
    const auto rows = co_await connection.ask(
        "SELECT tenant, id, json, version, updated_at, expires_at FROM records"
        " WHERE tenant = $1 AND kind = $2 AND id = $3",
        params);
    if (rows.empty()) co_return Error{errc::not_found, "There is no \"" + name.id + "\"."};
    co_return read_record(rows, 0, name.kind);
}

awaitable<result<std::vector<Rejected>>> list_rejected(Connection& connection,
                                                       const RejectedQuery& query)
{
    QueryText text;
    text.add("SELECT ").add(rejected_columns);
    text.add(" FROM rejected WHERE tenant = ?", query.tenant);
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
    const auto rows = co_await connection.ask(
        std::string{"SELECT "} + rejected_columns
            + ", body FROM rejected WHERE tenant = $1 AND id = $2",
        params);
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
    text.add("SELECT what, sum(rows)::bigint FROM counters");
    if (tenant) text.add(" WHERE tenant = ?", *tenant);
    text.add(" GROUP BY what");
    connection.add(text.sql(), text.params());
    connection.add("SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class"
                   " WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace");
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
