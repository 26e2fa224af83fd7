#include "hub/sso/provider.hpp"

#include "hub/core/codec/encoding.hpp"
#include "hub/core/codec/percent.hpp"
#include "hub/core/json/parse.hpp"
#include "hub/sso/id_token.hpp"
#include "hub/sso/roles.hpp"
#include "signing/keys/jws.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace katydid::sso {
namespace {

namespace json = boost::json;
using json_text::text_at;

constexpr milliseconds exchange_time_max = std::chrono::seconds{10};

Error refused_provider(std::string why)
{
    return {errc::refused, "The sign-on provider " + std::move(why) + "."};
}

/// https, or http where the issuer itself is.
bool is_endpoint(std::string_view url, const config::SignOnSettings& settings)
{
    const auto parsed = http::EgressPolicy::parse_url(url);
    return parsed && (parsed->tls || settings.issuer.starts_with("http://"));
}

/// Whether a list names it; true where there is no list.
bool offers(const json::object& object, std::string_view member, std::string_view value,
            bool otherwise)
{
    const auto* list = object.if_contains(member);
    if (list == nullptr || !list->is_array()) return otherwise;
    return std::ranges::any_of(list->get_array(), [&](const json::value& each) {
        return each.is_string() && each.get_string() == value;
    });
}

std::string escaped_for_form(std::string_view text) { return percent_encode(text, "-._"); }

std::string metadata_url(const config::SignOnSettings& settings)
{
    std::string url = settings.issuer;
    while (url.ends_with('/')) url.pop_back();
    return url + "/.well-known/openid-configuration";
}

}  // namespace

std::string form_of(const std::vector<std::pair<std::string_view, std::string_view>>& fields)
{
    std::string form;
    for (const auto& [name, value] : fields) {
        if (!form.empty()) form += '&';
        form.append(name).append("=").append(escaped_for_form(value));
    }
    return form;
}

awaitable<result<std::string>> ProviderFetcher::fetch(std::string url)
{
    http::ClientRequest request;
    request.method = "GET";
    request.url = std::move(url);
    request.headers = {{"Accept", "application/json"}, {"User-Agent", "Katydid/" KATYDID_VERSION}};
    const auto deadline = Deadline::after(time_max);
    auto reply = co_await client_.send(std::move(request), deadline);
    if (!reply) co_return reply.error();
    if (reply->status != 200)
        co_return refused_provider("answered " + std::to_string(reply->status));
    if (reply->truncated || reply->body.size() > bytes_max)
        co_return refused_provider("answered too much");
    co_return std::move(reply->body);
}

result<ProviderMetadata> read_metadata(std::string_view text,
                                       const config::SignOnSettings& settings)
{
    const auto value = json_text::parse_or_null(text);
    const auto* object = value.if_object();
    if (object == nullptr) return refused_provider("describes itself in no JSON");
    if (text_at(*object, "issuer") != settings.issuer)
        return refused_provider("says it is another issuer than `issuer` of [sso]: \""
                                + text_at(*object, "issuer") + "\"");
    ProviderMetadata made;
    const std::pair<const char*, std::string*> endpoints[] = {
        {"authorization_endpoint", &made.authorization_endpoint},
        {"token_endpoint", &made.token_endpoint},
        {"jwks_uri", &made.jwks_uri},
        {"userinfo_endpoint", &made.userinfo_endpoint},
        {"end_session_endpoint", &made.end_session_endpoint}};
    for (const auto& [name, endpoint] : endpoints) {
        *endpoint = text_at(*object, name);
        const bool is_needed = endpoint == &made.authorization_endpoint
                               || endpoint == &made.token_endpoint || endpoint == &made.jwks_uri;
        if ((is_needed || !endpoint->empty()) && !is_endpoint(*endpoint, settings))
            return refused_provider("has no good " + std::string{name});
    }
    if (!offers(*object, "code_challenge_methods_supported", "S256", true))
        return refused_provider("does not know PKCE with S256");
    const auto* const methods = "token_endpoint_auth_methods_supported";
    made.takes_basic = offers(*object, methods, "client_secret_basic", true)
                       || !offers(*object, methods, "client_secret_post", false);
    const auto* says = object->if_contains("authorization_response_iss_parameter_supported");
    made.says_issuer = says != nullptr && says->is_bool() && says->get_bool();
    return made;
}

Provider::Provider(http::Client& client, const Clock& clock, const config::SignOnSettings& settings)
    : client_{client},
      clock_{clock},
      settings_{settings},
      fetcher_{client},
      documents_{fetcher_, clock}
{}

awaitable<result<ProviderMetadata>> Provider::metadata()
{
    auto url = metadata_url(settings_);
    const auto document = co_await documents_.get(std::move(url));
    if (!document) co_return document.error();
    co_return read_metadata(**document, settings_);
}

