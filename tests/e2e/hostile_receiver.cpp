#include "tests/e2e/hostile_receiver.hpp"

#include <array>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace katydid::test {
namespace {

using namespace std::chrono_literals;

/// Waits until the other side closes, at most so long. True: it did.
bool is_closed_within(int socket, int milliseconds)
{
    pollfd ready{socket, POLLIN | POLLRDHUP, 0};
    if (::poll(&ready, 1, milliseconds) != 1) return false;
    if ((ready.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0) return true;
    std::array<char, 4096> rest{};
    return ::recv(socket, rest.data(), rest.size(), 0) <= 0;
}

/// One byte every 10 ms, until the other side has enough of it.
void drip_bytes(int socket, const std::stop_token& stop)
{
    while (!stop.stop_requested() && !is_closed_within(socket, 10) && write_all(socket, "x")) {}
}

}  // namespace

HostileReceiver::HostileReceiver(Misdeed misdeed)
    : misdeed_{std::move(misdeed)},
      listener_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)}
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    ::bind(listener_, generic, size);
    ::listen(listener_, 64);
    ::getsockname(listener_, generic, &size);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::jthread{[this](const std::stop_token& stop) { serve(stop); }};
}

HostileReceiver::~HostileReceiver()
{
    acceptor_.request_stop();
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    workers_.clear();
    ::close(listener_);
}

std::string HostileReceiver::url() const
{
    return "http://127.0.0.1:" + std::to_string(port_) + "/";
}

void HostileReceiver::serve(const std::stop_token& stop)
{
    while (!stop.stop_requested()) {
        const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0) return;
        workers_.emplace_back([this, socket](const std::stop_token& worker_stop) {
            misdeed_(socket, worker_stop);
            ::close(socket);
        });
        {
            const std::lock_guard lock{mutex_};
            ++connections_;
        }
        changed_.notify_all();
    }
}

bool HostileReceiver::wait_for_connections(std::size_t count) const
{
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, 30s, [&] { return connections_ >= count; });
}

void read_head(int socket)
{
    std::string head;
    std::array<char, 4096> chunk{};
    while (head.find("\r\n\r\n") == std::string::npos) {
        const auto size = ::recv(socket, chunk.data(), chunk.size(), 0);
        if (size <= 0) return;
        head.append(chunk.data(), static_cast<std::size_t>(size));
    }
}

bool write_all(int socket, std::string_view bytes)
{
    while (!bytes.empty()) {
        const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

namespace misdeeds {

void hang(int socket, const std::stop_token& stop)
{
    while (!stop.stop_requested() && !is_closed_within(socket, 50)) {}
}

void reset(int socket, const std::stop_token&)
{
    read_head(socket);
    const linger at_once{1, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void drip(int socket, const std::stop_token& stop)
{
    read_head(socket);
    if (write_all(socket, "HTTP/1.1 200 OK\r\nX-Drip: ")) drip_bytes(socket, stop);
}

void drip_body(int socket, const std::stop_token& stop)
{
    read_head(socket);
    if (write_all(socket, "HTTP/1.1 500 Oh\r\nContent-Length: 1000000\r\n\r\n"))
        drip_bytes(socket, stop);
}

void flood(int socket, const std::stop_token& stop)
{
    read_head(socket);
    if (!write_all(socket, "HTTP/1.1 500 Oh\r\nContent-Length: 1000000000\r\n\r\n")) return;
    const std::string megabyte(1'000'000, 'x');
    for (int i = 0; i < 1'000 && !stop.stop_requested() && write_all(socket, megabyte); ++i) {}
}

void nonsense(int socket, const std::stop_token&)
{
    read_head(socket);
    write_all(socket, "SSH-2.0-OpenSSH_9.2\r\n\r\n");
}

void long_head(int socket, const std::stop_token&)
{
    read_head(socket);
    write_all(socket, "HTTP/1.1 500 Oops\r\nX-Long: " + std::string(1'000'000, 'x') + "\r\n\r\n");
}

}  // namespace misdeeds
}  // namespace katydid::test
