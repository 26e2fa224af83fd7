// The socket where other hubs reach this one, bound before its address is told to them.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include <string>

namespace katydid::peers {

class Listening {
public:
    /// Throws Failure. Of an address that means any, the others are told the one that this machine
    /// sends from.
    explicit Listening(const boost::asio::ip::tcp::endpoint& endpoint);
    ~Listening();
    Listening(const Listening&) = delete;
    Listening& operator=(const Listening&) = delete;

    /// ADDRESS:PORT
    [[nodiscard]] const std::string& address() const noexcept { return address_; }
    /// Its descriptor, once.
    [[nodiscard]] int release() noexcept;
    [[nodiscard]] boost::asio::ip::tcp protocol() const noexcept { return protocol_; }

private:
    std::string address_;
    boost::asio::ip::tcp protocol_;
    int descriptor_ = -1;
};

/// ADDRESS:PORT, or nothing.
[[nodiscard]] boost::asio::ip::tcp::endpoint parse_endpoint(const std::string& address);

}  // namespace katydid::peers
