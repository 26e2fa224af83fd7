// Sessions of the console: a browser signs in once with a key and then sends a cookie.
#pragma once

#include "hub/api/api.hpp"
#include "hub/api/access/access.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace katydid::api {

constexpr milliseconds session_idle_max = std::chrono::hours{12};
constexpr milliseconds session_age_max = std::chrono::hours{24 * 7};

/// What a cookie holds, sealed by the vault. The key itself is kept nowhere.
struct Session {
    std::string key_sha256;  ///< 32 bytes: the key must still be good with every call
    std::string id;          ///< 16 random bytes, hexadecimal
    Timestamp created_at{};
};

/// The session of a request's cookie; empty: it has none.
///
/// Over TLS the cookie's name has the prefix `__Host-`, so that no other host and no plain
/// connection can plant one; without TLS there is none but on loopback.
[[nodiscard]] std::string session_cookie_of(const http::Request& request);

/// Whether the browser speaks TLS, to us or to a proxy that says so.
[[nodiscard]] bool is_secure(const http::Request& request);

/// The value of Set-Cookie. An empty token takes the cookie away.
[[nodiscard]] std::string session_set_cookie(const http::Request& request, std::string_view token);

/// What a page has to send as Katydid-Csrf with the cookie: another site can make a browser send
/// the cookie, but can neither read this nor send the header.
[[nodiscard]] std::string csrf_of(std::string_view token);

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

    /// A session for a key, in the store. Returns its token.
    awaitable<result<std::string>> open(registry::ApiKeyPtr key) const;

    /// Who calls with this token, or the response that refuses: 401 for one that cannot be read, is
    /// too old, or whose key is not good any more; 403 without the scope or the Katydid-Csrf
    /// header; 404 for a tenant of Katydid-Tenant that the key does not act for. It does not see
    /// whether the session was ended: check() does.
    [[nodiscard]] std::variant<Caller, http::Response>
    admit(const http::Request& head, std::string_view token, std::string_view scope) const;

    /// Prolongs a session that admit() took. A response refuses: 401 when it has ended.
    awaitable<std::optional<http::Response>> check(std::string token) const;

    /// Ends a session. Returns its key; nullptr when the token is none.
    awaitable<registry::ApiKeyPtr> close(std::string token) const;

    [[nodiscard]] std::optional<Session> read(std::string_view token) const;
};

[[nodiscard]] inline Sessions sessions_of(const Context& context)
{
    return {*context.vault, context.tables, context.store, context.clock};
}

}  // namespace katydid::api
