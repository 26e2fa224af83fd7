#include "hub/config/tables/sign_on_tables.hpp"

#include "hub/config/browser_url.hpp"

#include <algorithm>

namespace katydid::config {
namespace {

constexpr std::string_view role_names[] = {"read", "operate", "admin"};

void read_role_tenant(const TomlText& text, const toml::table& table, RoleRule& rule)
{
    const auto* node = table.get("tenant");
    if (node == nullptr) return;
    std::string name;
    text.read_text(table, "tenant", name);
    if (name == "*") {
        rule.is_operator = true;
        if (rule.role != "admin")
            text.refuse(*node, "only the role \"admin\" is for every tenant (\"*\")");
        return;
    }
    const auto tenant = name == "default" ? default_tenant() : TenantId::parse(name);
    if (tenant) rule.tenant = *tenant;
    else text.refuse(*node, "write a tenant's id (ten_…), \"default\", or \"*\" for all");
}

RoleRule read_role(const TomlText& text, const toml::table& table)
{
    text.refuse_unknown(table, {"claim", "value", "role", "tenant"});
    RoleRule rule;
    rule.claim = text.need_text(table, "claim").value_or("");
    rule.value = text.need_text(table, "value").value_or("");
    if (auto role = text.need_text(table, "role")) {
        if (std::ranges::find(role_names, *role) == std::end(role_names))
            text.refuse(*table.get("role"), "must be \"read\", \"operate\" or \"admin\"");
        rule.role = std::move(*role);
    }
    read_role_tenant(text, table, rule);
    return rule;
}

PlatformSettings read_platform(const TomlText& text, const toml::table& table)
{
    text.refuse_unknown(table, {"name", "callback_url"});
    PlatformSettings platform;
    platform.name = text.need_text(table, "name").value_or("");
    if (!platform.name.empty())
        text.mistakes().claim("sso.platforms", platform.name, text.place_of(table));
    platform.callback_url = text.need_text(table, "callback_url").value_or("");
    if (const auto fault = browser_url_fault(platform.callback_url); !fault.empty())
        text.refuse_absent(table, "callback_url: " + fault);
    return platform;
}

template <class Read>
auto read_rows(const TomlText& text, const toml::table& table, const std::string& key, Read read)
{
    std::vector<decltype(read(text, table))> rows;
    const auto* node = table.get(key);
    if (node == nullptr) return rows;
    const auto how = "write it as [[sso." + key + "]]";
    const auto* array = node->as_array();
    if (array == nullptr) {
        text.refuse(*node, how);
        return rows;
    }
    for (const auto& item : *array) {
        if (const auto* row = item.as_table()) rows.push_back(read(text, *row));
        else text.refuse(item, how);
    }
    return rows;
}

void read_scopes(const TomlText& text, const toml::table& table, SignOnSettings& made)
{
    if (!table.contains("scopes")) return;
    made.scopes = text.texts(table, "scopes");
    if (std::ranges::find(made.scopes, "openid") == made.scopes.end())
        text.refuse(*table.get("scopes"), "\"openid\" must be one of them");
}

}  // namespace

SignOnSettings read_sign_on(const TomlText& text, const toml::table& table)
{
    text.refuse_unknown(table, {"issuer", "name", "client_id", "client_secret", "client_secret_env",
                                "client_secret_file", "scopes", "roles", "platforms"});
    SignOnSettings made;
    made.issuer = text.need_text(table, "issuer").value_or("");
    if (const auto fault = browser_url_fault(made.issuer); !fault.empty())
        text.refuse_absent(table, "issuer: " + fault);
    text.read_text(table, "name", made.name);
    made.client_id = text.need_text(table, "client_id").value_or("");
    made.client_secret = text.secret(table, "client_secret", {});
    read_scopes(text, table, made);
    made.roles = read_rows(text, table, "roles", read_role);
    made.platforms = read_rows(text, table, "platforms", read_platform);
    if (made.roles.empty())
        text.refuse_absent(table, "[[sso.roles]] is missing: without one nobody may do anything");
    return made;
}

}  // namespace katydid::config
