#include "hub/peers/listening.hpp"

#include "hub/core/error.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>

#include <unistd.h>

#include <charconv>
#include <utility>

namespace katydid::peers {
namespace {

using boost::asio::ip::tcp;
using boost::asio::ip::udp;
using boost::system::error_code;

/// The address that this machine sends from. Nothing is sent: 192.0.2.1 is no one's (RFC 5737).
boost::asio::ip::address outgoing_address(boost::asio::io_context& io)
{
    udp::socket socket{io};
    error_code error;
    socket.connect({boost::asio::ip::make_address("192.0.2.1"), 9}, error);
    const auto local = error ? udp::endpoint{} : socket.local_endpoint(error);
    if (error) return boost::asio::ip::address_v4::loopback();
    return local.address();
}

std::string to_text(const tcp::endpoint& endpoint)
{
    const auto address = endpoint.address().to_string();
    const auto host = endpoint.address().is_v6() ? "[" + address + "]" : address;
    return host + ":" + std::to_string(endpoint.port());
}

}  // namespace

Listening::Listening(const tcp::endpoint& endpoint) : protocol_{endpoint.protocol()}
{
    boost::asio::io_context io{1};
    tcp::acceptor acceptor{io};
    error_code error;
    acceptor.open(protocol_, error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address{true}, error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
    if (error)
        throw Failure{{errc::conflict, "cannot listen for other hubs on " + to_text(endpoint) + ": "
                                           + error.message()
                                           + ". peer_listen names another address"}};
    auto told = acceptor.local_endpoint();
    if (told.address().is_unspecified()) told.address(outgoing_address(io));
    address_ = to_text(told);
    descriptor_ = acceptor.release();
}

Listening::~Listening()
{
    if (descriptor_ >= 0) ::close(descriptor_);
}

int Listening::release() noexcept { return std::exchange(descriptor_, -1); }

tcp::endpoint parse_endpoint(const std::string& address)
{
    const auto colon = address.rfind(':');
    if (colon == std::string::npos) return {};
    auto host = address.substr(0, colon);
    if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
    error_code error;
    const auto parsed = boost::asio::ip::make_address(host, error);
    std::uint16_t port = 0;
    std::from_chars(address.data() + colon + 1, address.data() + address.size(), port);
    if (error) return {};
    return {parsed, port};
}

}  // namespace katydid::peers
