#include "hub/store/sqlite/write/settings_writer.hpp"

#include "hub/store/sqlite/rows/rows.hpp"
#include "hub/store/spec_json.hpp"

namespace katydid::store::sqlite {
namespace {

Statement& bind_time(Statement& statement, int index, const std::optional<Timestamp>& time)
{
    return time ? statement.bind(index, to_integer(*time)) : statement.bind_null(index);
}

}  // namespace

result<void> SettingsWriter::put_versioned(const Versioned& row)
{
    const auto tenant = state_.interned.tenant(row.tenant);
    const std::string table{row.table};
    auto find = state_.connection.prepare("SELECT version FROM " + table
                                          + " WHERE tenant = ?1 AND id = ?2");
    find.bind(1, tenant).bind_blob(2, row.id.data(), row.id.size());
    const auto stored = find.step() ? find.integer(0) : 0;
    if (stored != static_cast<std::int64_t>(row.version) - 1)
        return Error{errc::conflict, std::string{"The "} + row.noun
                                         + " was changed by somebody else. Read it again, then"
                                           " repeat the change."};
    find.reset();
    auto other = state_.connection.prepare("SELECT 1 FROM " + table
                                           + " WHERE tenant = ?1 AND name = ?2 AND id <> ?3");
    other.bind(1, tenant).bind(2, row.name).bind_blob(3, row.id.data(), row.id.size());
    if (other.step())
        return Error{errc::conflict, std::string{"There is a "} + row.noun + " named \"" + row.name
                                         + "\" already. Choose another name."};
    other.reset();
    auto put = state_.connection.prepare(
        "INSERT INTO " + table
        + "(tenant, id, name, version, spec) VALUES(?1, ?2, ?3, ?4, ?5)"
          " ON CONFLICT(tenant, id) DO UPDATE SET name = ?3, version = ?4, spec = ?5");
    put.bind(1, tenant).bind_blob(2, row.id.data(), row.id.size()).bind(3, row.name);
    put.bind(4, static_cast<std::int64_t>(row.version)).bind(5, row.spec).run();
    return {};
}

result<void> SettingsWriter::put(const Subscription& subscription)
{
    return put_versioned({"subscriptions", "subscription", subscription.tenant,
                          subscription.id.bytes(), subscription.name, subscription.version,
                          to_spec(subscription)});
}

result<void> SettingsWriter::put(const Source& source)
{
    return put_versioned({"sources", "source", source.tenant, source.id.bytes(), source.name,
                          source.version, to_spec(source)});
}

result<void> SettingsWriter::put(const SealedKey& key)
{
    auto put = state_.connection.prepare(
        "INSERT OR REPLACE INTO keys(tenant, id, owner, sealed, created_at, not_before, not_after)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    put.bind(1, state_.interned.tenant(key.tenant)).bind(2, key.id).bind(3, key.owner);
    put.bind_blob(4, key.sealed.data(), key.sealed.size()).bind(5, to_integer(key.created_at));
    bind_time(bind_time(put, 6, key.not_before), 7, key.not_after).run();
    return {};
}

result<void> SettingsWriter::put(const ApiKey& key)
{
    const auto scopes = to_list_text(key.scopes);
    auto put = state_.connection.prepare(
        "INSERT OR REPLACE INTO api_keys(tenant, id, name, sha256, scopes, is_operator, created_at,"
        " expires_at, revoked_at) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
    put.bind(1, state_.interned.tenant(key.tenant)).bind(2, key.id).bind(3, key.name);
    put.bind_blob(4, key.sha256.data(), key.sha256.size()).bind(5, scopes);
    put.bind(6, key.is_operator ? 1 : 0).bind(7, to_integer(key.created_at));
    bind_time(bind_time(put, 8, key.expires_at), 9, key.revoked_at).run();
    return {};
}

result<void> SettingsWriter::put(const Record& record)
{
    const auto tenant = state_.interned.tenant(record.tenant);
    auto find = state_.connection.prepare(
        "SELECT version FROM records WHERE tenant = ?1 AND kind = ?2 AND id = ?3"
        " AND (expires_at IS NULL OR expires_at > ?4)");
    find.bind(1, tenant).bind(2, record.kind).bind(3, record.id);
    find.bind(4, to_integer(record.updated_at));
    const auto stored = find.step() ? find.integer(0) : 0;
    find.reset();
    const auto version = static_cast<std::int64_t>(record.version);
    if (version != 0 && stored != version - 1)
        return Error{errc::conflict, "\"" + record.id
                                         + "\" was changed by somebody else. Read it again, then"
                                           " repeat the change."};
    auto put = state_.connection.prepare(
        "INSERT OR REPLACE INTO records(tenant, kind, id, version, updated_at, json, expires_at)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    put.bind(1, tenant).bind(2, record.kind).bind(3, record.id).bind(4, stored + 1);
    put.bind(5, to_integer(record.updated_at)).bind(6, record.json);
    bind_time(put, 7, record.expires_at).run();
    return {};
}

result<void> SettingsWriter::remove_record(const TenantId& tenant, const std::string& kind,
                                           const std::string& id)
{
    auto remove = state_.connection.prepare(
        "DELETE FROM records WHERE tenant = ?1 AND kind = ?2 AND id = ?3");
    remove.bind(1, state_.interned.tenant(tenant)).bind(2, kind).bind(3, id).run();
    if (state_.connection.changes() == 1) return {};
    return Error{errc::not_found, "There is no \"" + id + "\"."};
}

result<void> SettingsWriter::remove(const char* table, const TenantId& tenant, const IdBytes& id,
                                    const std::string& name_of_it)
{
    auto remove = state_.connection.prepare(std::string{"DELETE FROM "} + table
                                            + " WHERE tenant = ?1 AND id = ?2");
    remove.bind(1, state_.interned.tenant(tenant)).bind_blob(2, id.data(), id.size()).run();
    if (state_.connection.changes() == 1) return {};
    return Error{errc::not_found, "There is no " + name_of_it + "."};
}

}  // namespace katydid::store::sqlite
