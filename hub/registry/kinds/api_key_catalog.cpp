#include "hub/registry/kinds/api_key_catalog.hpp"

#include "hub/core/codec/encoding.hpp"

#include <boost/json.hpp>

namespace katydid::registry {

template class Catalog<ApiKey>;

boost::json::object ApiKeyCatalog::to_json(const ApiKey& row, store::Record& record) const
{
    record.version = 0;  // a key is revoked whatever another hub did to it meanwhile
    return {{"name", row.name},
            {"sha256", encode(Encoding::hex, row.sha256)},
            {"scopes", boost::json::value_from(row.scopes)},
            {"is_operator", row.is_operator},
            {"created_at", time_json(row.created_at)},
            {"expires_at", time_json(row.expires_at)},
            {"revoked_at", time_json(row.revoked_at)}};
}

result<ApiKey> ApiKeyCatalog::from_json(const store::Record& record,
                                        const boost::json::object& object, const ApiKey*)
{
    ApiKey row;
    row.id = KeyId::parse(record.id).value();
    row.name = object.at("name").as_string();
    row.sha256 = decode(Encoding::hex, object.at("sha256").as_string()).value();
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

awaitable<void> ApiKeyCatalog::fix(ApiKey key)
{
    auto row = std::make_shared<const ApiKey>(std::move(key));
    co_await show(std::move(row));
}

void ApiKeyCatalog::remove_from(const LoopBinding& loop, const ApiKey& row)
{
    loop.tables->remove_api_key(row.sha256);
}

}  // namespace katydid::registry
