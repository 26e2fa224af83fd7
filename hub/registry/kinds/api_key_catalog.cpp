#include "hub/registry/kinds/api_key_catalog.hpp"

#include "hub/core/codec/encoding.hpp"

#include <boost/json.hpp>

namespace katydid::registry {

ApiKeyCatalog::Key ApiKeyCatalog::key_of(const store::ApiKey& row) const
{
    return {row.tenant, row.id.to_string()};
}

store::Record ApiKeyCatalog::to_record(const store::ApiKey& row) const
{
    const boost::json::object object{
        {"name", row.name},
        {"sha256", encode(Encoding::hex, row.sha256)},
        {"scopes", boost::json::value_from(row.scopes)},
        {"is_operator", row.is_operator},
        {"created_at", time_json(row.created_at)},
        {"expires_at", time_json(row.expires_at)},
        {"revoked_at", time_json(row.revoked_at)}};
    // A key is revoked whatever another hub did to it: version 0 replaces what is there.
    return {row.tenant, kind_,         row.id.to_string(), boost::json::serialize(object),
            0,          row.updated_at};
}

result<store::ApiKey> ApiKeyCatalog::from_record(const store::Record& record, const store::ApiKey*)
{
    const auto object = parse_record(record);
    const auto id = KeyId::parse(record.id);
    auto sha256 = decode(Encoding::hex, object.at("sha256").as_string());
    if (!id || !sha256) return Error{errc::corrupt, "the record's id or hash is none of a key"};
    store::ApiKey row;
    row.tenant = record.tenant;
    row.id = *id;
    row.name = object.at("name").as_string();
    row.sha256 = std::move(*sha256);
    row.scopes = boost::json::value_to<std::vector<std::string>>(object.at("scopes"));
    row.is_operator = object.at("is_operator").as_bool();
    row.created_at = read_time(object.at("created_at")).value();
    row.expires_at = read_time(object.at("expires_at"));
    row.revoked_at = read_time(object.at("revoked_at"));
    return row;
}

void ApiKeyCatalog::put_into(const LoopBinding& loop, const ApiKeyPtr& row)
{
    loop.tables->put_api_key(row);
}

awaitable<void> ApiKeyCatalog::fix(store::ApiKey key)
{
    const auto row = std::make_shared<const store::ApiKey>(std::move(key));
    CatalogContext::Change change = [this, row](const LoopBinding& loop) { put_into(loop, row); };
    co_await context_.tell_all(std::move(change));
}

}  // namespace katydid::registry
