#include "hub/peers/peer_server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::peers;
using boost::asio::ip::tcp;

namespace {

namespace asio = boost::asio;

struct Desk {
    tcp::socket connection_from(const char* address)
    {
        tcp::socket socket{loop};
        socket.open(tcp::v4());
        socket.bind({asio::ip::make_address(address), 0});
        return socket;
    }

    /// What a hub that has the key comes to, from that address.
    awaitable<result<void>> join_from(const char* address)
    {
        const auto to = parse_endpoint(listening.address());
        Channel::Stream stream{connection_from(address), tls.client()};
        const auto channel = std::make_shared<Channel>(std::move(stream));
        auto begun = co_await channel->begin(to);
        channel->close();
        co_return begun;
    }

    asio::io_context loop{1};
    PeerTls tls{{std::string(32, 'k')}};
    stream::Happenings happenings;
    Listening listening{{asio::ip::address_v4::loopback(), 0}};
    PeerServer server{{loop.get_executor(), tls, nullptr, happenings}, listening};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(peers_peer_server)

// Goal: a stranger who opens connections and proves nothing keeps no hub out.
BOOST_AUTO_TEST_CASE(strangers_leave_room_for_hubs)
{
    constexpr int strangers = 80;
    Desk desk;
    std::vector<tcp::socket> silent;
    bool has_joined = false;
    const auto on_end = [](const std::exception_ptr& failure) {
        if (failure) std::rethrow_exception(failure);
    };
    const auto script = [&]() -> awaitable<void> {
        const auto to = parse_endpoint(desk.listening.address());
        for (int i = 0; i < strangers; ++i) {
            silent.push_back(desk.connection_from("127.0.0.2"));
            co_await silent.back().async_connect(to, asio::use_awaitable);
        }
        const auto joined = co_await desk.join_from("127.0.0.1");
        has_joined = joined.has_value();
        silent.clear();
        desk.server.stop();
    };
    asio::co_spawn(desk.loop, desk.server.run(), on_end);
    asio::co_spawn(desk.loop, script(), on_end);
    desk.loop.run();
    BOOST_TEST(has_joined);
}

BOOST_AUTO_TEST_SUITE_END()
