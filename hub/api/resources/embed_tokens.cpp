// POST /v1/embed-tokens: what a page needs to show a widget.
#include "hub/api/access/embed_tokens.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/route.hpp"
#include "hub/core/text/text.hpp"

namespace katydid::api {
namespace embed_tokens {
namespace {

namespace json = boost::json;

milliseconds lifetime_of(const json::object& body)
{
    const auto* text = body.if_contains("expires_in");
    if (text == nullptr) return embed_lifetime;
    return parse_duration(text->as_string()).value_or(embed_lifetime);
}

void check_lifetime(const json::object& body, std::vector<Fault>& faults)
{
    const auto* text = body.if_contains("expires_in");
    if (text == nullptr || !text->is_string()) return;
    const auto asked = parse_duration(text->get_string());
    if (asked && (*asked > embed_lifetime_max || *asked <= milliseconds{0}))
        faults.push_back({"/expires_in", "must be more than nothing and at most a day"});
}

void check(const Context&, const Caller&, const http::Request&, const json::object& body,
           std::vector<Fault>& faults)
{
    check_lifetime(body, faults);
}

awaitable<http::Response> create(const Context& context, const Caller& caller, http::Request&,
                                 const json::object& body)
{
    if (caller.tenant != default_tenant())
        co_return http::Response::problem(404, "This tenant has no bridge to show figures of.");
    if (caller.api_key->sha256.empty())  // a person: there is no key that the token could end with
        co_return http::Response::problem(403, "Make it with an API key: it ends with its key.");
    std::vector<Fault> faults;
    check_lifetime(body, faults);
    if (!faults.empty()) co_return input::faults_response(faults);
    EmbedGrant grant;
    grant.widget = body.at("widget").as_string();
    grant.event_id = body.at("event_id").as_string();
    for (const auto& origin : body.at("origins").as_array())
        grant.origins.emplace_back(std::string_view{origin.as_string()});
    grant.expires_at = context.clock.now() + lifetime_of(body);
    const EmbedTokens tokens{*context.vault, context.tables, context.clock};
    const json::object made{{"token", tokens.make(caller, grant)},
                            {"expires_at", to_rfc3339(grant.expires_at)}};
    co_return object_response(201, made);
}

}  // namespace
}  // namespace embed_tokens

void add_embed_token_routes(Routes& routes)
{
    using namespace embed_tokens;
    if (routes.context().vault == nullptr || routes.context().bridge == nullptr) return;
    Operation operation{"createEmbedToken",
                        "Make a token for a widget: one event's figures, in pages of some origins",
                        {{201, "EmbedToken", "made; it ends with its time or with this key"}}};
    operation.bodies = json_body("NewEmbedToken");
    operation.is_repeatable = false;
    routes.add("POST", "/v1/embed-tokens", "bridge:grasshopper", std::move(operation), create,
               check);
}

}  // namespace katydid::api
