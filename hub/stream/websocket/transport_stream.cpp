#include "hub/stream/websocket/transport_stream_beast.hpp"

#include <boost/asio/write.hpp>

namespace katydid::stream {

void TransportStream::start_read(const BufferList<asio::mutable_buffer>& buffers,
                                 TransferHandler handler)
{
    if (auto* tls = transport_.tls()) tls->async_read_some(buffers, std::move(handler));
    else transport_.socket().async_read_some(buffers, std::move(handler));
}

void TransportStream::start_write(const BufferList<asio::const_buffer>& buffers,
                                  TransferHandler handler)
{
    if (auto* tls = transport_.tls()) asio::async_write(*tls, buffers, std::move(handler));
    else asio::async_write(transport_.socket(), buffers, std::move(handler));
}

}  // namespace katydid::stream
