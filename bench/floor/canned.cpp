// The fastest server there can be: every request that is complete gets the same canned answer.
//
// It says how fast the load generator is, and nothing about any hub. Raw epoll, one thread, no
// allocation after accept. Usage: floor-canned [PORT]; prints {"listen":"127.0.0.1:PORT"}.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

constexpr std::string_view answer = "HTTP/1.1 202 Accepted\r\nContent-Length: 16\r\n"
                                    "Content-Type: application/json\r\n\r\n{\"success\":true}";

struct Connection {
    std::array<char, 128 * 1024> bytes;
    std::size_t used = 0;
};

/// The size of the request at the front, 0 when it is not complete.
std::size_t complete_request(std::string_view bytes)
{
    const auto blank = bytes.find("\r\n\r\n");
    if (blank == std::string_view::npos) return 0;
    std::size_t length = 0;
    for (auto at = bytes.find("\r\n"); at < blank; at = bytes.find("\r\n", at + 2)) {
        constexpr std::string_view name = "content-length:";
        if (strncasecmp(bytes.data() + at + 2, name.data(), name.size()) == 0)
            length = std::strtoull(bytes.data() + at + 2 + name.size(), nullptr, 10);
    }
    const auto size = blank + 4 + length;
    return bytes.size() >= size ? size : 0;
}

/// False when the connection is over.
bool serve(int socket, Connection& connection)
{
    const auto got = recv(socket, connection.bytes.data() + connection.used,
                          connection.bytes.size() - connection.used, 0);
    if (got < 0) return errno == EAGAIN;
    if (got == 0) return false;
    connection.used += static_cast<std::size_t>(got);
    std::string_view rest{connection.bytes.data(), connection.used};
    while (const auto size = complete_request(rest)) {
        rest.remove_prefix(size);
        if (send(socket, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) return false;
    }
    std::memmove(connection.bytes.data(), rest.data(), rest.size());
    connection.used = rest.size();
    return connection.used < connection.bytes.size();
}

int listen_on(std::uint16_t port)
{
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    const int on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    if (bind(listener, generic, size) != 0 || listen(listener, SOMAXCONN) != 0) {
        std::perror("floor-canned: cannot listen");
        std::exit(3);
    }
    getsockname(listener, generic, &size);
    std::printf("{\"listen\":\"127.0.0.1:%u\"}\n", unsigned{ntohs(address.sin_port)});
    std::fflush(stdout);
    return listener;
}

void watch(int poller, int socket)
{
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = socket;
    epoll_ctl(poller, EPOLL_CTL_ADD, socket, &event);
}

}  // namespace

int main(int argc, char** argv)
{
    const int listener = listen_on(argc > 1 ? static_cast<std::uint16_t>(std::atoi(argv[1]))
                                            : std::uint16_t{0});
    const int poller = epoll_create1(0);
    watch(poller, listener);
    std::vector<std::unique_ptr<Connection>> connections;
    std::array<epoll_event, 256> events;
    for (;;) {
        const int ready = epoll_wait(poller, events.data(), static_cast<int>(events.size()), -1);
        for (int i = 0; i < ready; ++i) {
            const int socket = events.at(static_cast<std::size_t>(i)).data.fd;
            const auto slot = static_cast<std::size_t>(socket);
            if (socket == listener) {
                const int accepted = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
                if (accepted < 0) continue;
                const int on = 1;
                setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                const auto index = static_cast<std::size_t>(accepted);
                if (connections.size() <= index) connections.resize(index + 1);
                connections[index] = std::make_unique<Connection>();
                watch(poller, accepted);
            } else if (!serve(socket, *connections[slot])) {
                connections[slot].reset();
                close(socket);
            }
        }
    }
}
