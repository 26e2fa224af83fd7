// Receivers that misbehave below HTTP, on blocking sockets.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

namespace katydid::test {

/// Accepts connections and hands each to a misdeed on a thread of its own.
///
/// Thread safety: its calls may come from any thread.
class HostileReceiver {
public:
    /// Called with the connected socket; it may read and write until stop is requested, and
    /// returns to have the socket closed.
    using Misdeed = std::function<void(int socket, const std::stop_token& stop)>;

    explicit HostileReceiver(Misdeed misdeed);
    ~HostileReceiver();
    HostileReceiver(const HostileReceiver&) = delete;
    HostileReceiver& operator=(const HostileReceiver&) = delete;

    [[nodiscard]] std::string url() const;
    /// Waits until so many connections were accepted. False: not within 30 s.
    [[nodiscard]] bool wait_for_connections(std::size_t count) const;

private:
    void serve(const std::stop_token& stop);

    Misdeed misdeed_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::size_t connections_ = 0;
    std::list<std::jthread> workers_;
    std::jthread acceptor_;
};

/// Reads the request's head, as a receiver does before it misbehaves.
void read_head(int socket);
/// False once the other side is gone.
bool write_all(int socket, std::string_view bytes);

namespace misdeeds {
void hang(int socket, const std::stop_token& stop);       ///< reads, never answers
void reset(int socket, const std::stop_token& stop);      ///< a TCP reset instead of an answer
void drip(int socket, const std::stop_token& stop);       ///< an endless head, a byte at a time
void drip_body(int socket, const std::stop_token& stop);  ///< a 500, then its body a byte at a time
void flood(int socket, const std::stop_token& stop);      ///< a 500 with a body of 1 GB
void nonsense(int socket, const std::stop_token& stop);   ///< no HTTP at all
void long_head(int socket, const std::stop_token& stop);  ///< 1 MB of header fields
}  // namespace misdeeds

}  // namespace katydid::test
