// /v1/keys: who may call the API, with which scopes.
#include "hub/api/input.hpp"
#include "hub/api/output.hpp"
#include "hub/api/route.hpp"
#include "hub/api/table_page.hpp"

#include <algorithm>

namespace katydid::api {
namespace {

namespace json = boost::json;

constexpr std::string_view known_scopes[] = {
    "events:write",  "events:read",       "subscriptions:write", "subscriptions:read",
    "sources:write", "sources:read",      "subjects:erase",      "bridge:atlvs",
    "admin",         "bridge:grasshopper"};

json::object to_json(const store::ApiKey& key)
{
    json::array scopes;
    for (const auto& scope : key.scopes) scopes.emplace_back(scope);
    const auto time_or_null = [](const std::optional<Timestamp>& time) {
        return time ? json::value(to_rfc3339(*time)) : json::value();
    };
    return {{"id", key.id.to_string()},
            {"name", key.name},
            {"tenant", key.tenant.to_string()},
            {"scopes", std::move(scopes)},
            {"operator", key.is_operator},
            {"created_at", to_rfc3339(key.created_at)},
            {"expires_at", time_or_null(key.expires_at)},
            {"revoked_at", time_or_null(key.revoked_at)}};
}

void check_scopes(const std::vector<std::string>& scopes, std::vector<Fault>& faults)
{
    if (scopes.empty())
        faults.push_back({"/scopes", "is missing: list what the key may do, e.g. events:write"});
    for (std::size_t i = 0; i < scopes.size(); ++i) {
        if (std::find(std::begin(known_scopes), std::end(known_scopes), scopes[i])
            != std::end(known_scopes))
            continue;
        std::string all;
        for (const auto scope : known_scopes) all.append(all.empty() ? "" : ", ").append(scope);
        faults.push_back({"/scopes/" + std::to_string(i), "must be one of " + all});
    }
}

awaitable<http::Response> create(const Context& context, const Caller& caller,
                                 http::Request& request)
{
    http::Response response;
    const auto body = read_object(request, response);
    if (!body) co_return response;
    std::vector<Fault> faults;
    ObjectReader reader{*body, "", faults};
    store::ApiKey key;
    key.tenant = caller.tenant;
    key.name = reader.text("name", 100).value_or("");
    key.scopes = reader.texts("scopes").value_or(std::vector<std::string>{});
    key.expires_at = reader.time("expires_at");
    reader.finish();
    if (faults.empty()) check_scopes(key.scopes, faults);
    if (key.expires_at && *key.expires_at <= context.clock.now())
        reader.fault("expires_at", "lies in the past");
    if (!faults.empty()) co_return faults_response(faults);

    const auto text = generate_api_key();
    key.sha256 = hash_api_key(text);
    const auto stored = co_await context.registry.put_api_key(std::move(key));
    if (!stored) co_return error_response(stored.error());
    auto object = to_json(**stored);
    object["key"] = text;  // shown this once
    co_return object_response(201, object);
}

awaitable<http::Response> list(const Context& context, const Caller& caller, http::Request& request)
{
    co_return table_page(
        request, context.tables.api_keys(caller.tenant),
        [](const registry::ApiKeyPtr& key) { return key->id; },
        [](const registry::ApiKeyPtr& key) { return to_json(*key); });
}

awaitable<http::Response> revoke(const Context& context, const Caller& caller,
                                 http::Request& request)
{
    const auto id = KeyId::parse(request.parameter("id"));
    registry::ApiKeyPtr known;
    for (const auto& key : context.tables.api_keys(caller.tenant))
        if (id && key->id == *id) known = key;
    if (!known) co_return http::Response::problem(404, "There is no such key.");
    if (known->is_operator)
        co_return http::Response::problem(
            409, "The operator key comes from the settings: change KATYDID_OPERATOR_KEY or"
                 " operator.key and start the hub again.");
    auto revoked = *known;
    if (!revoked.revoked_at) revoked.revoked_at = context.clock.now();
    const auto stored = co_await context.registry.put_api_key(std::move(revoked));
    if (!stored) co_return error_response(stored.error());
    co_return object_response(200, to_json(**stored));
}

}  // namespace

void add_key_routes(http::Router& router, const Context& context)
{
    add_route(router, context, "POST", "/v1/keys", "admin", create);
    add_route(router, context, "GET", "/v1/keys", "admin", list);
    add_route(router, context, "DELETE", "/v1/keys/{id}", "admin", revoke);
}

}  // namespace katydid::api
