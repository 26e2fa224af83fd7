#include "hub/config/tables/identity_tables.hpp"

#include "hub/http/egress/egress.hpp"
#include "hub/http/egress/host_rule.hpp"

namespace katydid::config {
namespace {

void read_files(const TomlText& text, const toml::table& table, IdentitySettings& identity)
{
    text.read_text(table, "ca_file", identity.ca_file);
    text.read_text(table, "certificate_file", identity.certificate_file);
    text.read_text(table, "key_file", identity.key_file);
    if (table.contains("certificate_file") != table.contains("key_file"))
        text.refuse_absent(table,
                           "certificate_file and key_file belong together: set both or none");
}

void read_tenants(const TomlText& text, const toml::table& table, IdentitySettings& identity)
{
    const auto* node = table.get("tenants");
    if (node == nullptr) return;
    const auto names = text.texts(table, "tenants");
    if (names.empty() && node->is_array() && node->as_array()->empty())
        text.refuse(*node, "name tenants, or leave the key out: then every tenant may use it");
    for (const auto& name : names) {
        const auto tenant = name == "default" ? default_tenant() : TenantId::parse(name);
        if (tenant) identity.tenants.push_back(*tenant);
        else
            text.refuse(*node, "\"" + name
                                   + "\" is no tenant: write its id (ten_…), or "
                                     "\"default\"");
    }
}

void read_hosts(const TomlText& text, const toml::table& table, IdentitySettings& identity)
{
    const auto* node = table.get("hosts");
    identity.hosts = text.texts(table, "hosts");
    if (identity.hosts.empty())
        text.refuse_absent(table,
                           "\"hosts\" is missing: name the hosts that may get what the identity "
                           "shows, as in hosts = [\"api.example.com\"]");
    for (const auto& host : identity.hosts)
        if (const auto rule = http::parse_host_rule(host); !rule)
            text.refuse(*node, rule.error().message);
}

void read_oauth(const TomlText& text, const toml::node& node, IdentitySettings& identity)
{
    const auto* table = node.as_table();
    if (table == nullptr) return text.refuse(node, "write it as [identities.oauth]");
    text.refuse_unknown(*table, {"token_url", "client_id", "client_secret", "client_secret_env",
                                 "client_secret_file", "scopes", "ca_file"});
    OAuthSettings made;
    if (auto url = text.need_text(*table, "token_url")) {
        if (const auto parsed = http::EgressPolicy::parse_url(*url); !parsed)
            text.refuse(*table->get("token_url"), parsed.error().message);
        made.token_url = std::move(*url);
    }
    if (auto client = text.need_text(*table, "client_id")) made.client_id = std::move(*client);
    if (auto secret = text.secret(*table, "client_secret",
                                  "client_secret_env or client_secret_file is missing"))
        made.client_secret = std::move(*secret);
    for (const auto& scope : text.texts(*table, "scopes"))
        made.scope += (made.scope.empty() ? "" : " ") + scope;
    text.read_text(*table, "ca_file", made.ca_file);
    identity.oauth = std::move(made);
}

}  // namespace

IdentitySettings read_identity(const TomlText& text, const toml::table& table)
{
    text.refuse_unknown(
        table, {"name", "hosts", "ca_file", "certificate_file", "key_file", "oauth", "tenants"});
    IdentitySettings made;
    made.name = text.need_text(table, "name").value_or("");
    read_files(text, table, made);
    read_tenants(text, table, made);
    if (const auto* oauth = table.get("oauth")) read_oauth(text, *oauth, made);
    const bool is_empty = !table.contains("ca_file") && !table.contains("certificate_file")
                          && !table.contains("key_file") && !table.contains("oauth");
    if (is_empty)
        text.refuse_absent(table, "the identity says nothing: set ca_file, certificate_file with "
                                  "key_file, or oauth");
    read_hosts(text, table, made);
    return made;
}

}  // namespace katydid::config
