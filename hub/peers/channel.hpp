// A connection between two hubs, whichever of them opened it.
#pragma once

#include "hub/core/async/event.hpp"
#include "hub/peers/frame.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <functional>
#include <memory>
#include <optional>

namespace katydid::peers {

/// Carries frames both ways. Each side says at least every second that it lives; who is silent for
/// five, or takes so little that too much waits for it, is cut off.
///
/// Lifetime: shared; what runs keeps it. Thread safety: none; one loop.
class Channel : public std::enable_shared_from_this<Channel> {
public:
    using Stream = asio::ssl::stream<asio::ip::tcp::socket>;
    static constexpr std::size_t waiting_bytes_max = std::size_t{128} * 1024 * 1024;

    explicit Channel(Stream stream) : stream_{std::move(stream)} {}

    /// Connects where there is an endpoint, else it is connected; then proves the key. Errors: the
    /// system's, in its own words.
    awaitable<result<void>> begin(std::optional<asio::ip::tcp::endpoint> to);

    /// Until the connection has ended. Cancellation: none; close() ends it.
    awaitable<void> run(std::function<void(Frame)> on_frame);
    void send(const boost::json::object& head, std::string_view body = {});
    /// Bytes that were not sent yet.
    [[nodiscard]] std::size_t waiting_bytes() const noexcept
    {
        return next_.size() + sending_.size();
    }
    void close();
    [[nodiscard]] bool is_open() const noexcept { return !closed_; }
    /// Called every second.
    std::function<void()> on_second;

private:
    awaitable<void> read(std::function<void(Frame)> on_frame);
    static awaitable<void> write(std::shared_ptr<Channel> self);
    static awaitable<void> look_after(std::shared_ptr<Channel> self);

    Stream stream_;
    std::string next_;     ///< waits
    std::string sending_;  ///< is being sent
    AsyncEvent has_more_;
    AsyncEvent has_ended_;
    SteadyTime heard_at_ = SteadyTime::clock::now();
    bool closed_ = false;
};

using ChannelPtr = std::shared_ptr<Channel>;

}  // namespace katydid::peers
