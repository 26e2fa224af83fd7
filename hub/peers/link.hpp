// This hub's connection to another one: what it asks of it.
#pragma once

#include "hub/peers/channel.hpp"
#include "hub/peers/peer_tls.hpp"
#include "hub/stream/membership.hpp"

#include <map>
#include <optional>
#include <unordered_map>

namespace katydid::peers {

/// Opened when it is first needed, and anew after it was lost. With the connection everything ends
/// that went over it: consumers are told to move, and what was asked has no answer.
///
/// Lifetime: shared; what runs keeps it. Thread safety: none; the peers' loop.
class Link : public std::enable_shared_from_this<Link> {
public:
    struct Parts {
        asio::any_io_executor executor;
        PeerTls& tls;
        std::string address;
        /// What the other hub tells unasked: `happened`.
        std::function<void(const Frame&)> on_told;
        std::function<void()> on_opened;  ///< anew: the other hub knows nothing of before
    };
    explicit Link(Parts parts) : parts_{std::move(parts)} {}

    /// Errors: store_unavailable, in words of the other hub or of ours.
    awaitable<result<std::uint64_t>> join(store::SubscriptionName name,
                                          std::shared_ptr<handlers::stream::Consumer> consumer,
                                          std::uint32_t credit, ConsumerId& made);
    /// The session's consumer hears nothing more.
    void leave(std::uint64_t session);
    /// Errors: store_unavailable when the connection is not there, or ends first.
    awaitable<result<Frame>> ask(boost::json::object head);
    void tell(const boost::json::object& head);
    /// False: it cannot be opened now.
    awaitable<bool> open();
    void close();

    [[nodiscard]] bool is_open() const noexcept { return channel_ && channel_->is_open(); }

private:
    struct Asked {
        AsyncEvent answered{};
        std::optional<Frame> answer{};
    };

    awaitable<ChannelPtr> connect();
    static awaitable<void> run(std::shared_ptr<Link> self, ChannelPtr channel);
    void hear(Frame frame);
    void lose();

    Parts parts_;
    ChannelPtr channel_;
    AsyncEvent opened_;  ///< set when an attempt to open it has ended
    bool is_opening_ = false;
    bool is_closed_ = false;
    std::uint64_t next_ = 0;
    std::unordered_map<std::uint64_t, std::shared_ptr<handlers::stream::Consumer>> sessions_;
    std::map<std::uint64_t, std::shared_ptr<Asked>> asked_;
};

using LinkPtr = std::shared_ptr<Link>;

/// The hub at the end of a link, as the owner of subscriptions.
[[nodiscard]] stream::OwnerPtr make_remote_owner(asio::any_io_executor executor, LinkPtr link);

}  // namespace katydid::peers
