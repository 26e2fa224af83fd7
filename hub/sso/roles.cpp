#include "hub/sso/roles.hpp"

#include "hub/core/json/parse.hpp"
#include "hub/core/text/visible.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace katydid::sso {
namespace {

namespace json = boost::json;
using json_text::text_at;

constexpr std::size_t person_bytes_max = 200;

bool has_verified_email(const json::object& claims)
{
    const auto* verified = claims.if_contains("email_verified");
    return verified != nullptr && verified->is_bool() && verified->get_bool();
}

bool claims_value(const json::object& claims, const config::RoleRule& rule)
{
    if (rule.claim == "email" && !has_verified_email(claims)) return false;
    const auto* value = claims.if_contains(rule.claim);
    if (value == nullptr) return false;
    const auto is_it = [&](const json::value& each) {
        if (each.is_bool()) return rule.value == (each.get_bool() ? "true" : "false");
        return each.is_string() && each.get_string() == rule.value;
    };
    return value->is_array() ? std::ranges::any_of(value->get_array(), is_it) : is_it(*value);
}

}  // namespace

std::string person_of(const json::object& claims)
{
    auto person = has_verified_email(claims) ? text_at(claims, "email") : std::string{};
    for (const auto* name : {"name", "preferred_username", "sub"})
        if (person.empty()) person = text_at(claims, name);
    if (person.size() > person_bytes_max) person.resize(person_bytes_max);
    // It goes into the log, the audit log and a page.
    return visible(person);
}

std::optional<api::Grant> grant_of(const config::SignOnSettings& settings,
                                   const json::object& claims)
{
    const auto rule = std::ranges::find_if(
        settings.roles, [&](const config::RoleRule& each) { return claims_value(claims, each); });
    if (rule == settings.roles.end()) return std::nullopt;
    api::Grant grant;
    grant.subject = text_at(claims, "sub");
    grant.person = person_of(claims);
    grant.tenant = rule->tenant;
    grant.role = api::parse_role(rule->role).value();
    grant.is_operator = rule->is_operator;
    return grant;
}

}  // namespace katydid::sso
