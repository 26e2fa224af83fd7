// /sso/handoff: a person who is signed in here, to a platform, with a token that is good once.
#include "hub/api/access/sessions.hpp"
#include "hub/api/protocol/audit_change.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/core/codec/percent.hpp"
#include "hub/observe/log.hpp"
#include "hub/sso/handoff_keys.hpp"
#include "hub/sso/login_state.hpp"
#include "hub/sso/pages.hpp"
#include "hub/sso/sso.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace katydid::sso {
namespace {

namespace json = boost::json;

constexpr std::chrono::seconds handoff_lifetime{60};

std::int64_t to_seconds(Timestamp time)
{
    return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

/// Whom a token is about, for one platform (RFC 7519).
json::object claims_of(const Parts& parts, const api::Grant& grant, const std::string& platform,
                       const std::string& return_to)
{
    const auto now = to_seconds(parts.context.clock.now());
    return {{"iss", parts.context.public_url},
            {"aud", platform},
            {"sub", grant.subject},
            {"name", grant.person},
            {"role", api::to_text(grant.role)},
            {"tenant", grant.tenant.to_string()},
            {"return_to", return_to},
            {"jti", api::random_id()},
            {"iat", now},
            {"exp", now + handoff_lifetime.count()}};
}

/// Back to this handoff, once somebody has signed in.
http::Response to_login(const Parts& parts, const std::string& platform,
                        const std::string& return_to)
{
    const auto again = "/sso/handoff?to=" + percent_encode(platform)
                       + "&return_to=" + percent_encode(return_to);
    return redirect_to(parts.context.public_url + "/sso/login?return_to=" + percent_encode(again));
}

/// The platform and the path there. A response refuses.
std::variant<const config::PlatformSettings*, http::Response>
read_handoff(const Parts& parts, const std::string& to, const std::string& return_to)
{
    const auto& platforms = parts.settings.platforms;
    const auto platform = std::ranges::find(platforms, to, &config::PlatformSettings::name);
    if (platform == platforms.end())
        return message_page(404, "No such platform", "Nobody is handed on to that platform.");
    if (!is_local_path(return_to))
        return message_page(400, "Not a path", "return_to has to be a path of that platform.");
    return &*platform;
}

awaitable<http::Response> hand_on(std::shared_ptr<const Parts> parts, const http::Request& request)
{
    const auto& context = parts->context;
    const auto to = request.query_parameter("to").value_or("");
    const auto return_to = request.query_parameter("return_to").value_or("/");
    auto asked = read_handoff(*parts, to, return_to);
    if (auto* refused = std::get_if<http::Response>(&asked)) co_return std::move(*refused);
    const auto& platform = *std::get<const config::PlatformSettings*>(asked);

    const auto token = api::session_cookie_of(request, api::Page::console);
    const auto sessions = api::sessions_of(context);
    const auto access = sessions.admit_navigation(token, api::Page::console);
    const auto* caller = std::get_if<api::Caller>(&access);
    if (caller == nullptr) co_return to_login(*parts, to, return_to);
    const auto ended = co_await sessions.check(token);
    if (ended && ended->status == 401) co_return to_login(*parts, to, return_to);
    if (ended) co_return message_page(503, "Not now", "The store does not answer. Try again.");
    const auto session = sessions.read(token);
    if (!session->grant)
        co_return message_page(403, "A key is nobody",
                               "You are signed in with an API key: only a person can be handed on. "
                               "Sign out, then sign in as one.");
    const auto key = co_await parts->keys->signer();
    if (!key) {
        log::warn("handoff.not_signed", key.error().message);
        co_return message_page(503, "Not now", "The store does not answer. Try again.");
    }
    const auto claims = claims_of(*parts, *session->grant, platform.name, return_to);
    const json::object detail{{"platform", platform.name}, {"jti", claims.at("jti")}};
    co_await api::audit_change(context, *caller, "session.handed_on", caller->session,
                               json::serialize(detail));
    const Handover handover{platform.name, platform.callback_url, signing::sign_jws(*key, claims),
                            return_to};
    co_return handover_page(handover);
}

awaitable<http::Response> show_keys(std::shared_ptr<const Parts> parts)
{
    auto set = co_await parts->keys->jwks();
    if (!set) co_return api::error_response(set.error());
    auto response = http::Response::json(200, std::move(*set));
    response.with("Cache-Control", "public, max-age=300")
        .with("Access-Control-Allow-Origin", "*")
        .with("X-Content-Type-Options", "nosniff");
    co_return response;
}

void add_get(http::Router& router, std::string pattern,
             std::function<awaitable<http::Response>(http::Request&)> handle)
{
    http::Route route;
    route.method = "GET";
    route.pattern = std::move(pattern);
    route.handle = std::move(handle);
    router.add(std::move(route));
}

}  // namespace

void add_handoff_routes(http::Router& router, const std::shared_ptr<const Parts>& parts)
{
    add_get(router, "/.well-known/jwks.json", [parts](http::Request&) { return show_keys(parts); });
    add_get(router, "/sso/handoff",
            [parts](http::Request& request) { return hand_on(parts, request); });
    add_get(router, "/sso/handoff.js",
            [](http::Request&) -> awaitable<http::Response> { co_return handover_script(); });
}

}  // namespace katydid::sso
