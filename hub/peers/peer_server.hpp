// What this hub does for the others: hands out deliveries of the subscriptions that it owns, and
// tells what happens here.
#pragma once

#include "hub/http/server/admission.hpp"
#include "hub/peers/channel.hpp"
#include "hub/peers/listening.hpp"
#include "hub/peers/peer_tls.hpp"
#include "hub/stream/happenings.hpp"
#include "hub/stream/membership.hpp"

#include <set>
#include <unordered_map>

namespace katydid::peers {

/// Lifetime: it outlives run(), which ends after stop(). Thread safety: none; the peers' loop.
class PeerServer {
public:
    struct Parts {
        asio::any_io_executor executor;
        PeerTls& tls;
        /// The loop of this hub that would own it.
        std::function<stream::OwnerPtr(SubscriptionId)> loop_of;
        stream::Happenings& happenings;
    };
    PeerServer(Parts parts, Listening& listening);

    awaitable<void> run();
    void stop();

private:
    class Session;

    /// Whether one more of that address may try.
    [[nodiscard]] bool may_prove(const http::AddressKey& from) const;
    awaitable<void> serve(ChannelPtr channel, http::AddressKey from);

    Parts parts_;
    asio::ip::tcp::acceptor acceptor_;
    std::set<ChannelPtr> channels_;
    AsyncEvent channel_gone_;
    std::size_t unproven_ = 0;
    std::unordered_map<http::AddressKey, std::size_t, http::AddressKey::Hash> unproven_of_;
    bool stopped_ = false;
};

}  // namespace katydid::peers
