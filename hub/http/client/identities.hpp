// The identities that an operator offers to subscriptions.
#pragma once

#include "hub/http/egress/host_rule.hpp"
#include "hub/http/client/oauth.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace katydid::http {

/// Whom requests trust and who they say they are, by certificate, by token, or both.
struct OfferedIdentity {
    std::shared_ptr<const Identity> identity;
    std::vector<HostRule> hosts;        ///< where requests under it may go; none: nowhere
    std::optional<OAuthOptions> oauth;  ///< requests carry a token of that server
    std::shared_ptr<const Identity> for_token_server;  ///< null: as `identity`
    std::vector<TenantId> tenants;                     ///< who may use it; empty: every tenant
};

/// Whether a request under the identity may go to this URL: anybody who names an identity could
/// else have its token, or a connection under its certificate, sent to a host of his own.
[[nodiscard]] bool may_go_to(const OfferedIdentity& offered, const Url& url);
/// The sentence for a URL that it may not go to.
[[nodiscard]] std::string wrong_host_fault(const OfferedIdentity& offered, const Url& url);

/// Identities by name. What a tenant may not use does not exist for it.
///
/// Thread safety: filled before it is shared, immutable then.
class Identities {
public:
    /// The name is the identity's; one that is there already is replaced.
    void offer(OfferedIdentity offered);
    /// Null when there is none of that name, or it is not for this tenant.
    [[nodiscard]] const OfferedIdentity* find(TenantId tenant, std::string_view name) const;
    /// What they trust and show, to watch its files. One may be there several times.
    [[nodiscard]] std::vector<std::shared_ptr<certs::ClientTls>> tls() const;

private:
    std::map<std::string, OfferedIdentity, std::less<>> offered_;
};

/// The tokens of one loop, by identity: made when they are first asked for, then kept.
///
/// Thread safety: none; one loop. Client and identities outlive it, and it its calls.
class Tokens {
public:
    explicit Tokens(Client& client, const Clock& clock = system_clock())
        : client_{client},
          clock_{clock}
    {}

    /// Only for an identity with OAuth options.
    [[nodiscard]] TokenSource& of(const OfferedIdentity& offered);

private:
    Client& client_;
    const Clock& clock_;
    std::map<std::string, std::unique_ptr<TokenSource>, std::less<>> sources_;
};

/// Sends a request under an identity, with a token where it has one, to the hosts that the
/// identity names. Errors and cancellation: as Client::send; those of TokenSource::token.
awaitable<result<ClientReply>> send_as(const OfferedIdentity& offered, Client& client,
                                       Tokens& tokens, ClientRequest request, Deadline deadline);

}  // namespace katydid::http
