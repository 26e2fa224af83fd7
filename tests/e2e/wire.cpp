#include "tests/e2e/wire.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <stdexcept>
#include <system_error>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace katydid::test {
namespace {

constexpr timeval patience{30, 0};
constexpr std::string_view line_end = "\r\n";
constexpr std::string_view head_end = "\r\n\r\n";

std::size_t number_in(std::string_view text)
{
    std::size_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

Reply parse_head(std::string head)
{
    Reply reply;
    reply.status = static_cast<unsigned>(
        number_in(std::string_view{head}.substr(sizeof "HTTP/1.1")));
    for (std::size_t at = head.find(line_end); at + head_end.size() < head.size();) {
        const auto begin = at + line_end.size();
        at = head.find(line_end, begin);
        const auto colon = head.find(": ", begin);
        reply.headers.push_back(
            {head.substr(begin, colon - begin), head.substr(colon + 2, at - colon - 2)});
    }
    reply.head = std::move(head);
    return reply;
}

}  // namespace

std::string Reply::without_date() const
{
    auto text = head;
    const auto begin = text.find("\r\nDate: ");
    if (begin != std::string::npos) text.erase(begin, text.find(line_end, begin + 2) - begin);
    return text + body;
}

Wire::Wire(std::uint16_t port) : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)}
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        const int error = errno;
        ::close(socket_);
        throw std::system_error{error, std::generic_category(), "connect"};
    }
}

Wire::~Wire() { ::close(socket_); }

bool Wire::send(std::string_view bytes) const
{
    while (!bytes.empty()) {
        const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

std::string& Wire::fill()
{
    std::array<char, 16'384> chunk{};
    const auto size = ::recv(socket_, chunk.data(), chunk.size(), 0);
    if (size < 0) throw std::runtime_error{"no answer: " + std::generic_category().message(errno)};
    if (size == 0) throw std::runtime_error{"the connection ended before the answer"};
    return buffer_.append(chunk.data(), static_cast<std::size_t>(size));
}

Reply Wire::read_reply()
{
    while (buffer_.find(head_end) == std::string::npos) fill();
    const auto head_size = buffer_.find(head_end) + head_end.size();
    auto reply = parse_head(buffer_.substr(0, head_size));
    const auto body_size = number_in(reply.header("Content-Length"));
    while (buffer_.size() < head_size + body_size) fill();
    reply.body = buffer_.substr(head_size, body_size);
    buffer_.erase(0, head_size + body_size);
    return reply;
}

std::string to_bytes(const WireRequest& request)
{
    std::string bytes = request.method + ' ' + request.target + " HTTP/1.1\r\nHost: hub.test\r\n";
    for (const auto& [name, value] : request.headers) bytes += name + ": " + value + "\r\n";
    if (find_header(request.headers, "Content-Length") == nullptr
        && (request.method == "POST" || !request.body.empty()))
        bytes += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
    return bytes + "\r\n" + request.body;
}

Reply exchange(std::uint16_t port, const WireRequest& request)
{
    Wire wire{port};
    wire.send(to_bytes(request));
    return wire.read_reply();
}

}  // namespace katydid::test
