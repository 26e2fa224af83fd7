#include "hub/config/identity_tables.hpp"

#include "hub/http/egress.hpp"
#include "hub/http/host_rule.hpp"

#include <array>

namespace katydid::config {
namespace {

result<void> read_files(const TomlText& text, const toml::table& table, IdentitySettings& identity)
{
    const std::array targets{std::pair{"ca_file", &identity.ca_file},
                             std::pair{"certificate_file", &identity.certificate_file},
                             std::pair{"key_file", &identity.key_file}};
    for (const auto& [key, target] : targets)
        if (auto done = text.read_text(table, key, *target); !done) return done;
    if (identity.certificate_file.empty() != identity.key_file.empty())
        return text.at(table, "certificate_file and key_file belong together: set both or none");
    return {};
}

result<void> read_tenants(const TomlText& text, const toml::table& table,
                          IdentitySettings& identity)
{
    if (!table.contains("tenants")) return {};
    const auto names = text.texts(table, "tenants");
    if (!names) return names.error();
    const auto& node = *table.get("tenants");
    if (names->empty())
        return text.at(node, "name tenants, or leave the key out: then every tenant may use it");
    for (const auto& name : *names) {
        const auto tenant = name == "default" ? default_tenant() : TenantId::parse(name);
        if (!tenant)
            return text.at(node, "\"" + name + "\" is no tenant: write its id (ten_…), or "
                                               "\"default\"");
        identity.tenants.push_back(*tenant);
    }
    return {};
}

result<void> read_hosts(const TomlText& text, const toml::table& table, IdentitySettings& identity)
{
    auto hosts = text.texts(table, "hosts");
    if (!hosts) return hosts.error();
    if (hosts->empty())
        return text.at(table, "\"hosts\" is missing: name the hosts that may get what the identity "
                              "shows, as in hosts = [\"api.example.com\"]");
    for (const auto& host : *hosts)
        if (const auto rule = http::parse_host_rule(host); !rule)
            return text.at(*table.get("hosts"), rule.error().message);
    identity.hosts = std::move(*hosts);
    return {};
}

result<void> read_oauth(const TomlText& text, const toml::node& node, IdentitySettings& identity)
{
    const auto* table = node.as_table();
    if (table == nullptr) return text.at(node, "write it as [identities.oauth]");
    if (auto ok = text.refuse_unknown(
            *table, {"token_url", "client_id", "client_secret", "client_secret_env",
                     "client_secret_file", "scopes", "ca_file"});
        !ok)
        return ok;
    OAuthSettings made;
    auto url = text.need_text(*table, "token_url");
    if (!url) return url.error();
    if (const auto parsed = http::EgressPolicy::parse_url(*url); !parsed)
        return text.at(*table->get("token_url"), parsed.error().message);
    made.token_url = std::move(*url);
    auto client = text.need_text(*table, "client_id");
    if (!client) return client.error();
    made.client_id = std::move(*client);
    auto secret = text.secret(*table, "client_secret");
    if (!secret) return secret.error();
    if (!*secret) return text.at(*table, "client_secret_env or client_secret_file is missing");
    made.client_secret = std::move(**secret);
    const auto scopes = text.texts(*table, "scopes");
    if (!scopes) return scopes.error();
    for (const auto& scope : *scopes) made.scope += (made.scope.empty() ? "" : " ") + scope;
    if (auto done = text.read_text(*table, "ca_file", made.ca_file); !done) return done;
    identity.oauth = std::move(made);
    return {};
}

}  // namespace

result<IdentitySettings> read_identity(const TomlText& text, const toml::table& table)
{
    if (auto ok = text.refuse_unknown(table, {"name", "hosts", "ca_file", "certificate_file",
                                              "key_file", "oauth", "tenants"});
        !ok)
        return ok.error();
    IdentitySettings made;
    auto name = text.need_text(table, "name");
    if (!name) return name.error();
    made.name = std::move(*name);
    if (auto done = read_files(text, table, made); !done) return done.error();
    if (auto done = read_tenants(text, table, made); !done) return done.error();
    if (const auto* oauth = table.get("oauth"))
        if (auto done = read_oauth(text, *oauth, made); !done) return done.error();
    if (made.ca_file.empty() && made.certificate_file.empty() && !made.oauth)
        return text.at(table, "the identity says nothing: set ca_file, certificate_file with "
                              "key_file, or oauth");
    if (auto done = read_hosts(text, table, made); !done) return done.error();
    return made;
}

}  // namespace katydid::config
