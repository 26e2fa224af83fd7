// /v1/keys: who may call the API, with which scopes.
#include "hub/api/protocol/collection.hpp"
#include "hub/api/protocol/audit_change.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/table_page.hpp"
#include "hub/core/json/fields.hpp"

#include <algorithm>
#include <map>

namespace katydid::api {
namespace api_keys {
namespace {

namespace json = boost::json;

/// Beside the scopes: the key was made for trying things out, and says so in its prefix.
constexpr std::string_view test_mark = "mode:test";

bool is_test(const registry::ApiKey& key)
{
    return std::find(key.scopes.begin(), key.scopes.end(), test_mark) != key.scopes.end();
}

json::object to_json(const registry::ApiKey& key, const std::optional<Timestamp>& used_at)
{
    json::array scopes;
    for (const auto& scope : key.scopes)
        if (scope != test_mark) scopes.emplace_back(scope);
    const auto time_or_null = [](const std::optional<Timestamp>& time) {
        return time ? json::value(to_rfc3339(*time)) : json::value();
    };
    return {{"id", key.id.to_string()},
            {"name", key.name},
            {"tenant", key.tenant.to_string()},
            {"mode", is_test(key) ? "test" : "live"},
            {"scopes", std::move(scopes)},
            {"operator", key.is_operator},
            {"created_at", to_rfc3339(key.created_at)},
            {"expires_at", time_or_null(key.expires_at)},
            {"revoked_at", time_or_null(key.revoked_at)},
            {"last_used_at", time_or_null(used_at)}};
}

awaitable<http::Response> create(const Context& context, const Caller& caller, http::Request&,
                                 const json::object& body)
{
    std::vector<Fault> faults;
    FieldReader read{body, "", faults};
    registry::ApiKey key;
    key.tenant = caller.tenant;
    std::string mode = "live";
    read("name", key.name);
    read("scopes", key.scopes);
    read("expires_at", key.expires_at);
    read("mode", mode);
    if (key.expires_at && *key.expires_at <= context.clock.now())
        faults.push_back({"/expires_at", "is in the past"});
    if (!faults.empty()) co_return faults_response(faults);

    const auto text = generate_api_key(mode == "test" ? test_prefix : live_prefix);
    if (mode == "test") key.scopes.emplace_back(test_mark);
    key.sha256 = hash_api_key(text);
    const auto stored = co_await context.registry.api_keys.put(std::move(key));
    if (!stored) co_return error_response(stored.error());
    auto object = to_json(**stored, std::nullopt);
    co_await audit_change(context, caller, "key.created", (*stored)->id.to_string(),
                          describe_change({}, object));
    object["key"] = text;  // shown this once
    co_return object_response(201, object);
}

awaitable<http::Response> list(const Context& context, const Caller& caller, http::Request& request)
{
    const auto records = co_await context.store.records(key_use_kind);
    if (!records) co_return error_response(records.error());
    std::map<std::string, Timestamp, std::less<>> uses;
    for (const auto& record : *records) uses[record.id] = record.updated_at;
    co_return table_page(
        request, context.tables.api_keys(caller.tenant),
        [](const registry::ApiKeyPtr& key) { return key->id; },
        [&](const registry::ApiKeyPtr& key) {
            const auto used = uses.find(key->id.to_string());
            return to_json(*key, used == uses.end() ? std::nullopt : std::optional{used->second});
        });
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
    const auto stored = co_await context.registry.api_keys.put(std::move(revoked));
    if (!stored) co_return error_response(stored.error());
    const auto use = co_await context.store.record(caller.tenant, key_use_kind, id->to_string());
    const auto used_at = use ? std::optional{use->updated_at} : std::nullopt;
    const auto object = to_json(**stored, used_at);
    co_await audit_change(context, caller, "key.revoked", id->to_string(),
                          describe_change(to_json(*known, used_at), object));
    co_return object_response(200, object);
}

}  // namespace
}  // namespace api_keys

void add_key_routes(Routes& routes)
{
    using namespace api_keys;
    Collection keys{routes, {"/v1/keys", "id", "Key", "admin", "admin"}};
    keys.add_creation({"createKey", "Make an API key", "made; `key` is shown this once"}, create);
    keys.add_list({"listKeys", "The tenant's keys, without their texts", "a page"}, list);
    routes.add(
        "DELETE", keys.one(), "admin",
        {"revokeKey",
         "Revoke a key: from the next request on it is worth nothing",
         {{200, "Key", "as it is now"}, {409, "", "the operator's key comes from settings"}}},
        revoke);
}

}  // namespace katydid::api
