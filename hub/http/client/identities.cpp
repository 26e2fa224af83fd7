#include "hub/http/client/identities.hpp"

#include <algorithm>

namespace katydid::http {

void Identities::offer(OfferedIdentity offered)
{
    auto name = offered.identity->name;
    offered_.insert_or_assign(std::move(name), std::move(offered));
}

const OfferedIdentity* Identities::find(TenantId tenant, std::string_view name) const
{
    const auto found = offered_.find(name);
    if (found == offered_.end()) return nullptr;
    const auto& tenants = found->second.tenants;
    const bool is_for_all = tenants.empty();
    if (!is_for_all && std::ranges::find(tenants, tenant) == tenants.end()) return nullptr;
    return &found->second;
}

std::vector<std::shared_ptr<certs::ClientTls>> Identities::tls() const
{
    std::vector<std::shared_ptr<certs::ClientTls>> all;
    for (const auto& [name, offered] : offered_) {
        all.push_back(offered.identity->tls);
        if (offered.for_token_server) all.push_back(offered.for_token_server->tls);
    }
    return all;
}

TokenSource& Tokens::of(const OfferedIdentity& offered)
{
    auto& source = sources_[offered.identity->name];
    if (!source) {
        const auto& trust = offered.for_token_server ? offered.for_token_server : offered.identity;
        TokenSource::Parts parts{client_, *offered.oauth, default_tenant(), trust};
        source = std::make_unique<TokenSource>(std::move(parts), clock_);
    }
    return *source;
}

bool may_go_to(const OfferedIdentity& offered, const Url& url)
{
    return std::ranges::any_of(offered.hosts,
                               [&](const HostRule& rule) { return rule.covers(url); });
}

std::string wrong_host_fault(const OfferedIdentity& offered, const Url& url)
{
    return "the identity \"" + offered.identity->name + "\" may not be used for " + url.authority()
           + ": an operator names its hosts in [[identities]] of katydid.toml";
}

awaitable<result<ClientReply>> send_as(const OfferedIdentity& offered, Client& client,
                                       Tokens& tokens, ClientRequest request, Deadline deadline)
{
    const auto url = EgressPolicy::parse_url(request.url);
    if (!url) co_return Error{errc::refused, url.error().message};
    if (!may_go_to(offered, *url)) co_return Error{errc::refused, wrong_host_fault(offered, *url)};
    request.identity = offered.identity;
    auto sending = offered.oauth
                       ? send_with_token(client, tokens.of(offered), std::move(request), deadline)
                       : client.send(std::move(request), deadline);
    auto reply = co_await std::move(sending);
    co_return reply;
}

}  // namespace katydid::http
