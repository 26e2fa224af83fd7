// /sso/login, /sso/callback, /sso/logout: the code flow with PKCE (RFC 6749, 7636, 9207).
#include "hub/api/access/portal_links.hpp"
#include "hub/api/access/sessions.hpp"
#include "hub/api/protocol/audit_change.hpp"
#include "hub/core/codec/encoding.hpp"
#include "hub/core/text/text.hpp"
#include "hub/observe/log.hpp"
#include "hub/sso/handoff_keys.hpp"
#include "hub/sso/pages.hpp"
#include "hub/sso/provider.hpp"
#include "hub/sso/roles.hpp"
#include "hub/sso/sso.hpp"

#include <boost/json.hpp>
#include <openssl/crypto.h>

namespace katydid::sso {
namespace {

namespace json = boost::json;
using PartsPtr = std::shared_ptr<const Parts>;

constexpr std::string_view state_cookie = "sign-on";
constexpr const char* state_kind = "sign_on_state";
constexpr const char* console_path = "/console/";

http::Response refused_login(std::string_view detail)
{
    return message_page(401, "Not signed in", detail);
}

http::Response unreachable(const Error& error)
{
    log::warn("sign_on.unreachable", error.message);
    return message_page(503, "The sign-on provider does not answer",
                        "Nobody can sign in there now. Try again in a moment.");
}

std::string redirect_uri(const Parts& parts) { return parts.context.public_url + "/sso/callback"; }

std::string with_query(std::string url, const std::string& form)
{
    url += url.find('?') == std::string::npos ? '?' : '&';
    return url + form;
}

std::string query_text(const http::Request& request, std::string_view name)
{
    return request.query_parameter(name).value_or("");
}

bool are_same(std::string_view one, std::string_view other)
{
    return one.size() == other.size() && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

std::string joined(const std::vector<std::string>& words)
{
    std::string text;
    for (const auto& word : words) text.append(text.empty() ? "" : " ").append(word);
    return text;
}

awaitable<http::Response> begin_login(PartsPtr parts, const http::Request& request)
{
    auto return_to = request.query_parameter("return_to").value_or(console_path);
    if (!is_local_path(return_to))
        co_return message_page(400, "Not a path", "return_to has to be a path of this hub.");
    const auto provider = co_await parts->provider->metadata();
    if (!provider) co_return unreachable(provider.error());
    const auto& context = parts->context;
    const auto state = LoginState::begin(std::move(return_to), context.clock.now());
    const auto scope = joined(parts->settings.scopes);
    const auto back = redirect_uri(*parts);
    const auto challenge = state.challenge();
    const auto form = form_of({{"response_type", "code"},
                               {"client_id", parts->settings.client_id},
                               {"redirect_uri", back},
                               {"scope", scope},
                               {"state", state.state},
                               {"nonce", state.nonce},
                               {"code_challenge", challenge},
                               {"code_challenge_method", "S256"}});
    auto response = redirect_to(with_query(provider->authorization_endpoint, form));
    const api::CookieRule rule{
        state_cookie, std::chrono::duration_cast<std::chrono::seconds>(LoginState::lifetime)};
    response.with("Set-Cookie", api::set_cookie(request, rule, state.seal(*context.vault)));
    co_return response;
}

/// The state of this browser's sign-in, used up. A response refuses.
awaitable<std::variant<LoginState, http::Response>> take_state(PartsPtr parts,
                                                               const http::Request& request)
{
    const auto& context = parts->context;
    auto state = LoginState::open(*context.vault, api::cookie_of(request, state_cookie),
                                  context.clock.now());
    if (!state)
        co_return refused_login("This browser did not begin to sign in, or it took longer than ten "
                                "minutes. Sign in again.");
    if (!are_same(query_text(request, "state"), state->state))
        co_return refused_login("The provider's answer is of another sign-in. Sign in again.");
    api::UsedOnce used{default_tenant(), state_kind,
                       encode(Encoding::hex, api::hash_api_key(state->state)), context.clock.now(),
                       state->ends_at + std::chrono::minutes{1}};
    auto record = api::to_record(std::move(used));
    const auto put = co_await context.store.put_record(std::move(record));
    if (put) co_return std::move(*state);
    if (put.error() == errc::conflict)
        co_return refused_login("This sign-in was used already. Sign in again.");
    co_return unreachable(put.error());
}

/// What is wrong with who answers, and with what (RFC 9207); empty: nothing.
std::string answer_fault(const Parts& parts, const ProviderMetadata& provider,
                         const http::Request& request)
{
    const auto issuer = request.query_parameter("iss");
    if (issuer ? *issuer != parts.settings.issuer : provider.says_issuer)
        return "The answer is not of the provider that was asked. Sign in again.";
    const auto error = query_text(request, "error");
    if (error == "access_denied") return "The provider did not let you in, or you went back.";
    if (!error.empty()) return "The provider refused. Sign in again.";
    if (query_text(request, "code").empty()) return "The provider sent no code. Sign in again.";
    return {};
}

/// A session for the person, and on to where they wanted.
awaitable<http::Response> let_in(PartsPtr parts, const http::Request& request, api::Grant grant,
                                 std::string return_to)
{
    const auto& context = parts->context;
    const auto sessions = api::sessions_of(context);
    // Who had the cookie of a former session has nothing afterwards.
    auto former = api::session_cookie_of(request, api::Page::console);
    if (!former.empty()) co_await sessions.close(std::move(former));
    const auto ends_at = context.clock.now() + api::person_session_age_max;
    const auto token = co_await sessions.open(std::move(grant), ends_at);
    if (!token) co_return unreachable(token.error());
    const auto access = sessions.admit_navigation(*token, api::Page::console);
    const auto* caller = std::get_if<api::Caller>(&access);
    if (caller == nullptr) co_return refused_login("The role's tenant is not there.");
    const json::object detail{{"role", api::to_text(api::role_of(*caller->api_key))},
                              {"issuer", parts->settings.issuer}};
    co_await api::audit_change(context, *caller, "session.opened", caller->session,
                               json::serialize(detail));
    auto response = redirect_to(context.public_url + return_to);
    response.with("Set-Cookie", api::session_set_cookie(request, *token));
    co_return response;
}

awaitable<http::Response> judge_answer(PartsPtr parts, const http::Request& request)
{
    auto taken = co_await take_state(parts, request);
    if (auto* refused = std::get_if<http::Response>(&taken)) co_return std::move(*refused);
    auto state = std::get<LoginState>(std::move(taken));
    const auto provider = co_await parts->provider->metadata();
    if (!provider) co_return unreachable(provider.error());
    if (const auto fault = answer_fault(*parts, *provider, request); !fault.empty())
        co_return refused_login(fault);
    auto return_to = state.return_to;
    auto code = query_text(request, "code");
    auto back = redirect_uri(*parts);
    const auto claims = co_await parts->provider->claims_for(std::move(code), std::move(state),
                                                             std::move(back));
    if (!claims && claims.error() != errc::refused) co_return unreachable(claims.error());
    if (!claims) {
        log::warn("sign_on.refused", claims.error().message);
        co_return refused_login(claims.error().message);
    }
    auto grant = grant_of(parts->settings, *claims);
    if (!grant || !parts->context.tables.tenant(grant->tenant)) {
        log::warn("sign_on.no_role", "a person signed in who has no role here",
                  {{"person", person_of(*claims)}});
        co_return message_page(403, "No role here",
                               "You are signed in at the provider, but nothing there gives you a "
                               "role here: ask who runs this hub ([[sso.roles]]).");
    }
    grant->stamp = parts->context.sign_on->stamp;
    auto entered = let_in(parts, request, std::move(*grant), std::move(return_to));
    co_return co_await std::move(entered);
}

awaitable<http::Response> end_login(PartsPtr parts, const http::Request& request)
{
    const auto& context = parts->context;
    // Before the store and the provider: anybody can begin a sign-in, and bring a made-up code.
    if (const auto wait = context.throttle->take_exchange(request, context.clock);
        wait.count() > 0) {
        auto slower = message_page(429, "Too many sign-ins",
                                   "Wait a moment, then load this again.");
        const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
        slower.with("Retry-After", std::to_string(seconds));
        co_return slower;
    }
    auto response = co_await judge_answer(parts, request);
    const api::CookieRule gone{state_cookie};
    response.with("Set-Cookie", api::set_cookie(request, gone, ""));
    co_return context.throttle->slow_down_guess(std::move(response), request, context.clock);
}

awaitable<void> end_session(const api::Context& context, std::string token)
{
    const auto sessions = api::sessions_of(context);
    const auto access = sessions.admit_navigation(token, api::Page::console);
    const bool ended = co_await sessions.close(std::move(token));
    const auto* caller = std::get_if<api::Caller>(&access);
    if (ended && caller != nullptr)
        co_await api::audit_change(context, *caller, "session.closed", caller->session);
}

/// Here and at the provider (OpenID Connect RP-Initiated Logout 1.0).
awaitable<http::Response> log_out(PartsPtr parts, const http::Request& request)
{
    // Another site could sign people out with an image.
    const auto site = request.header("sec-fetch-site");
    if (site == "cross-site" || site == "same-site")
        co_return message_page(403, "Not from here", "Sign out on the console's own page.");
    auto token = api::session_cookie_of(request, api::Page::console);
    if (!token.empty()) co_await end_session(parts->context, std::move(token));
    const auto home = parts->context.public_url + console_path;
    const auto provider = co_await parts->provider->metadata();
    const auto there = provider ? provider->end_session_endpoint : std::string{};
    const auto form = form_of(
        {{"client_id", parts->settings.client_id}, {"post_logout_redirect_uri", home}});
    auto response = redirect_to(there.empty() ? home : with_query(there, form));
    response.with("Set-Cookie", api::session_set_cookie(request, ""));
    co_return response;
}

std::optional<http::Response> refuse_plain_login(const http::Request& head)
{
    if (api::may_sign_in(head)) return std::nullopt;
    return message_page(403, "Not over http",
                        "Signing in needs https when the browser is on another machine.");
}

using LoginStep = awaitable<http::Response> (*)(PartsPtr, const http::Request&);

}  // namespace

api::SignOn describe(const config::SignOnSettings& settings)
{
    std::string all = settings.issuer + "\n" + settings.client_id;
    for (const auto& rule : settings.roles)
        all += "\n" + rule.claim + "\n" + rule.value + "\n" + rule.role + "\n"
               + rule.tenant.to_string() + (rule.is_operator ? "*" : "");
    const auto url = http::EgressPolicy::parse_url(settings.issuer);
    const auto host = url ? url->host : settings.issuer;
    return {settings.name.empty() ? host : settings.name,
            encode(Encoding::base64url, api::hash_api_key(all).substr(0, 12))};
}

void add_routes(http::Router& router, const api::Context& context, http::Client& client,
                const config::SignOnSettings& settings)
{
    auto provider = std::make_shared<Provider>(client, context.clock, settings);
    auto keys = std::make_shared<HandoffKeys>(*context.vault, context.store, context.clock);
    const auto parts = std::make_shared<const Parts>(
        Parts{context, settings, std::move(provider), std::move(keys)});
    add_login_routes(router, parts);
    add_handoff_routes(router, parts);
}

void add_login_routes(http::Router& router, const std::shared_ptr<const Parts>& parts)
{
    const std::pair<const char*, LoginStep> steps[] = {
        {"/sso/login", begin_login}, {"/sso/callback", end_login}, {"/sso/logout", log_out}};
    for (const auto& [path, step] : steps) {
        http::Route route;
        route.method = "GET";
        route.pattern = path;
        route.admit = refuse_plain_login;
        route.handle = [parts, step](http::Request& request) { return step(parts, request); };
        router.add(std::move(route));
    }
}

}  // namespace katydid::sso
