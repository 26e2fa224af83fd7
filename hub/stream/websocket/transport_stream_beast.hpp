// A connection of ours as Beast's WebSocket wants it.
#pragma once

#include "hub/http/transport.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/role.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace katydid::stream {

/// The first buffers of a sequence, as one type for all sequences of Beast's. What is left out is
/// read or written next: the operations here transfer some of what they are given.
template <class Buffer>
class BufferList {
public:
    using value_type = Buffer;
    using const_iterator = const Buffer*;

    void add(const Buffer& buffer)
    {
        if (size_ < items_.size() && buffer.size() > 0) items_[size_++] = buffer;
    }
    template <class Sequence>
    void add_all(const Sequence& sequence)
    {
        for (auto at = asio::buffer_sequence_begin(sequence);
             at != asio::buffer_sequence_end(sequence); ++at)
            add(*at);
    }
    [[nodiscard]] const Buffer* begin() const noexcept { return items_.data(); }
    [[nodiscard]] const Buffer* end() const noexcept { return items_.data() + size_; }

private:
    std::array<Buffer, 4> items_{};
    std::size_t size_ = 0;
};

/// The handler of any operation of Beast's, as one type. Asio's own any_completion_handler of 1.81
/// calls its constructor for ever when it is moved from a constant.
class TransferHandler {
public:
    using executor_type = asio::any_io_executor;

    /// \param before  how many of the bytes that are written it hears nothing of
    template <class Handler>
    TransferHandler(Handler handler, const executor_type& fallback, std::size_t before)
        : executor_{asio::get_associated_executor(handler, fallback)},
          before_{before},
          callee_{std::make_unique<CalleeOf<Handler>>(std::move(handler))}
    {}

    [[nodiscard]] executor_type get_executor() const noexcept { return executor_; }

    void operator()(boost::system::error_code error, std::size_t bytes)
    {
        const auto callee = std::move(callee_);
        callee->call(error, bytes - std::min(bytes, before_));
    }

private:
    struct Callee {
        virtual ~Callee() = default;
        virtual void call(boost::system::error_code error, std::size_t bytes) = 0;
    };
    template <class Handler>
    struct CalleeOf final : Callee {
        explicit CalleeOf(Handler its_handler) : handler{std::move(its_handler)} {}
        void call(boost::system::error_code error, std::size_t bytes) override
        {
            std::move(handler)(error, bytes);
        }
        Handler handler;
    };

    executor_type executor_;
    std::size_t before_;
    std::unique_ptr<Callee> callee_;
};

/// A connection as Beast's WebSocket wants it.
///
/// One type for connections with and without TLS, and one type of handler for all operations of
/// Beast's: what is below is compiled once, not once for each of them.
///
/// Lifetime: the transport outlives it and its operations. Thread safety: none.
class TransportStream {
public:
    using executor_type = asio::any_io_executor;

    explicit TransportStream(http::Transport& transport) : transport_{transport} {}

    [[nodiscard]] executor_type get_executor() { return transport_.socket().get_executor(); }

    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token)
    {
        BufferList<asio::mutable_buffer> list;
        list.add_all(buffers);
        return asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
            [this](auto handler, const auto& each) {
                start_read(each, {std::move(handler), get_executor(), 0});
            },
            token, list);
    }

    /// Bytes that go out with the next write and before it, whole frames that Beast knows nothing
    /// of. They outlive that write; empty: none.
    void write_before(asio::const_buffer frames) noexcept { before_ = frames; }

    /// Writes all of its first buffers, so that what is to go before a write never comes into a
    /// frame.
    template <class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token)
    {
        BufferList<asio::const_buffer> list;
        list.add(before_);
        list.add_all(buffers);
        const auto before = std::exchange(before_, {}).size();
        return asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
            [this, before](auto handler, const auto& each) {
                start_write(each, {std::move(handler), get_executor(), before});
            },
            token, list);
    }

private:
    void start_read(const BufferList<asio::mutable_buffer>& buffers, TransferHandler handler);
    void start_write(const BufferList<asio::const_buffer>& buffers, TransferHandler handler);

    /// When a deadline of Beast's has passed.
    friend void beast_close_socket(TransportStream& stream) { stream.transport_.close(); }

    /// After the closing handshake. The connection ends by itself then (Connection::linger).
    template <class Handler>
    friend void async_teardown(boost::beast::role_type, TransportStream& stream, Handler&& handler)
    {
        asio::post(stream.get_executor(),
                   boost::beast::bind_front_handler(std::forward<Handler>(handler),
                                                    boost::system::error_code{}));
    }

    http::Transport& transport_;
    asio::const_buffer before_{};
};

}  // namespace katydid::stream
