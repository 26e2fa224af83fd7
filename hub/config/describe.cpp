#include "hub/config/describe.hpp"

#include "hub/config/keys.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace katydid::config {
namespace {

namespace json = boost::json;

constexpr std::string_view hidden = "[hidden]";

std::string_view origin_of(const GivenSetting& given)
{
    if (given.place.starts_with("--")) return "flag";
    return given.place.find(':') == std::string::npos ? "environment" : "file";
}

json::value text_or_null(std::string_view text)
{
    return text.empty() ? json::value{} : json::value(text);
}

json::object describe(const KeySpec& spec, const Settings& settings)
{
    json::object row{{"key", spec.key},
                     {"variable", spec.variable},
                     {"flag", text_or_null(spec.flag)},
                     {"is_secret", false},
                     {"help", spec.help}};
    if (const auto given = settings.given.find(spec.key); given != settings.given.end()) {
        row["value"] = without_password(given->second.value);
        row["origin"] = origin_of(given->second);
        row["place"] = given->second.place;
        return row;
    }
    if (spec.key == "store") {  // it follows data_dir
        row["value"] = without_password(settings.store_url());
        row["origin"] = "default";
        row["place"] = nullptr;
        return row;
    }
    row["value"] = spec.shown.is_default ? json::value(spec.shown.text) : json::value{};
    row["origin"] = spec.shown.is_default ? "default" : "unset";
    row["place"] = nullptr;
    return row;
}

json::object describe_variable(const std::string& name, const GivenSetting& given)
{
    const bool is_secret = given.value.empty();
    return {{"key", name},
            {"variable", name},
            {"flag", nullptr},
            {"value", is_secret ? json::value{} : json::value(without_password(given.value))},
            {"is_secret", is_secret},
            {"origin", "environment"},
            {"place", given.place},
            {"help", is_secret ? "A secret: it is set, and never shown." : "Set by its variable."}};
}

json::object describe_in_whole(const IdentitySettings& identity)
{
    json::array tenants;
    for (const auto& tenant : identity.tenants) tenants.emplace_back(tenant.to_string());
    json::object row{{"ca_file", text_or_null(identity.ca_file)},
                     {"certificate_file", text_or_null(identity.certificate_file)},
                     {"tenants", std::move(tenants)}};
    if (identity.oauth)
        row["oauth"] = json::object{{"token_url", without_password(identity.oauth->token_url)},
                                    {"client_id", identity.oauth->client_id},
                                    {"scope", identity.oauth->scope}};
    else row["oauth"] = nullptr;
    return row;
}

}  // namespace

std::string without_password(std::string_view url)
{
    std::string shown{url};
    const auto scheme = shown.find("://");
    if (scheme == std::string::npos) return shown;
    const auto authority = scheme + 3;
    const auto path = std::min(shown.find_first_of("/?#", authority), shown.size());
    const auto at = shown.rfind('@', path);
    const auto colon = shown.find(':', authority);
    if (at != std::string::npos && at >= authority && colon < at)
        shown.replace(colon + 1, at - colon - 1, hidden);
    constexpr std::string_view parameter = "password=";
    if (const auto found = shown.find(parameter); found != std::string::npos) {
        const auto value = found + parameter.size();
        shown.replace(value, std::min(shown.find('&', value), shown.size()) - value, hidden);
    }
    return shown;
}

json::array describe_settings(const Settings& settings)
{
    json::array rows;
    for (const auto& spec : keys()) rows.push_back(describe(spec, settings));
    for (const auto& [name, given] : settings.given)
        if (find_key(name) == nullptr) rows.push_back(describe_variable(name, given));
    return rows;
}

json::array describe_identities(const Settings& settings, std::optional<TenantId> tenant,
                                bool in_whole)
{
    json::array rows;
    for (const auto& identity : settings.identities) {
        const auto& tenants = identity.tenants;
        const bool is_offered = !tenant || tenants.empty()
                                || std::ranges::find(tenants, *tenant) != tenants.end();
        if (!is_offered) continue;
        json::array hosts;
        for (const auto& host : identity.hosts) hosts.emplace_back(host);
        auto row = in_whole ? describe_in_whole(identity) : json::object{};
        row["name"] = identity.name;
        row["hosts"] = std::move(hosts);
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace katydid::config
