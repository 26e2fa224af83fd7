// Keys of providers, fetched through the hub's own client and its egress guard.
#pragma once

#include "hub/http/client/client.hpp"
#include "signing/keys/fetcher.hpp"

namespace katydid::receive {

/// https only; where the name leads is the egress guard's decision, which host may be named at all
/// the scheme's. No redirect is followed.
///
/// Thread safety: none; on the client's loop, and the client outlives it.
class ClientFetcher final : public signing::Fetcher {
public:
    explicit ClientFetcher(http::Client& client) : client_{client} {}

    /// Errors: refused when the answer is no document (any status but 200 and 5xx), too_large,
    /// protocol_error for 5xx, and those of Client::send.
    awaitable<result<std::string>> fetch(std::string url) override;

private:
    http::Client& client_;
};

}  // namespace katydid::receive
