// A WebSocket to what is no hub, or does not answer.
#include "hub/cli/client/hub_socket.hpp"
#include "tests/http/client/raw_server.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;

namespace {

/// What comes of opening a WebSocket where that is answered.
cli::HubSocket::Opened open_where(const std::string& answer)
{
    cli::HubSocket::Opened opened;
    asio::io_context loop;
    const RawServer server{loop, [&answer](RawSocket& socket, int) -> awaitable<> {
                               co_await socket.read_until("\r\n\r\n");
                               co_await socket.write(answer);
                               socket.close();
                           }};
    run_coroutine(loop, [&]() -> awaitable<> {
        cli::HubAddress address;
        address.url = server.url("");
        cli::HubSocket socket{loop.get_executor(), address};
        std::string path = "/v1/feed";
        std::string protocol = "katydid.feed.v1";
        opened = co_await socket.open(std::move(path), std::move(protocol));
    });
    return opened;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_hub_socket)

// Goal: a hub that does not answer, or vanishes before it does, is not said to have refused (500).
BOOST_AUTO_TEST_CASE(no_answer_is_no_refusal)
{
    for (const std::string answer : {"", "\x15\x03\x03\x00\x02\x02\x0a", "HTTP/1.1 200"}) {
        const auto opened = open_where(answer);
        BOOST_TEST(!opened.refusal.has_value());
        BOOST_REQUIRE(opened.error.has_value());
        BOOST_TEST(opened.error->message.starts_with("it opened no WebSocket: "));
    }
}

// Goal: a refusal keeps its status and its words.
BOOST_AUTO_TEST_CASE(refusal_is_told)
{
    const auto opened = open_where("HTTP/1.1 409 Conflict\r\nContent-Length: 17\r\n\r\n"
                                   "{\"detail\":\"busy\"}");
    BOOST_TEST(!opened.error.has_value());
    BOOST_REQUIRE(opened.refusal.has_value());
    BOOST_TEST(opened.refusal->status == 409U);
    BOOST_TEST(opened.refusal->json.at("detail").as_string() == "busy");
}

BOOST_AUTO_TEST_SUITE_END()
