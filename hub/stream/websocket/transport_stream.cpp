#include "hub/stream/websocket/transport_stream_beast.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>

namespace katydid::stream {

void TransportStream::start_read(const BufferList<asio::mutable_buffer>& buffers, Handler handler)
{
    if (auto* tls = transport_.tls()) tls->async_read_some(buffers, std::move(handler));
    else transport_.socket().async_read_some(buffers, std::move(handler));
}

void TransportStream::start_write(const BufferList<asio::const_buffer>& buffers, std::size_t before,
                                  Handler handler)
{
    if (before > 0) {
        const auto executor = asio::get_associated_executor(handler, get_executor());
        handler = asio::bind_executor(
            executor, [inner = std::move(handler), before](boost::system::error_code error,
                                                           std::size_t bytes) mutable {
                std::move(inner)(error, bytes - std::min(bytes, before));
            });
    }
    if (auto* tls = transport_.tls()) asio::async_write(*tls, buffers, std::move(handler));
    else asio::async_write(transport_.socket(), buffers, std::move(handler));
}

}  // namespace katydid::stream
