#include "hub/store/sqlite/write/writer_state.hpp"
#include "hub/store/sqlite/read/queries.hpp"
#include "hub/store/sqlite/rows/rows.hpp"
#include "hub/store/spec_json.hpp"

namespace katydid::store::sqlite {
namespace {

std::optional<Timestamp> read_time(const Statement& row, int column)
{
    if (row.is_null(column)) return std::nullopt;
    return to_timestamp(row.integer(column));
}

/// Of tenant, id, json, version, updated_at and expires_at.
Record read_record(const Statement& row, const std::string& kind)
{
    Record record;
    record.tenant = row.id<TenantId>(0);
    record.kind = kind;
    record.id = row.text(1);
    record.json = row.text(2);
    record.version = static_cast<std::uint64_t>(row.integer(3));
    record.updated_at = to_timestamp(row.integer(4));
    record.expires_at = read_time(row, 5);
    return record;
}

/// Rows with tenant, id, name, version and spec, as subscriptions and sources have them.
template <class Setting>
std::vector<Setting> list_versioned(ReadSession& session, const std::string& table)
{
    auto& list = session.prepare("SELECT t.id, x.id, x.name, x.version, x.spec FROM " + table
                                 + " x CROSS JOIN tenants t ON t.no = x.tenant"
                                   " ORDER BY x.tenant, x.id");
    const ResetGuard guard{list};
    std::vector<Setting> settings;
    while (list.step()) {
        auto& setting = settings.emplace_back();
        setting.tenant = list.id<TenantId>(0);
        setting.id = list.id<decltype(setting.id)>(1);
        setting.name = list.text(2);
        setting.version = static_cast<std::uint64_t>(list.integer(3));
        read_spec(list.text(4), setting);
    }
    return settings;
}

}  // namespace

result<std::vector<Subscription>> list_subscriptions(ReadSession& session)
{
    return list_versioned<Subscription>(session, "subscriptions");
}

result<std::vector<Source>> list_sources(ReadSession& session)
{
    return list_versioned<Source>(session, "sources");
}

result<std::vector<SealedKey>> list_keys(ReadSession& session)
{
    auto& list = session.prepare("SELECT t.id, k.id, k.owner, k.sealed, k.created_at, k.not_before,"
                                 " k.not_after FROM keys k CROSS JOIN tenants t ON t.no = k.tenant"
                                 " ORDER BY k.tenant, k.id");
    const ResetGuard guard{list};
    std::vector<SealedKey> keys;
    while (list.step()) {
        auto& key = keys.emplace_back();
        key.tenant = list.id<TenantId>(0);
        key.id = list.id<KeyId>(1);
        key.owner = list.text(2);
        key.sealed = list.blob(3);
        key.created_at = to_timestamp(list.integer(4));
        key.not_before = read_time(list, 5);
        key.not_after = read_time(list, 6);
    }
    return keys;
}

result<std::vector<ApiKey>> list_api_keys(ReadSession& session)
{
    auto& list = session.prepare(
        "SELECT t.id, k.id, k.name, k.sha256, k.scopes, k.is_operator, k.created_at, k.expires_at,"
        " k.revoked_at FROM api_keys k CROSS JOIN tenants t ON t.no = k.tenant"
        " ORDER BY k.tenant, k.id");
    const ResetGuard guard{list};
    std::vector<ApiKey> keys;
    while (list.step()) {
        auto& key = keys.emplace_back();
        key.tenant = list.id<TenantId>(0);
        key.id = list.id<KeyId>(1);
        key.name = list.text(2);
        key.sha256 = list.blob(3);
        key.scopes = read_list_text(list.text(4));
        key.is_operator = list.integer(5) != 0;
        key.created_at = to_timestamp(list.integer(6));
        key.expires_at = read_time(list, 7);
        key.revoked_at = read_time(list, 8);
    }
    return keys;
}

result<std::vector<Record>> list_records(ReadSession& session, const std::string& kind)
{
    auto& list = session.prepare("SELECT t.id, r.id, r.json, r.version, r.updated_at, r.expires_at"
                                 " FROM records r CROSS JOIN tenants t ON t.no = r.tenant"
                                 " WHERE r.kind = ?1 ORDER BY r.tenant, r.id");
    const ResetGuard guard{list};
    list.bind(1, kind);
    std::vector<Record> records;
    while (list.step()) records.push_back(read_record(list, kind));
    return records;
}

result<Record> get_record(ReadSession& session, const RecordName& name)
{
    auto& find = session.prepare("SELECT t.id, r.id, r.json, r.version, r.updated_at, r.expires_at"
                                 " FROM tenants t CROSS JOIN records r ON r.tenant = t.no"
                                 " WHERE t.id = ?1 AND r.kind = ?2 AND r.id = ?3");
    const ResetGuard guard{find};
    find.bind(1, name.tenant).bind(2, name.kind).bind(3, name.id);
    if (!find.step()) return Error{errc::not_found, "There is no \"" + name.id + "\"."};
    return read_record(find, name.kind);
}

result<Stats> count(ReadSession& session, const std::optional<TenantId>& tenant)
{
    auto& list = session.prepare(
        "SELECT what, sum(rows) FROM counters"
        " WHERE ?1 IS NULL OR tenant = (SELECT no FROM tenants WHERE id = ?1) GROUP BY what");
    const ResetGuard guard{list};
    if (tenant) list.bind(1, *tenant);
    else list.bind_null(1);
    Stats stats;
    while (list.step()) {
        const auto rows = static_cast<std::uint64_t>(list.integer(1));
        const auto what = list.integer(0);
        if (what == Counters::events) stats.events = rows;
        else if (what >= 0 && what < 6) stats.deliveries_by_state[what] = rows;
    }
    const auto pages = session.connection.integer("PRAGMA page_count");
    stats.bytes_on_disk = static_cast<std::uint64_t>(
        pages * session.connection.integer("PRAGMA page_size"));
    return stats;
}

}  // namespace katydid::store::sqlite
