// Tokens of embedded widgets: one event's figures, for pages of some origins, for a while.
#pragma once

#include "hub/api/api.hpp"
#include "hub/api/access/access.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace katydid::api {

constexpr milliseconds embed_lifetime{std::chrono::minutes{15}};
constexpr milliseconds embed_lifetime_max{std::chrono::hours{24}};

/// What a token is good for.
struct EmbedGrant {
    std::string widget;  ///< "analytics"
    std::string event_id;
    std::vector<std::string> origins;  ///< "https://app.example"
    Timestamp expires_at{};
};

/// Makes tokens and judges them. A token is its grant, sealed by the vault, with the hash of the
/// key that made it: every hub of a store can open it, none keeps a table of them, and it ends
/// with its key. What it refers to outlives it.
///
/// Thread safety: none; the loop of the tables.
struct EmbedTokens {
    const signing::Vault& vault;
    const registry::Tables& tables;
    const Clock& clock;

    /// "ke_" and base64url.
    [[nodiscard]] std::string make(const Caller& caller, const EmbedGrant& grant) const;

    /// The origin whose page may read the answer, or the response that refuses: 401 for a token
    /// that is none, has expired, or is of a key that is not good any more, 403 for another event
    /// or origin. Origin and token are those of the request's headers.
    [[nodiscard]] std::variant<std::string, http::Response>
    admit(const http::Request& request, std::string_view widget, std::string_view event_id) const;
};

}  // namespace katydid::api
