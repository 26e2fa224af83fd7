// /console/session: an API key for a session, who is signed in, and out again.
#include "hub/input/body.hpp"
#include "hub/api/protocol/audit_change.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/request_check.hpp"
#include "hub/api/access/sessions.hpp"
#include "hub/console/console.hpp"

namespace katydid::console {
namespace {

namespace json = boost::json;

constexpr const char* path = "/console/session";
constexpr std::size_t sign_in_bytes_max = 4'096;

http::Response kept_by_nobody(http::Response response)
{
    response.with("Cache-Control", "no-store").with("X-Content-Type-Options", "nosniff");
    return response;
}

std::string_view role_of(const registry::ApiKey& key)
{
    const auto may = [&key](std::string_view scope) { return api::has_scope(key, scope); };
    if (may("admin")) return "admin";
    return may("events:write") || may("subscriptions:write") ? "operate" : "read";
}

/// What the page wants to know of who is signed in.
json::object describe(const api::Context& context, const api::Caller& caller,
                      std::string_view token)
{
    const auto& key = *caller.api_key;
    const auto tenant = context.tables.tenant(key.tenant);
    const auto session = api::sessions_of(context).read(token);
    json::array scopes;
    for (const auto& scope : key.scopes) scopes.emplace_back(scope);
    return {{"tenant", json::object{{"id", key.tenant.to_string()},
                                    {"name", tenant ? tenant->name : key.tenant.to_string()}}},
            {"role", role_of(key)},
            {"operator", key.is_operator},
            {"scopes", std::move(scopes)},
            {"csrf", api::csrf_of(token)},
            {"expires_at", to_rfc3339(session->created_at + api::session_age_max)}};
}

/// The key of a body {"key": "…"}. nullopt: `response` says what is wrong.
std::optional<std::string> read_key(const http::Request& request, http::Response& response)
{
    // A form of another site cannot send JSON.
    if (api::media_type_of(request) != "application/json") {
        response = http::Response::problem(415, "Send application/json.");
        return std::nullopt;
    }
    std::vector<Fault> faults;
    const auto body = input::parse_object(request.body, faults);
    const auto* object = body && faults.empty() ? body->if_object() : nullptr;
    const auto* key = object != nullptr ? object->if_contains("key") : nullptr;
    if (key != nullptr && key->is_string() && object->size() == 1)
        return std::string{key->get_string()};
    response = http::Response::problem(400, "Send {\"key\": \"…\"} with an API key, and no more.");
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
awaitable<void> end_former(const api::Context& context, const http::Request& request)
{
    auto former = api::session_cookie_of(request);
    if (former.empty()) co_return;
    const auto sessions = api::sessions_of(context);
    co_await sessions.close(std::move(former));
}

awaitable<http::Response> sign_in(api::Context context, http::Request& request)
{
    if (!api::is_secure(request) && !request.peer.address.is_loopback())
        co_return http::Response::problem(
            403, "The console needs https when the browser is on another machine: set tls.*, or "
                 "let a proxy with TLS send X-Forwarded-Proto: https.");
    http::Response refusal;
    const auto key = read_key(request, refusal);
    if (!key) co_return refusal;
    auto access = judge_key(context, request, *key);
    if (auto* refused = std::get_if<http::Response>(&access)) co_return std::move(*refused);
    const auto caller = std::get<api::Caller>(access);
    co_await end_former(context, request);
    const auto sessions = api::sessions_of(context);
    const auto token = co_await sessions.open(caller.api_key);
    if (!token) co_return api::error_response(token.error());
    const auto id = sessions.read(*token)->id;
    co_await api::audit_change(context, caller, "session.opened", id);
    auto response = api::object_response(201, describe(context, caller, *token));
    response.with("Set-Cookie", api::session_set_cookie(request, *token));
    co_return response;
}

/// Without the header: this is where the page learns it. Another site cannot read the answer.
awaitable<http::Response> who(api::Context context, http::Request& request)
{
    const auto token = api::session_cookie_of(request);
    const auto sessions = api::sessions_of(context);
    const auto session = sessions.read(token);
    const auto key = session ? context.tables.api_key(session->key_sha256) : nullptr;
    if (!key) co_return http::Response::problem(401, "Nobody is signed in.");
    http::Request own;  // whatever tenant the page looks at
    own.headers.push_back({"Katydid-Csrf", api::csrf_of(token)});
    auto access = sessions.admit(own, token, api::any_key);
    if (auto* refusal = std::get_if<http::Response>(&access)) co_return std::move(*refusal);
    auto ended = co_await sessions.check(token);
    if (ended) co_return std::move(*ended);
    co_return api::object_response(200, describe(context, std::get<api::Caller>(access), token));
}

awaitable<http::Response> sign_out(api::Context context, http::Request& request)
{
    const auto token = api::session_cookie_of(request);
    const auto sessions = api::sessions_of(context);
    if (!token.empty()) {
        http::Request own;  // whatever tenant the page looks at
        own.headers.push_back({"Katydid-Csrf", std::string{request.header("katydid-csrf")}});
        auto access = sessions.admit(own, token, api::any_key);
        auto* refusal = std::get_if<http::Response>(&access);
        if (refusal != nullptr && refusal->status == 403) co_return std::move(*refusal);
        if (refusal == nullptr) {
            const auto id = sessions.read(token)->id;
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
    response.with("Set-Cookie", api::session_set_cookie(request, ""));
    co_return response;
}

using Answer = awaitable<http::Response> (*)(api::Context, http::Request&);

}  // namespace

void add_session_routes(http::Router& router, const api::Context& context)
{
    const std::pair<const char*, Answer> all[] = {
        {"POST", sign_in}, {"GET", who}, {"DELETE", sign_out}};
    for (const auto& [method, answer] : all) {
        http::Route route;
        route.method = method;
        route.pattern = path;
        route.body_bytes_max = sign_in_bytes_max;
        route.handle = [context, answer](http::Request& request) -> awaitable<http::Response> {
            auto answered = answer(context, request);
            auto response = co_await std::move(answered);
            co_return kept_by_nobody(std::move(response));
        };
        router.add(std::move(route));
    }
}

}  // namespace katydid::console
