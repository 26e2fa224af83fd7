// POST /v1/portal-links: an entry into the console for a tenant's own person, without a key.
#include "hub/api/access/portal_links.hpp"

#include "hub/api/protocol/audit_change.hpp"
#include "hub/api/protocol/named.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/route.hpp"
#include "hub/core/json/fields.hpp"
#include "hub/core/subscription/subscription.hpp"
#include "hub/input/body.hpp"

#include <algorithm>

namespace katydid::api {
namespace portal_links {
namespace {

namespace json = boost::json;

/// A key gives what it has and no more: one that only makes tenants has the scope for this route in
/// those, and none of a role's.
void check_role(const Caller& caller, Role role, std::vector<Fault>& faults)
{
    const bool has_all = std::ranges::all_of(
        scopes_of(role), [&](std::string_view scope) { return has_scope(*caller.api_key, scope); });
    if (!has_all)
        faults.push_back({"/role", "the key that makes this link may not do all of it itself"});
}

/// What the body asks for, as the caller may give it.
PortalLink read_link(const Context& context, const Caller& caller, const json::object& body,
                     std::vector<Fault>& faults)
{
    PortalLink link;
    auto& grant = link.grant;
    grant.tenant = caller.tenant;
    grant.subject = random_id();
    grant.role = parse_role(std::string_view{body.at("role").as_string()}).value();
    check_role(caller, grant.role, faults);
    // The link lasts no longer than what it was made with: a key, or sign-on as it is now.
    grant.maker_sha256 = caller.api_key->sha256;
    if (!caller.person.empty() && context.sign_on) grant.stamp = context.sign_on->stamp;

    FieldReader read{body, "", faults};
    std::vector<std::string> names;
    read("subscriptions", names);
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto found = registry::named_subscription(context.tables, caller.tenant, names[i]);
        if (found) grant.subscriptions.push_back(found->id);
        else faults.push_back({"/subscriptions/" + std::to_string(i), unnamed("subscription")});
    }
    read("frame_origins", link.frame_origins);
    for (std::size_t i = 0; i < link.frame_origins.size(); ++i)
        if (!is_frame_origin(link.frame_origins[i]))
            faults.push_back({"/frame_origins/" + std::to_string(i),
                              "must be an origin such as https://app.example.com: lower case, no "
                              "path"});
    milliseconds age = std::chrono::hours{1};
    read("expires_in", age);
    if (age < portal_link_age_min || age > portal_link_age_max)
        faults.push_back({"/expires_in", "must be from 1m to 7d"});
    link.ends_at = context.clock.now() + age;
    return link;
}

/// Where the caller reached the hub, unless the settings say where people do.
std::string base_of(const Context& context, const http::Request& request)
{
    if (!context.public_url.empty()) return context.public_url;
    return (is_secure(request) ? "https://" : "http://") + std::string{request.header("host")};
}

awaitable<http::Response> create(const Context& context, const Caller& caller,
                                 http::Request& request, const json::object& body)
{
    std::vector<Fault> faults;
    const auto link = read_link(context, caller, body, faults);
    if (!faults.empty()) co_return input::faults_response(faults);
    const auto links = portal_links_of(context);
    const auto frame = links.make_frame(link);
    const auto url = base_of(context, request) + "/portal/"
                     + (frame.empty() ? "" : "?frame=" + frame) + "#link=" + links.make(link);
    const auto ends = to_rfc3339(link.ends_at);
    json::object detail = body;
    detail["expires_at"] = ends;
    co_await audit_change(context, caller, "portal_link.created", link.grant.subject,
                          describe_change({}, detail));
    const json::object made{{"url", url}, {"expires_at", ends}};
    auto response = object_response(201, made);
    response.with("Cache-Control", "no-store");
    co_return response;
}

}  // namespace
}  // namespace portal_links

void add_portal_link_routes(Routes& routes)
{
    if (routes.context().vault == nullptr) return;
    Operation operation{"createPortalLink",
                        "Make a link into the console for a person of the tenant, without a key",
                        {{201, "PortalLink", "made; the link is shown this once"}}};
    operation.bodies = json_body("NewPortalLink");
    operation.is_repeatable = false;
    routes.add("POST", "/v1/portal-links", "admin", std::move(operation), portal_links::create);
}

}  // namespace katydid::api
