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
            {"created_at", katydid::api::time_or_null(key.created_at)},
            {"expires_at", time_or_null(key.expires_at)},
            {"revoked_at", time_or_null(key.revoked_at)},
            {"last_used_at", time_or_null(used_at)}};
}

/// A key can give what it has and no more, and not for longer. Only an operator gives make_tenants.
void check_grant(const Caller& caller, registry::ApiKey& key, std::vector<Fault>& faults)
{
    if (caller.is_operator) return;
    const auto& own = *caller.api_key;
    for (std::size_t i = 0; i < key.scopes.size(); ++i) {
        const auto& scope = key.scopes[i];
        const auto pointer = "/scopes/" + std::to_string(i);
        if (scope == make_tenants)
            faults.push_back({pointer, "only an operator's key can give this scope"});
        else if (!has_scope(own, scope))
            faults.push_back({pointer, "the key that makes this one does not have it itself"});
    }
    if (!own.expires_at) return;
    if (!key.expires_at) key.expires_at = own.expires_at;
    if (*key.expires_at > *own.expires_at)
        faults.push_back({"/expires_at", "is later than the end of the key that makes this one, "
                                             + to_rfc3339(*own.expires_at)});
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
    check_grant(caller, key, faults);
    if (!faults.empty()) co_return input::faults_response(faults);

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
    const auto records = co_await context.store.records(store::key_use_kind);
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

/// The key that the path names by its id, or by a name that only one good key has; null with a 404
/// or 409.
registry::ApiKeyPtr key_in_path(const Context& context, const Caller& caller,
                                const http::Request& request, http::Response& response)
{
    const auto text = request.parameter("id");
    const auto id = KeyId::parse(text);
    auto keys = context.tables.api_keys(caller.tenant);
    std::erase_if(keys, [&](const registry::ApiKeyPtr& key) {
        return id ? key->id != *id : key->name != text || key->revoked_at;
    });
    if (keys.size() == 1) return keys.front();
    if (keys.empty())
        response = http::Response::problem(404, "There is no key of that id or name.");
    else
        response = http::Response::problem(409, "Several keys have that name: name one by its id.");
    return nullptr;
}

awaitable<http::Response> revoke(const Context& context, const Caller& caller,
                                 http::Request& request)
{
    http::Response response;
    const auto known = key_in_path(context, caller, request, response);
    if (!known) co_return response;
    if (known->is_operator)
        co_return http::Response::problem(
            409, "The operator key comes from the settings: change KATYDID_OPERATOR_KEY or"
                 " operator.key and start the hub again.");
    auto revoked = *known;
    if (!revoked.revoked_at) revoked.revoked_at = context.clock.now();
    const auto stored = co_await context.registry.api_keys.put(std::move(revoked));
    if (!stored) co_return error_response(stored.error());
    const auto use = co_await context.store.record(caller.tenant, store::key_use_kind,
                                                   known->id.to_string());
    const auto used_at = use ? std::optional{use->updated_at} : std::nullopt;
    const auto object = to_json(**stored, used_at);
    co_await audit_change(context, caller, "key.revoked", known->id.to_string(),
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
         {{200, "Key", "as it is now"},
          {409, "", "the operator's key comes from settings, or several keys have that name"}}},
        revoke);
}

}  // namespace katydid::api
