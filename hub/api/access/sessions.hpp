// Sessions: a browser signs in once, with a key, as a person or by a link, and then sends a cookie.
#pragma once

#include "hub/api/api.hpp"
#include "hub/api/access/access.hpp"
#include "hub/api/access/grant.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace katydid::api {

constexpr milliseconds session_idle_max = std::chrono::hours{12};
constexpr milliseconds session_age_max = std::chrono::hours{24 * 7};
/// A person's: the provider is asked again after it whether they still may.
constexpr milliseconds person_session_age_max = std::chrono::hours{12};
/// Of one key or one person; the oldest ends when another begins.
constexpr std::size_t sessions_max = 20;
/// Of one tenant: each portal link is a person of its own. Operators have as many of theirs.
constexpr std::size_t tenant_sessions_max = 10'000;

/// Which page a cookie belongs to. The portal's may lie in a frame of another site, so that the
/// console's never does.
enum class Page : std::uint8_t { console, portal };

/// What a cookie holds, sealed by the vault. A key itself is kept nowhere.
struct Session {
    std::string id;                ///< 16 random bytes, hexadecimal
    std::string key_sha256;        ///< 32 bytes: the key must still be good with every call
    std::optional<Grant> grant{};  ///< instead of a key
    Timestamp created_at{};
    Timestamp ends_at{};  ///< at the latest
};

/// The session of a request's cookie for a page; empty: it has none.
///
/// Over TLS the cookie's name has the prefix `__Host-`, so that no other host and no plain
/// connection can plant one; without TLS there is none but on loopback.
[[nodiscard]] std::string session_cookie_of(const http::Request& request, Page page);
/// The same for a call of /v1: where a browser has both, the one whose Katydid-Csrf is sent.
[[nodiscard]] std::string session_cookie_of(const http::Request& request);

/// Whether the browser speaks TLS, to us or to a proxy that says so.
[[nodiscard]] bool is_secure(const http::Request& request);
/// Whether a browser may sign in over this connection: TLS, or the hub's own machine.
[[nodiscard]] bool may_sign_in(const http::Request& request);

/// How a cookie is set.
struct CookieRule {
    std::string_view name;  ///< "session" becomes "__Host-katydid-session" or "katydid-session"
    std::chrono::seconds age_max{};  ///< 0: it is taken away
    bool in_frame = false;           ///< it comes along into a frame of another site
};
/// The value of Set-Cookie.
[[nodiscard]] std::string set_cookie(const http::Request& request, const CookieRule& rule,
                                     std::string_view value);
[[nodiscard]] std::string_view cookie_of(const http::Request& request, std::string_view name);

/// The value of Set-Cookie for a session. An empty token takes the cookie away.
[[nodiscard]] std::string session_set_cookie(const http::Request& request, std::string_view token,
                                             Page page = Page::console, bool in_frame = false);

/// What a page has to send as Katydid-Csrf with the cookie: another site can make a browser send
/// the cookie, but can neither read this nor send the header.
[[nodiscard]] std::string csrf_of(std::string_view token);

/// 16 random bytes, hexadecimal.
[[nodiscard]] std::string random_id();

/// A session as lists show it.
struct SessionRow {
    std::string id;
    std::string owner;  ///< of the bound: a key's id, "operator", or the provider's `sub`
    std::string who;    ///< for people: a key's name, a person, "portal"
    std::string kind;   ///< "key", "person" or "portal"
    bool is_operator = false;
    Role role = Role::read;
    Timestamp created_at{};
    Timestamp used_at{};
    Timestamp expires_at{};
};

/// Opens, checks and ends sessions. What it refers to outlives it.
///
/// Every hub of a store can open a token; a session goes on while its record is in the store, so
/// that it can be ended, and ends by itself when it is not used.
/// Thread safety: none; the loop of the tables.
struct Sessions {
    const signing::Vault& vault;
    const registry::Tables& tables;
    store::Records& records;
    const Clock& clock;
    std::string sign_on_stamp{};  ///< SignOn::stamp now; empty: nobody signs in by a provider

    /// A session for a key, in the store. Returns its token.
    awaitable<result<std::string>> open(registry::ApiKeyPtr key) const;
    /// The same for a person or a portal link, until `ends_at`.
    awaitable<result<std::string>> open(Grant grant, Timestamp ends_at) const;

    /// Who calls with this token, or the response that refuses: 401 for one that cannot be read, is
    /// too old, or whose key is not good any more; 403 without the scope or the Katydid-Csrf
    /// header; 404 for a tenant of Katydid-Tenant that the key does not act for. It does not see
    /// whether the session was ended: check() does.
    [[nodiscard]] std::variant<Caller, http::Response>
    admit(const http::Request& head, std::string_view token, std::string_view scope) const;
    /// The same without the header and for any scope: for a page that the browser itself asks for.
    /// 401 for a session of the other page too: a browser can send a cookie under any name.
    [[nodiscard]] std::variant<Caller, http::Response> admit_navigation(std::string_view token,
                                                                        Page page) const;

    /// Prolongs a session that admit() took. A response refuses: 401 when it has ended.
    awaitable<std::optional<http::Response>> check(std::string token) const;

    /// Ends the session of a token. True when there was one that is no longer.
    awaitable<bool> close(std::string token) const;
    /// Ends a session by its id. Errors: not_found.
    awaitable<result<void>> end(TenantId tenant, std::string id) const;
    /// Those of a tenant that go on, newest first.
    awaitable<result<std::vector<SessionRow>>> list(TenantId tenant) const;

    [[nodiscard]] std::optional<Session> read(std::string_view token) const;

private:
    /// The key, or the grant as one; null when it is not good any more.
    [[nodiscard]] registry::ApiKeyPtr holder_of(const Session& session) const;
    [[nodiscard]] std::variant<Caller, http::Response>
    admit_holder(const Session& session, std::string_view tenant, std::string_view scope) const;
    awaitable<result<std::string>> open(Session session, registry::ApiKeyPtr holder) const;
    awaitable<result<void>> make_room(registry::ApiKeyPtr holder, std::string owner) const;
};

/// Whether a session was neither ended nor left alone for too long. True while the store is away.
/// \param tenant  of its key
awaitable<bool> session_goes_on(store::Records& records, const Clock& clock, TenantId tenant,
                                std::string id);

[[nodiscard]] inline Sessions sessions_of(const Context& context)
{
    return {*context.vault, context.tables, context.store, context.clock,
            context.sign_on ? context.sign_on->stamp : std::string{}};
}

}  // namespace katydid::api
