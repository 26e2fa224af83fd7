// The other hubs of the same store.
#pragma once

#include "hub/core/async/periodic.hpp"
#include "hub/peers/link.hpp"
#include "hub/peers/peer_server.hpp"
#include "hub/store/store.hpp"

#include <map>
#include <set>

namespace katydid::peers {

/// Finds who owns a subscription, reaches it, and sends consumers on when it is another hub.
/// Passes on what happens at the other hubs to those who watch here.
///
/// Lifetime: it outlives run(), which ends after stop(); then close_links(). Thread safety:
/// find_owner() on any loop, the rest on its own.
class Peers {
public:
    struct Parts {
        asio::any_io_executor executor;
        store::Store& store;
        stream::Happenings& happenings;
        /// 32 bytes each (PeerTls).
        std::vector<std::string> keys;
        /// The loop of this hub that would own it.
        std::function<stream::OwnerPtr(SubscriptionId)> loop_of;
        /// Subscriptions of this hub's loops that have consumers.
        std::function<awaitable<std::vector<store::SubscriptionName>>()> consumed;
        /// Sends their consumers on.
        std::function<void(SubscriptionId)> move_consumers;
    };
    /// \param listening  null: no other hub can use the store
    Peers(Parts parts, Listening* listening);

    /// Errors: store_unavailable while no hub owns it.
    awaitable<result<stream::OwnerPtr>> find_owner(store::SubscriptionName name);

    awaitable<void> run();
    /// The hub ends: consumers of other hubs are sent on.
    void stop_serving();
    void stop();
    /// Consumers of all loops have gone: after stop(), and before the loop is joined.
    void close_links();

private:
    awaitable<void> look();
    awaitable<void> send_consumers_on();
    awaitable<void> reach_others();
    awaitable<stream::OwnerPtr> owner_at(std::string address);
    LinkPtr link_to(const std::string& address);
    void tell_what_is_watched();
    void hear(const Frame& frame);

    Parts parts_;
    const std::string own_address_;
    PeerTls tls_;
    std::unique_ptr<PeerServer> server_;  ///< null: there are no other hubs
    std::map<std::string, LinkPtr> links_;
    bool links_are_closed_ = false;
    std::set<std::string> told_;  ///< the hubs that know what is watched here
    Periodic watch_;
};

}  // namespace katydid::peers
