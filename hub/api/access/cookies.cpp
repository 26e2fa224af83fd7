#include "hub/api/access/sessions.hpp"

#include "hub/core/codec/encoding.hpp"

#include <openssl/crypto.h>

namespace katydid::api {
namespace {

std::string_view word_of(Page page) { return page == Page::portal ? "portal" : "session"; }

std::string cookie_name(const http::Request& request, std::string_view name)
{
    return (is_secure(request) ? "__Host-katydid-" : "katydid-") + std::string{name};
}

}  // namespace

bool is_secure(const http::Request& request)
{
    // What a caller claims here only makes its own cookie stricter.
    return request.peer.tls || request.header("x-forwarded-proto") == "https";
}

bool may_sign_in(const http::Request& request)
{
    return is_secure(request) || request.peer.address.is_loopback();
}

std::string_view cookie_of(const http::Request& request, std::string_view name)
{
    const auto wanted = cookie_name(request, name) + "=";
    auto cookies = request.header("cookie");
    while (!cookies.empty()) {
        const auto end = std::min(cookies.find(';'), cookies.size());
        auto pair = cookies.substr(0, end);
        cookies.remove_prefix(std::min(end + 1, cookies.size()));
        while (pair.starts_with(' ')) pair.remove_prefix(1);
        if (pair.starts_with(wanted)) return pair.substr(wanted.size());
    }
    return {};
}

std::string set_cookie(const http::Request& request, const CookieRule& rule, std::string_view value)
{
    const bool secure = is_secure(request);
    auto text = cookie_name(request, rule.name);
    text.append("=").append(value).append("; Path=/; HttpOnly");
    // A browser gives a cookie to a frame of another site only over TLS, and then for that site.
    text += secure && rule.in_frame ? "; SameSite=None; Partitioned" : "; SameSite=Lax";
    if (secure) text += "; Secure";
    return text + "; Max-Age=" + std::to_string(rule.age_max.count());
}

std::string session_cookie_of(const http::Request& request, Page page)
{
    return std::string{cookie_of(request, word_of(page))};
}

std::string session_cookie_of(const http::Request& request)
{
    auto console = session_cookie_of(request, Page::console);
    auto portal = session_cookie_of(request, Page::portal);
    if (portal.empty()) return console;
    if (console.empty()) return portal;
    const auto sent = request.header("katydid-csrf");
    const auto own = csrf_of(portal);
    const bool is_portal = sent.size() == own.size()
                           && CRYPTO_memcmp(sent.data(), own.data(), own.size()) == 0;
    return is_portal ? portal : console;
}

std::string session_set_cookie(const http::Request& request, std::string_view token, Page page,
                               bool in_frame)
{
    CookieRule rule{word_of(page), {}, in_frame};
    if (!token.empty())
        rule.age_max = std::chrono::duration_cast<std::chrono::seconds>(session_age_max);
    return set_cookie(request, rule, token);
}

std::string csrf_of(std::string_view token)
{
    return encode(Encoding::base64url, hash_api_key("katydid csrf " + std::string{token}));
}

}  // namespace katydid::api
