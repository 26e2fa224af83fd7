// Tickets: one call without an Authorization header, for browsers that cannot send one.
#pragma once

#include "hub/api/api.hpp"
#include "hub/api/access/access.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace katydid::api {

/// What a ticket is good for: one GET of one path, with the key that it was made with.
///
/// A ticket is these fields, sealed by the vault: every hub of a store can open it, and none keeps
/// a table of tickets. That one was used is a record of the store, until it would have expired.
struct Ticket {
    std::string key_sha256;  ///< 32 bytes: the key must still be good when the ticket is used
    TenantId tenant;
    Timestamp expires_at{};
    std::string path_sha256;  ///< 32 bytes
    std::string id;           ///< 16 random bytes
    std::string session{};    ///< id of the browser's session it was made in; empty: none
};

constexpr milliseconds ticket_lifetime = std::chrono::seconds{60};

/// Makes tickets and takes them. What it refers to outlives it.
///
/// Thread safety: none; the loop of the tables.
struct Tickets {
    const signing::Vault& vault;
    const registry::Tables& tables;
    store::Records& records;
    const Clock& clock;

    /// "kt_" and base64url. \param path  as a request will have it, without a query
    [[nodiscard]] std::string make(const Caller& caller, std::string_view path) const;

    /// Who calls with the ticket `text`, or the response that refuses: 401 for a ticket that cannot
    /// be read, has expired, is for another path or of a key that is not good any more; 403 without
    /// the scope. It does not see whether the ticket was used: spend() does.
    [[nodiscard]] std::variant<Caller, http::Response>
    admit(const http::Request& head, std::string_view text, std::string_view scope) const;

    /// Uses up a ticket that admit() took. A response refuses: 401 when it was used before.
    awaitable<std::optional<http::Response>> spend(std::string text) const;

private:
    [[nodiscard]] std::optional<Ticket> open(std::string_view text) const;
};

[[nodiscard]] inline Tickets tickets_of(const Context& context)
{
    return {*context.vault, context.tables, context.store, context.clock};
}

}  // namespace katydid::api
