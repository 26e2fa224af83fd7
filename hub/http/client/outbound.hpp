// One connection of the client, and those that wait for their next request.
#pragma once

#include "hub/http/client/response_parser.hpp"
#include "hub/http/transport.hpp"
#include "hub/http/watchdog.hpp"

#include <string>
#include <unordered_map>
#include <vector>

namespace katydid::http {

class Pool;

/// A connection to one receiver for one tenant, with what reading its answers needs.
///
/// Thread safety: none. In use it belongs to one exchange, idle to the pool.
class Outbound {
public:
    Outbound(Watchdog& dog, boost::asio::ip::tcp::socket socket, std::string pool_key);
    ~Outbound();

    /// Ends what is going on when the deadline passes; see watch.expired().
    void limit(SteadyTime at) { watch.set(at); }

    struct Buffer;

    Transport transport;
    const std::string key;
    bool reused = false;
    ResponseParser parser;
    std::unique_ptr<Buffer> buffer;
    Pool* pool = nullptr;  ///< while idle
    Watch watch;           ///< last, so that it goes first

private:
    void on_expire();
};

/// Idle keep-alive connections by (tenant, TLS, host, port), newest first out.
///
/// Bytes that come while no request is under way answer none: they end the connection (RFC 9112,
/// section 9.2). A byte that comes later than the look at it, and before the request does, cannot
/// be told from its answer in HTTP/1.1.
/// Bounded per key and in total; a connection that idles too long is closed.
/// Thread safety: none.
class Pool {
public:
    explicit Pool(milliseconds idle_timeout) : idle_timeout_{idle_timeout} {}

    /// A connection that seems alive, or null.
    std::unique_ptr<Outbound> take(const std::string& key);
    /// Keeps it for later, or closes it when there are enough.
    void give(std::unique_ptr<Outbound> connection);
    void drop(Outbound& connection);
    void close();
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool is_closed() const noexcept { return closed_; }

private:
    void forget_empty();

    const milliseconds idle_timeout_;
    bool closed_ = false;
    std::size_t size_ = 0;
    std::unordered_map<std::string, std::vector<std::unique_ptr<Outbound>>> idle_;
};

}  // namespace katydid::http