http::ClientRequest Provider::token_request(const ProviderMetadata& provider,
                                            std::string form) const
{
    http::ClientRequest request;
    request.url = provider.token_endpoint;
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                       {"Accept", "application/json"},
                       {"User-Agent", "Katydid/" KATYDID_VERSION}};
    if (settings_.client_secret && provider.takes_basic) {
        // RFC 6749, section 2.3.1: both are form-encoded before they become user and password.
        const auto login = escaped_for_form(settings_.client_id) + ":"
                           + escaped_for_form(settings_.client_secret->text());
        request.headers.push_back({"Authorization", "Basic " + encode(Encoding::base64, login)});
    } else {
        form += "&" + form_of({{"client_id", settings_.client_id}});
        if (settings_.client_secret)
            form += "&" + form_of({{"client_secret", settings_.client_secret->text()}});
    }
    request.body = std::make_shared<const std::string>(std::move(form));
    return request;
}

awaitable<result<Provider::Tokens>> Provider::redeem(ProviderMetadata provider, std::string form)
{
    auto request = token_request(provider, std::move(form));
    const auto deadline = Deadline::after(exchange_time_max);
    const auto reply = co_await client_.send(std::move(request), deadline);
    if (!reply) co_return reply.error();
    const auto value = json_text::parse_or_null(reply->body);
    const auto* object = value.if_object();
    if (reply->status != 200) {
        // `error` is one of a few words (RFC 6749, section 5.2); what else is there is not shown.
        const auto error = object == nullptr ? std::string{} : text_at(*object, "error");
        const bool is_old = error == "invalid_grant";
        co_return refused_provider(is_old ? "does not take the code: it was used already, or its "
                                            "time is over"
                                          : "does not exchange the code: it answered "
                                                + std::to_string(reply->status));
    }
    if (object == nullptr) co_return refused_provider("exchanges the code for no JSON");
    co_return Tokens{text_at(*object, "id_token"), text_at(*object, "access_token")};
}

awaitable<result<json::object>> Provider::open_token(ProviderMetadata provider, std::string token)
{
    const auto keys = co_await documents_.get(provider.jwks_uri);
    if (!keys) co_return keys.error();
    auto claims = signing::open_jws(token, **keys);
    if (claims || claims.error() != errc::not_found) co_return claims;
    // Rotated meanwhile, perhaps.
    const auto newer = co_await documents_.refresh(provider.jwks_uri);
    if (!newer) co_return newer.error();
    claims = signing::open_jws(token, **newer);
    if (!claims) co_return Error{errc::refused, "The provider's answer: " + claims.error().message};
    co_return claims;
}

/// OpenID Connect Core, section 5.3. Whose it is must be whose the token is.
awaitable<result<json::object>> Provider::with_userinfo(ProviderMetadata provider, Tokens tokens,
                                                        json::object claims)
{
    http::ClientRequest request;
    request.method = "GET";
    request.url = provider.userinfo_endpoint;
    request.headers = {{"Authorization", "Bearer " + tokens.access_token},
                       {"Accept", "application/json"}};
    const auto deadline = Deadline::after(exchange_time_max);
    const auto reply = co_await client_.send(std::move(request), deadline);
    if (!reply) co_return reply.error();
    const auto value = json_text::parse_or_null(reply->body);
    const auto* object = value.if_object();
    if (reply->status != 200 || object == nullptr
        || text_at(*object, "sub") != text_at(claims, "sub"))
        co_return refused_provider("does not say more of the person");
    // An address is verified where it is said beside it: of one of the two only.
    if (!claims.contains("email")) claims.erase("email_verified");
    const bool is_other = claims.contains("email")
                          && text_at(claims, "email") != text_at(*object, "email");
    for (const auto& member : *object)
        if (!is_other || member.key() != "email_verified") claims.insert(member);  // own ones stay
    co_return claims;
}

awaitable<result<json::object>> Provider::claims_for(std::string code, LoginState state,
                                                     std::string redirect_uri)
{
    const auto provider = co_await metadata();
    if (!provider) co_return provider.error();
    auto form = form_of({{"grant_type", "authorization_code"},
                         {"code", code},
                         {"redirect_uri", redirect_uri},
                         {"code_verifier", state.verifier}});
    auto tokens = co_await redeem(*provider, std::move(form));
    if (!tokens) co_return tokens.error();
    auto claims = co_await open_token(*provider, tokens->id_token);
    if (!claims) co_return claims.error();
    const ExpectedToken expected{settings_.issuer, settings_.client_id, state.nonce, clock_.now()};
    if (const auto good = check_id_token(*claims, expected); !good) co_return good.error();
    const bool may_say_more = !provider->userinfo_endpoint.empty() && !tokens->access_token.empty();
    if (grant_of(settings_, *claims) || !may_say_more) co_return claims;
    auto more = co_await with_userinfo(*provider, std::move(*tokens), std::move(*claims));
    co_return more;
}

}  // namespace katydid::sso
