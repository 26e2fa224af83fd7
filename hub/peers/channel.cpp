#include "hub/peers/channel.hpp"

#include "hub/observe/log.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <array>

namespace katydid::peers {
namespace {

constexpr milliseconds begin_time{3'000};
constexpr milliseconds ping_interval{1'000};
constexpr milliseconds silence_max{5'000};
constexpr std::size_t read_bytes = std::size_t{64} * 1024;

}  // namespace

awaitable<result<void>> Channel::begin(std::optional<asio::ip::tcp::endpoint> to)
{
    const auto self = shared_from_this();
    const auto has_begun = std::make_shared<bool>(false);
    asio::steady_timer timer{stream_.get_executor(), begin_time};
    timer.async_wait([self, has_begun](const boost::system::error_code& error) {
        if (!error && !*has_begun) self->close();
    });
    boost::system::error_code failed;
    if (to) {
        const auto [error] = co_await stream_.lowest_layer().async_connect(*to, use_tuple);
        failed = error;
    }
    if (!failed) stream_.lowest_layer().set_option(asio::ip::tcp::no_delay{true}, failed);
    if (!failed) {
        const auto role = to ? asio::ssl::stream_base::client : asio::ssl::stream_base::server;
        const auto [error] = co_await stream_.async_handshake(role, use_tuple);
        failed = error;
    }
    *has_begun = true;
    timer.cancel();
    heard_at_ = SteadyTime::clock::now();
    if (!failed && !closed_) co_return result<void>{};
    close();
    co_return Error{errc::connect_failed, failed ? failed.message() : "it took too long"};
}

awaitable<void> Channel::run(std::function<void(Frame)> on_frame)
{
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    const auto executor = co_await asio::this_coro::executor;
    const auto self = shared_from_this();
    AsyncEvent written;
    AsyncEvent looked_after;
    asio::co_spawn(executor, write(self), [self, written](const std::exception_ptr&) {
        self->close();
        written.set();
    });
    asio::co_spawn(executor, look_after(self), [self, looked_after](const std::exception_ptr&) {
        self->close();
        looked_after.set();
    });
    try {
        co_await read(std::move(on_frame));
    } catch (const std::exception& failure) {
        log::warn("peer.failed", failure.what());
    }
    close();
    co_await written.wait();
    co_await looked_after.wait();
}

awaitable<void> Channel::read(std::function<void(Frame)> on_frame)
{
    FrameReader reader;
    std::string space(read_bytes, '\0');
    const auto buffer = asio::buffer(space);
    while (!closed_) {
        const auto [error, count] = co_await stream_.async_read_some(buffer, use_tuple);
        if (error) co_return;
        heard_at_ = SteadyTime::clock::now();
        reader.add({space.data(), count});
        while (!closed_) {
            auto frame = reader.next().value();
            if (!frame) break;
            on_frame(std::move(*frame));
        }
    }
}

awaitable<void> Channel::write(std::shared_ptr<Channel> self)
{
    while (!self->closed_) {
        if (self->next_.empty()) {
            self->has_more_.reset();
            co_await self->has_more_.wait();
            continue;
        }
        self->sending_ = std::exchange(self->next_, {});
        const auto buffer = asio::buffer(self->sending_);
        const auto [error, count] = co_await asio::async_write(self->stream_, buffer, use_tuple);
        self->sending_.clear();
        if (error) co_return;
    }
}

awaitable<void> Channel::look_after(std::shared_ptr<Channel> self)
{
    while (!self->closed_) {
        const auto now = SteadyTime::clock::now();
        if (now - self->heard_at_ > silence_max) co_return;
        const boost::json::object ping{{"do", "ping"}};
        self->send(ping);
        if (self->on_second) self->on_second();
        co_await self->has_ended_.wait(now + ping_interval);
    }
}

void Channel::send(const boost::json::object& head, std::string_view body)
{
    if (closed_) return;
    next_ += peers::write(head, body);
    has_more_.set();
    if (next_.size() > waiting_bytes_max) close();
}

void Channel::close()
{
    if (closed_) return;
    closed_ = true;
    boost::system::error_code ignored;
    stream_.lowest_layer().close(ignored);
    has_more_.set();
    has_ended_.set();
}

}  // namespace katydid::peers
