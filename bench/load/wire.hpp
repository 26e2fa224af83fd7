// The socket type and the receive buffer that generator and receiver share.
#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <algorithm>
#include <cstring>
#include <string_view>
#include <vector>

namespace katydid::bench {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
/// With the loop's own executor: no type erasure on the hot path.
using Socket = asio::basic_stream_socket<tcp, asio::io_context::executor_type>;

/// Bytes received and not yet consumed. Grows to what a message needs.
class InputBuffer {
public:
    explicit InputBuffer(std::size_t size = 2048) : bytes_(size) {}

    /// Free space to read into, at least 1 KiB, or all of what is still `wanted`.
    asio::mutable_buffer space(std::size_t wanted = 0)
    {
        const auto needed = std::max(used_ + 1024, wanted);
        if (bytes_.size() < needed) bytes_.resize(std::max(needed, 2 * bytes_.size()));
        return asio::buffer(bytes_.data() + used_, bytes_.size() - used_);
    }
    void commit(std::size_t count) noexcept { used_ += count; }
    void consume(std::size_t count) noexcept
    {
        used_ -= count;
        if (used_ > 0) std::memmove(bytes_.data(), bytes_.data() + count, used_);
    }
    void clear() noexcept { used_ = 0; }
    [[nodiscard]] std::string_view view() const noexcept { return {bytes_.data(), used_}; }

private:
    std::vector<char> bytes_;
    std::size_t used_ = 0;
};

}  // namespace katydid::bench
