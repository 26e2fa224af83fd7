// /console/session and /portal/session: a key or a link for a session, who is signed in, and out.
#include "hub/input/body.hpp"
#include "hub/api/protocol/audit_change.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/request_check.hpp"
#include "hub/api/access/portal_links.hpp"
#include "hub/console/console.hpp"

namespace katydid::console {
namespace {

namespace json = boost::json;
using api::Page;

constexpr std::size_t sign_in_bytes_max = 8'192;

http::Response kept_by_nobody(http::Response response)
{
    response.with("Cache-Control", "no-store").with("X-Content-Type-Options", "nosniff");
    return response;
}

json::object describe_tenant(const api::Context& context, TenantId id)
{
    const auto tenant = context.tables.tenant(id);
    json::object object{{"id", id.to_string()}, {"name", tenant ? tenant->name : id.to_string()}};
    if (tenant)
        object["branding"] = json::object{{"accent", tenant->branding.accent},
                                          {"logo", tenant->branding.logo}};
    return object;
}

/// What the page wants to know of who is signed in.
json::object describe(const api::Context& context, const api::Caller& caller,
                      std::string_view token)
{
    const auto& key = *caller.api_key;
    const auto session = api::sessions_of(context).read(token);
    const bool is_portal = session->grant && session->grant->is_portal();
    json::array scopes;
    for (const auto& scope : key.scopes) scopes.emplace_back(scope);
    json::object object{{"tenant", describe_tenant(context, key.tenant)},
                        {"role", api::to_text(api::role_of(key))},
                        {"operator", key.is_operator},
                        {"scopes", std::move(scopes)},
                        {"person", nullptr},
                        {"portal", is_portal},
                        {"subscriptions", nullptr},
                        {"csrf", api::csrf_of(token)},
                        {"expires_at", to_rfc3339(session->ends_at)}};
    if (session->grant && !is_portal) object["person"] = session->grant->person;
    if (caller.subscriptions.empty()) return object;
    json::array subscriptions;
    for (const auto& id : caller.subscriptions) subscriptions.emplace_back(id.to_string());
    object["subscriptions"] = std::move(subscriptions);
    return object;
}

/// The text of a body {"key": "…"} or {"link": "…"}. nullopt: `response` says what is wrong.
std::optional<std::string> read_secret(const http::Request& request, const std::string& name,
                                       http::Response& response)
{
    // A form of another site cannot send JSON.
    if (api::media_type_of(request) != "application/json") {
        response = http::Response::problem(415, "Send application/json.");
        return std::nullopt;
    }
    std::vector<Fault> faults;
    const auto body = input::parse_object(request.body, faults);
    const auto* object = body && faults.empty() ? body->if_object() : nullptr;
    const auto* secret = object != nullptr ? object->if_contains(name) : nullptr;
    if (secret != nullptr && secret->is_string() && object->size() == 1)
        return std::string{secret->get_string()};
    response = http::Response::problem(400, "Send {\"" + name + "\": \"…\"} and no more.");
    return std::nullopt;
}

/// As if the key had come in the header, so that guesses count the same.
std::variant<api::Caller, http::Response>
judge_key(const api::Context& context, const http::Request& request, const std::string& key)
{
    http::Request with_key;
    with_key.method = request.method;
    with_key.path = request.path;
    with_key.peer = request.peer;
    with_key.headers = {{"Authorization", "Bearer " + key}};
    auto access = context.throttle->admit(with_key, context.tables, context.clock, api::any_key);
    if (auto* refusal = std::get_if<http::Response>(&access); refusal && refusal->status == 401)
        return http::Response::problem(401, "This is no key of this hub, or it was revoked.");
    return access;
}

/// One that was there before ends: who had its cookie has nothing afterwards.
awaitable<void> end_former(const api::Context& context, std::string token)
{
    if (token.empty()) co_return;
    const auto sessions = api::sessions_of(context);
    co_await sessions.close(std::move(token));
}

/// The answer to who signed in: what the page needs to know, and the cookie.
struct Opened {
    std::string token;
    Page page = Page::console;
    bool in_frame = false;
};

awaitable<http::Response> welcome(const api::Context& context, const http::Request& request,
                                  Opened opened)
{
    const auto sessions = api::sessions_of(context);
    auto access = sessions.admit_navigation(opened.token, opened.page);
    if (auto* refused = std::get_if<http::Response>(&access)) co_return std::move(*refused);
    const auto& caller = std::get<api::Caller>(access);
    json::object detail{{"role", api::to_text(api::role_of(*caller.api_key))}};
    co_await api::audit_change(context, caller, "session.opened", caller.session,
                               json::serialize(detail));
    auto response = api::object_response(201, describe(context, caller, opened.token));
    response.with("Set-Cookie",
                  api::session_set_cookie(request, opened.token, opened.page, opened.in_frame));
    co_return response;
}

awaitable<http::Response> sign_in(api::Context context, http::Request& request)
{
    http::Response refusal;
    const auto key = read_secret(request, "key", refusal);
    if (!key) co_return refusal;
    auto access = judge_key(context, request, *key);
    if (auto* refused = std::get_if<http::Response>(&access)) co_return std::move(*refused);
    co_await end_former(context, api::session_cookie_of(request, Page::console));
    const auto sessions = api::sessions_of(context);
    const auto token = co_await sessions.open(std::get<api::Caller>(access).api_key);
    if (!token) co_return api::error_response(token.error());
    Opened opened{*token};
    auto answered = welcome(context, request, std::move(opened));
    co_return co_await std::move(answered);
}

awaitable<http::Response> enter_by_link(api::Context context, http::Request& request)
{
    http::Response refusal;
    auto text = read_secret(request, "link", refusal);
    if (!text) co_return refusal;
    const auto links = api::portal_links_of(context);
    auto spent = co_await links.spend(std::move(*text));
    if (auto* refused = std::get_if<http::Response>(&spent))
        co_return context.throttle->slow_down_guess(std::move(*refused), request, context.clock);
    auto link = std::get<api::PortalLink>(std::move(spent));
    co_await end_former(context, api::session_cookie_of(request, Page::portal));
    const auto sessions = api::sessions_of(context);
    const auto token = co_await sessions.open(std::move(link.grant), link.ends_at);
    if (!token) co_return api::error_response(token.error());
    Opened opened{*token, Page::portal, !link.frame_origins.empty()};
    auto answered = welcome(context, request, std::move(opened));
    co_return co_await std::move(answered);
}

/// Nobody, and how somebody could be: the page asks before there is a session.
/// \param ended  why the session of the cookie is none any more; null: there was no cookie
http::Response nobody(const api::Context& context, Page page, const http::Response* ended = nullptr)
{
    auto response = ended != nullptr ? *ended
                                     : http::Response::problem(401, "Nobody is signed in.");
    auto problem = json::parse(response.body).as_object();
    problem["ended"] = ended != nullptr;
    problem["sign_on"] = nullptr;
    if (page == Page::console && context.sign_on) problem["sign_on"] = context.sign_on->name;
    response.body = json::serialize(problem);
    return response;
}

/// Whether the session of a cookie may be shown in the frame that the page was asked for with. Each
/// link's page lies in frames of that link's origins only, also in a browser that gives the cookie
/// to the frames of every site, or to one of the same site.
bool fits_frame(const api::Context& context, const http::Request& request, std::string_view token)
{
    const auto text = request.query_parameter("frame");
    if (!text) return true;  // such a page is in no frame
    const auto frame = api::portal_links_of(context).read_frame(*text);
    const auto session = api::sessions_of(context).read(token);
    return frame && session && session->grant && session->grant->subject == frame->link;
}

/// Without the header: this is where the page learns it. Another site cannot read the answer.
awaitable<http::Response> who(api::Context context, const http::Request& request, Page page)
{
    const auto token = api::session_cookie_of(request, page);
    const auto sessions = api::sessions_of(context);
    if (!sessions.read(token) || (page == Page::portal && !fits_frame(context, request, token)))
        co_return nobody(context, page);
    const auto access = sessions.admit_navigation(token, page);
    const auto* caller = std::get_if<api::Caller>(&access);
    if (caller == nullptr) co_return nobody(context, page, std::get_if<http::Response>(&access));
    auto ended = co_await sessions.check(token);
    if (ended && ended->status == 401) co_return nobody(context, page, &*ended);
    if (ended) co_return std::move(*ended);
    co_return api::object_response(200, describe(context, *caller, token));
}

awaitable<http::Response> sign_out(api::Context context, const http::Request& request, Page page)
{
    const auto token = api::session_cookie_of(request, page);
    const auto sessions = api::sessions_of(context);
    if (!token.empty()) {
        http::Request own;  // whatever tenant the page looks at
        own.headers.push_back({"Katydid-Csrf", std::string{request.header("katydid-csrf")}});
        auto access = sessions.admit(own, token, api::any_key);
        auto* refusal = std::get_if<http::Response>(&access);
        if (refusal != nullptr && refusal->status == 403) co_return std::move(*refusal);
        if (refusal == nullptr) {
            const auto id = std::get<api::Caller>(access).session;
            const auto ended = co_await sessions.close(token);
            if (!ended)
                co_return http::Response::problem(503,
                                                  "The session could not be ended: try again.");
            co_await api::audit_change(context, std::get<api::Caller>(access), "session.closed",
                                       id);
        }
    }
    http::Response response;
    response.status = 204;
    response.with("Set-Cookie", api::session_set_cookie(request, "", page));
    // A cookie of frames is another one for the browser, which only such a rule takes away.
    if (page == Page::portal && api::is_secure(request))
        response.with("Set-Cookie", api::session_set_cookie(request, "", page, true));
    co_return response;
}

awaitable<http::Response> answer_session(api::Context context, http::Request& request, Page page)
{
    if (request.method == "DELETE") return sign_out(std::move(context), request, page);
    if (request.method != "POST") return who(std::move(context), request, page);
    if (page == Page::portal) return enter_by_link(std::move(context), request);
    return sign_in(std::move(context), request);
}

std::optional<http::Response> refuse_plain(const http::Request& head)
{
    if (head.method != "POST" || api::may_sign_in(head)) return std::nullopt;
    return http::Response::problem(
        403, "The console needs https when the browser is on another machine: set tls.*, or "
             "let a proxy with TLS send X-Forwarded-Proto: https.");
}

}  // namespace

void add_session_routes(http::Router& router, const api::Context& context)
{
    for (const auto page : {Page::console, Page::portal})
        for (const auto* method : {"POST", "GET", "DELETE"}) {
            http::Route route;
            route.method = method;
            route.pattern = page == Page::console ? "/console/session" : "/portal/session";
            route.body_bytes_max = sign_in_bytes_max;
            route.admit = refuse_plain;
            route.handle = [context, page](http::Request& request) -> awaitable<http::Response> {
                auto answered = answer_session(context, request, page);
                auto response = co_await std::move(answered);
                co_return kept_by_nobody(std::move(response));
            };
            router.add(std::move(route));
        }
}

}  // namespace katydid::console
