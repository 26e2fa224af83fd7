// What this hub does for the others: hands out deliveries of the subscriptions that it owns, and
// tells what happens here.
#pragma once

#include "hub/peers/channel.hpp"
#include "hub/peers/listening.hpp"
#include "hub/peers/peer_tls.hpp"
#include "hub/stream/happenings.hpp"
#include "hub/stream/membership.hpp"

#include <set>

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

    awaitable<void> serve(ChannelPtr channel);

    Parts parts_;
    asio::ip::tcp::acceptor acceptor_;
    std::set<ChannelPtr> channels_;
    AsyncEvent channel_gone_;
    std::size_t unproven_ = 0;
    bool stopped_ = false;
};

}  // namespace katydid::peers
