#include "hub/http/identities.hpp"

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

awaitable<result<ClientReply>> send_as(const OfferedIdentity& offered, Client& client,
                                       Tokens& tokens, ClientRequest request, Deadline deadline)
{
    request.identity = offered.identity;
    if (!offered.oauth) return client.send(std::move(request), deadline);
    return send_with_token(client, tokens.of(offered), std::move(request), deadline);
}

}  // namespace katydid::http
