#include "hub/http/tunnel.hpp"

namespace katydid::http {
namespace {

constexpr std::size_t head_bytes_max = 8 * 1024;

/// "HTTP/1.1 200 …": 200. Zero: it is not an answer.
unsigned status_in(std::string_view head) noexcept
{
    const bool is_answer = head.size() > 12 && head.starts_with("HTTP/1.") && head[8] == ' ';
    if (!is_answer) return 0;
    unsigned status = 0;
    for (std::size_t i = 9; i < 12; ++i) {
        if (head[i] < '0' || head[i] > '9') return 0;
        status = status * 10 + static_cast<unsigned>(head[i] - '0');
    }
    return status;
}

}  // namespace

awaitable<result<void>> open_tunnel(Outbound& connection, std::string authority)
{
    const auto request = "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n";
    const Transport::Buffers bytes{boost::asio::buffer(request), {}};
    const auto [unwritten, written] = co_await connection.transport.write_all(bytes);
    if (unwritten) co_return Error{errc::connection_closed, "the proxy closed the connection"};
    // Byte by byte: what follows the head belongs to the TLS handshake.
    std::string head;
    while (!head.ends_with("\r\n\r\n")) {
        char byte = 0;
        const boost::asio::mutable_buffer space{&byte, 1};
        const auto [error, read] = co_await connection.transport.read_some(space);
        if (error)
            co_return Error{errc::connection_closed,
                            "the proxy closed the connection without an answer"};
        head.push_back(byte);
        if (head.size() > head_bytes_max)
            co_return Error{errc::protocol_error, "the proxy's answer is too large"};
    }
    const auto status = status_in(head);
    if (status == 0) co_return Error{errc::protocol_error, "the proxy's answer is malformed"};
    if (status < 200 || status > 299)
        co_return Error{errc::connect_failed, "the proxy refused the connection to " + authority
                                                  + " with status " + std::to_string(status)};
    co_return result<void>{};
}

}  // namespace katydid::http
