#include "hub/store/postgres/write/settings_writer.hpp"

#include "hub/store/shared/encoding.hpp"
#include "hub/store/spec_json.hpp"

namespace katydid::store::postgres {
namespace {

struct Versioned {
    std::string table;
    std::string noun;
    TenantId tenant;
    IdBytes id;
    std::string name;
    std::uint64_t version;
    std::string spec;
};

awaitable<result<void>> put_versioned(Session& session, Versioned row)
{
    Params key;
    key.add(row.tenant).add(row.id);
    Params named;
    named.add(row.tenant).add(row.name).add(row.id);
    add_lock(session, row.table, row.tenant);
    session.connection.add("SELECT version FROM " + row.table + " WHERE tenant = $1 AND id = $2",
                           key);
    session.connection.add(
        "SELECT 1 FROM " + row.table + " WHERE tenant = $1 AND name = $2 AND id <> $3", named);
    session.effects.has_settings = true;
    const auto answers = co_await session.connection.run();
    const auto stored = answers.at(1).empty() ? 0 : answers.at(1).integer(0, 0);
    if (stored != static_cast<std::int64_t>(row.version) - 1)
        co_return Error{errc::conflict, "The " + row.noun
                                            + " was changed by somebody else. Read it again, then"
                                              " repeat the change."};
    if (!answers.at(2).empty())
        co_return Error{errc::conflict, "There is a " + row.noun + " named \"" + row.name
                                            + "\" already. Choose another name."};
    Params params;
    params.add(row.tenant).add(row.id).add(static_cast<std::int64_t>(row.version));
    params.add(row.name).add(row.spec);
    session.connection.add("INSERT INTO " + row.table
                               + "(tenant, id, version, name, spec) VALUES($1, $2, $3, $4, $5)"
                                 " ON CONFLICT (tenant, id) DO UPDATE SET version = $3, name = $4,"
                                 " spec = $5",
                           params);
    co_return result<void>{};
}

}  // namespace

void add_lock(Session& session, const std::string& what, const TenantId& tenant)
{
    Params params;
    params.add_text(what + tenant.to_string());
    session.connection.add("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", params);
}

awaitable<result<void>> put_setting(Session& session, const Subscription& subscription)
{
    Versioned row{"subscriptions",         "subscription",    subscription.tenant,
                  subscription.id.bytes(), subscription.name, subscription.version,
                  to_spec(subscription)};
    return put_versioned(session, std::move(row));
}

awaitable<result<void>> put_setting(Session& session, const Source& source)
{
    Versioned row{"sources",   "source",       source.tenant,  source.id.bytes(),
                  source.name, source.version, to_spec(source)};
    return put_versioned(session, std::move(row));
}

awaitable<result<void>> put_setting(Session& session, const SealedKey& key)
{
    session.effects.has_settings = true;
    Params params;
    params.add(key.tenant).add(key.id).add(key.owner).add(key.sealed).add(key.created_at);
    params.add(key.not_before).add(key.not_after);
    session.connection.add(
        "INSERT INTO keys(tenant, id, owner, sealed, created_at, not_before, not_after)"
        " VALUES($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant, id) DO UPDATE SET owner = $3,"
        " sealed = $4, created_at = $5, not_before = $6, not_after = $7",
        params);
    co_return result<void>{};
}

awaitable<result<void>> put_setting(Session& session, const ApiKey& key)
{
    session.effects.has_settings = true;
    Params params;
    params.add(key.tenant).add(key.id).add(key.name).add(key.sha256);
    params.add(to_list_text(key.scopes)).add(std::int64_t{key.is_operator ? 1 : 0});
    params.add(key.created_at).add(key.expires_at).add(key.revoked_at);
    session.connection.add(
        "INSERT INTO api_keys(tenant, id, name, sha256, scopes, is_operator, created_at,"
        " expires_at, revoked_at) VALUES($1, $2, $3, $4, $5, $6 <> 0, $7, $8, $9)"
        " ON CONFLICT (tenant, id) DO UPDATE SET name = $3, sha256 = $4, scopes = $5,"
        " is_operator = $6 <> 0, created_at = $7, expires_at = $8, revoked_at = $9",
        params);
    co_return result<void>{};
}

awaitable<result<void>> put_setting(Session& session, const Record& record)
{
    if (record.is_setting) session.effects.has_settings = true;
    Params key;
    key.add(record.tenant).add(record.kind).add(record.id).add(record.updated_at);
    add_lock(session, "records", record.tenant);
    session.connection.add("SELECT version FROM records WHERE tenant = $1 AND kind = $2 AND id = $3"
                           " AND (expires_at IS NULL OR expires_at > $4)",
                           key);
    const auto answers = co_await session.connection.run();
    const auto stored = answers.at(1).empty() ? 0 : answers.at(1).integer(0, 0);
    const auto version = static_cast<std::int64_t>(record.version);
    if (version != 0 && stored != version - 1)
        co_return Error{errc::conflict, "\"" + record.id
                                            + "\" was changed by somebody else. Read it again, then"
                                              " repeat the change."};
    Params params;
    params.add(record.tenant).add(record.kind).add(record.id).add(stored + 1);
    params.add(record.updated_at).add(record.json).add(record.expires_at);
    session.connection.add("INSERT INTO records(tenant, kind, id, version, updated_at, json,"
                           " expires_at) VALUES($1, $2, $3, $4, $5, $6, $7)"
                           " ON CONFLICT (tenant, kind, id) DO UPDATE SET version = $4,"
                           " updated_at = $5, json = $6, expires_at = $7",
                           params);
    co_return result<void>{};
}

awaitable<result<void>> remove_setting(Session& session, const Removal& removal)
{
    session.effects.has_settings = true;
    Params params;
    params.add(removal.tenant).add(removal.id);
    const auto gone = co_await session.connection.ask(
        std::string{"DELETE FROM "} + removal.table + " WHERE tenant = $1 AND id = $2", params);
    if (gone.affected() == 1) co_return result<void>{};
    co_return Error{errc::not_found, removal.sentence};
}

awaitable<result<void>> remove_record(Session& session, const RecordRemoval& removal)
{
    session.effects.has_settings = true;
    Params params;
    params.add(removal.tenant).add(removal.kind).add(removal.id);
    const auto gone = co_await session.connection.ask(
        "DELETE FROM records WHERE tenant = $1 AND kind = $2 AND id = $3", params);
    if (gone.affected() == 1) co_return result<void>{};
    co_return Error{errc::not_found, "There is no \"" + removal.id + "\"."};
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
    session.connection.add("INSERT INTO rejected(tenant, id, source, at, bytes, body_bytes, reason,"
                           " diagnosis, remote, method, target, headers, body, verified)"
                           " VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
                           params);
    Params bounds;
    bounds.add(rejected.tenant).add(std::int64_t{order.bounds.count_max});
    bounds.add(static_cast<std::int64_t>(order.bounds.bytes_max));
    // What stays: verified ones before others, and of each source as much as of the others, so that
    // a flood at one takes nothing from another. A row's share is how full the tenant's bounds would be
    // with it and all newer ones of its source.
    session.connection.add(
        "DELETE FROM rejected WHERE tenant = $1 AND id IN (SELECT id FROM (SELECT id,"
        " row_number() OVER kept AS place, sum(bytes) OVER kept AS total FROM (SELECT id, bytes,"
        " verified, greatest(1.0 * row_number() OVER own / $2, 1.0 * sum(bytes) OVER own / $3)"
        " AS share FROM rejected WHERE tenant = $1"
        " WINDOW own AS (PARTITION BY verified, source ORDER BY id DESC)) s"
        " WINDOW kept AS (ORDER BY verified DESC, share, id DESC)) x"
        " WHERE place > $2 OR total > $3)",
        bounds);
    co_return result<void>{};
}

}  // namespace katydid::store::postgres
