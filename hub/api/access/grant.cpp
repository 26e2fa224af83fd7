#include "hub/api/access/grant.hpp"

#include "hub/api/access/access.hpp"
#include "hub/core/codec/encoding.hpp"
#include "hub/core/text/text.hpp"

#include <array>

namespace katydid::api {
namespace {

namespace json = boost::json;

constexpr NameTable<Role, 3> roles{
    {{Role::read, "read"}, {Role::operate, "operate"}, {Role::admin, "admin"}}};

constexpr std::array<std::string_view, 4> read_scopes{"events:read", "subscriptions:read",
                                                      "sources:read", "audit:read"};
constexpr std::array<std::string_view, 10> operate_scopes{
    "events:read",  "subscriptions:read",  "sources:read",  "audit:read",        "events:write",
    "secrets:read", "subscriptions:write", "sources:write", "event-types:write", "subjects:write"};
constexpr std::array<std::string_view, 1> admin_scopes{"admin"};

}  // namespace

std::string_view to_text(Role role) noexcept { return name_of(roles, role); }

std::optional<Role> parse_role(std::string_view text) noexcept { return value_of(roles, text); }

std::span<const std::string_view> scopes_of(Role role) noexcept
{
    switch (role) {
    case Role::read: return read_scopes;
    case Role::operate: return operate_scopes;
    case Role::admin: return admin_scopes;
    }
    return {};
}

Role role_of(const registry::ApiKey& key)
{
    if (has_scope(key, "admin")) return Role::admin;
    const bool writes = has_scope(key, "events:write") || has_scope(key, "subscriptions:write");
    return writes ? Role::operate : Role::read;
}

json::object to_json(const Grant& grant)
{
    json::array subscriptions;
    for (const auto& id : grant.subscriptions) subscriptions.emplace_back(id.to_string());
    return {{"subject", grant.subject},
            {"person", grant.person},
            {"tenant", grant.tenant.to_string()},
            {"role", to_text(grant.role)},
            {"operator", grant.is_operator},
            {"subscriptions", std::move(subscriptions)},
            {"stamp", grant.stamp},
            {"maker", encode(Encoding::hex, grant.maker_sha256)}};
}

Grant read_grant(const json::object& object)
{
    Grant grant;
    grant.subject = object.at("subject").as_string();
    grant.person = object.at("person").as_string();
    grant.tenant = TenantId::parse(object.at("tenant").as_string()).value();
    grant.role = parse_role(object.at("role").as_string()).value();
    grant.is_operator = object.at("operator").as_bool();
    for (const auto& id : object.at("subscriptions").as_array())
        grant.subscriptions.push_back(SubscriptionId::parse(id.as_string()).value());
    grant.stamp = object.at("stamp").as_string();
    grant.maker_sha256
        = decode(Encoding::hex, std::string_view{object.at("maker").as_string()}).value();
    return grant;
}

registry::ApiKeyPtr to_key(const Grant& grant)
{
    registry::ApiKey key;
    key.tenant = grant.tenant;
    key.name = grant.person;
    for (const auto scope : scopes_of(grant.role)) key.scopes.emplace_back(scope);
    key.is_operator = grant.is_operator;
    return std::make_shared<const registry::ApiKey>(std::move(key));
}

}  // namespace katydid::api
