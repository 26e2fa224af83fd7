#include "hub/http/client/tunnel.hpp"

namespace katydid::http {

awaitable<result<void>> open_tunnel(Outbound& connection, std::string authority)
{
    const auto request = "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n";
    const Transport::Buffers bytes{boost::asio::buffer(request), {}};
    const auto [unwritten, written] = co_await connection.transport.write_all(bytes);
    if (unwritten) co_return Error{errc::connection_closed, "the proxy closed the connection"};
    // Byte by byte: what follows the head belongs to the TLS handshake. A 2xx has no body here.
    auto& parser = connection.parser;
    ResponseParser::Limits limits;
    limits.head_bytes_max = 8 * 1024;
    parser.begin(limits, true);
    while (!parser.is_head_done()) {
        char byte = 0;
        const boost::asio::mutable_buffer space{&byte, 1};
        const auto [error, read] = co_await connection.transport.read_some(space);
        if (error)
            co_return Error{errc::connection_closed,
                            "the proxy closed the connection without an answer"};
        std::size_t consumed = 0;
        const auto status = parser.put({&byte, read}, consumed);
        if (status == ResponseParser::Status::malformed)
            co_return Error{errc::protocol_error, "of the proxy: " + parser.why()};
        // Where TLS begins is not known then.
        if (status == ResponseParser::Status::truncated)
            co_return Error{errc::protocol_error, "of the proxy: its header section is too large"};
    }
    const auto status = parser.status_code();
    if (status > 299)
        co_return Error{errc::connect_failed, "the proxy refused the connection to " + authority
                                                  + " with status " + std::to_string(status)};
    co_return result<void>{};
}

}  // namespace katydid::http
