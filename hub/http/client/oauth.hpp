// Access tokens of OAuth 2 for requests that leave.
#pragma once

#include "hub/core/async/mutex.hpp"
#include "hub/http/client/client.hpp"

namespace katydid::http {

/// How to ask for tokens: the client credentials grant (RFC 6749, section 4.4).
struct OAuthOptions {
    std::string token_url;
    std::string client_id;
    std::string client_secret;
    std::string scope;  ///< empty: what the server gives
};

/// Gets a token through the guarded client, keeps it until shortly before it ends, and gets
/// another when a receiver no longer takes it. However many wait, it asks once.
///
/// The token lives in memory only. Thread safety: none; one loop. Outlives its calls.
class TokenSource {
public:
    struct Parts {
        Client& client;
        OAuthOptions options;
        TenantId tenant = default_tenant();
        std::shared_ptr<const Identity> identity;  ///< for the token server; may be null
    };

    explicit TokenSource(Parts parts, const Clock& clock = system_clock());
    TokenSource(const TokenSource&) = delete;
    TokenSource& operator=(const TokenSource&) = delete;

    /// Errors: those of Client::send; refused when the server gives no token, over_limit when it
    /// may give one later. The message tells its status, never the secret. Cancellation: terminal.
    awaitable<result<std::string>> token(Deadline deadline);
    /// A receiver answered 401 to this token: the next call gets a new one.
    void give_up(std::string_view token);

private:
    [[nodiscard]] ClientRequest make_request() const;
    result<void> keep(const ClientReply& reply);

    Parts parts_;
    const Clock& clock_;
    std::string token_;
    SteadyTime until_{};
    AsyncMutex asking_;
};

/// Sends with a token; a 401 gets one more try with a new token.
/// Lifetime: client and tokens outlive the call. Errors and cancellation: as Client::send.
awaitable<result<ClientReply>> send_with_token(Client& client, TokenSource& tokens,
                                               ClientRequest request, Deadline deadline);

}  // namespace katydid::http
