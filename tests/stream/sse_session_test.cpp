#include "hub/stream/sse_session.hpp"

#include "tests/http/loopback.hpp"

#include <boost/test/unit_test.hpp>

#include <netinet/tcp.h>
#include <sys/socket.h>

using namespace katydid;
using namespace katydid::stream;
using namespace katydid::test;

namespace {

/// Ends at once, and keeps how long the kernel would wait for the other side.
class LookingOnce final : public Conversation {
public:
    LookingOnce(http::Transport& transport, unsigned& found) : transport_{transport}, found_{found}
    {}

    awaitable<Said> next(SteadyTime) override
    {
        socklen_t size = sizeof found_;
        ::getsockopt(transport_.socket().native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &found_,
                     &size);
        co_return Closing{};
    }
    awaitable<void> hear(std::string) override { co_return; }
    void close(std::uint16_t, std::string) override {}
    void stop() override { is_over_ = true; }
    [[nodiscard]] bool is_over() const override { return is_over_; }

private:
    http::Transport& transport_;
    unsigned& found_;
    bool is_over_ = false;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(stream_sse_session)

// Goal: a peer that vanished without closing is given up after 30 s, as one that takes nothing: the
// kernel alone would try for a quarter of an hour, and each delivery would go there and fail.
BOOST_AUTO_TEST_CASE(vanished_peer_is_given_up)
{
    unsigned found = 0;
    asio::io_context loop;
    run_coroutine(loop, [&]() -> awaitable<> {
        tcp::acceptor acceptor{loop, loopback()};
        tcp::socket peer{loop};
        co_await peer.async_connect(acceptor.local_endpoint(), asio::use_awaitable);
        auto accepted = co_await acceptor.async_accept(asio::use_awaitable);
        http::Transport transport{std::move(accepted)};
        http::Watchdog watchdog{loop.get_executor()};
        auto conversation = std::make_unique<LookingOnce>(transport, found);
        const auto stream = make_event_stream(std::move(conversation), watchdog);
        co_await stream->run(transport);
    });
    BOOST_TEST(found == 30'000U);
}

BOOST_AUTO_TEST_SUITE_END()
