// /v1/keys: who may call the API, with which scopes.
#include "hub/api/protocol/collection.hpp"
#include "hub/api/input/body.hpp"
#include "hub/api/protocol/audit_change.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/table_page.hpp"

#include <algorithm>
#include <map>

namespace katydid::api {
namespace {

namespace json = boost::json;

constexpr std::string_view known_scopes[] = {
    "events:write",   "events:read",  "subscriptions:write", "subscriptions:read",
    "sources:write",  "sources:read", "event-types:write",   "subjects:write",
    "subjects:erase", "audit:read",   "bridge:atlvs",        "bridge:grasshopper",
    "admin"};

/// Beside the scopes: the key was made for trying things out, and says so in its prefix.
constexpr std::string_view test_mark = "mode:test";

constexpr const char* key_schema = R"json({
  "type": "object",
  "required": ["id", "name", "tenant", "mode", "scopes", "operator", "created_at", "expires_at",
               "revoked_at", "last_used_at"],
  "properties": {
    "id": {"type": "string"},
    "name": {"type": "string"},
    "tenant": {"type": "string"},
    "mode": {"type": "string", "enum": ["live", "test"]},
    "scopes": {"type": "array", "items": {"type": "string"}},
    "operator": {"type": "boolean"},
    "created_at": {"type": "string", "format": "date-time"},
    "expires_at": {"type": ["string", "null"], "format": "date-time"},
    "revoked_at": {"type": ["string", "null"], "format": "date-time"},
    "last_used_at": {"type": ["string", "null"], "format": "date-time",
                     "description": "give or take five minutes; null: never"},
    "key": {"type": "string", "description": "shown this once, when the key is made"}
  },
  "additionalProperties": false
})json";

constexpr const char* new_key_schema = R"json({
  "type": "object",
  "required": ["name", "scopes"],
  "properties": {
    "name": {"type": "string", "minLength": 1, "maxLength": 100},
    "scopes": {"type": "array", "minItems": 1, "maxItems": 200, "items": {"type": "string",
      "enum": [
      "events:write", "events:read", "subscriptions:write", "subscriptions:read", "sources:write",
      "sources:read", "event-types:write", "subjects:write", "subjects:erase", "audit:read",
      "bridge:atlvs", "bridge:grasshopper", "admin"]}},
    "expires_at": {"type": "string", "format": "date-time"},
    "mode": {"type": "string", "enum": ["live", "test"], "default": "live",
             "description": "the prefix of the key: kd_live_ or kd_test_"}
  },
  "additionalProperties": false
})json";

bool is_test(const store::ApiKey& key)
{
    return std::find(key.scopes.begin(), key.scopes.end(), test_mark) != key.scopes.end();
}

json::object to_json(const store::ApiKey& key, const std::optional<Timestamp>& used_at)
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
    const auto mode = reader.text("mode").value_or("live");
    if (mode != "live" && mode != "test") reader.fault("mode", "must be \"live\" or \"test\"");
    if (!body->contains("name")) reader.fault("name", "is missing: say what the key is for");
    reader.finish();
    if (faults.empty()) check_scopes(key.scopes, faults);
    if (key.expires_at && *key.expires_at <= context.clock.now())
        reader.fault("expires_at", "lies in the past");
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

void add_key_routes(Routes& routes)
{
    Collection keys{routes, {"/v1/keys", "id", "Key", "admin", "admin"}};
    keys.add_schemas(key_schema, new_key_schema);
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
