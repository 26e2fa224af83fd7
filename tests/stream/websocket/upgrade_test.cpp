#include "hub/stream/websocket/upgrade.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::stream;

namespace {

http::Request handshake()
{
    http::Request request;
    request.method = "GET";
    request.headers = {{"Host", "a"},
                       {"Connection", "keep-alive, Upgrade"},
                       {"Upgrade", "WebSocket"},
                       {"Sec-WebSocket-Version", "13"},
                       {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
                       {"Sec-WebSocket-Protocol", "other, katydid.v1"}};
    return request;
}

unsigned status_with(const std::string& name, const std::string& value)
{
    auto request = handshake();
    std::erase_if(request.headers, [&](const Header& each) { return each.name == name; });
    if (!value.empty()) request.headers.push_back({name, value});
    const auto refused = refuse_handshake(request, "katydid.v1");
    return refused ? refused->status : 0;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(stream_upgrade)

// Goal: a handshake as RFC 6455 asks for it is taken, and none that differs.
BOOST_AUTO_TEST_CASE(handshakes)
{
    BOOST_TEST(asks_for_websocket(handshake()));
    BOOST_TEST(!refuse_handshake(handshake(), "katydid.v1").has_value());
    BOOST_TEST(status_with("Connection", "keep-alive") == 400U);
    BOOST_TEST(status_with("Sec-WebSocket-Version", "8") == 426U);
    BOOST_TEST(status_with("Sec-WebSocket-Version", "") == 426U);
    BOOST_TEST(status_with("Sec-WebSocket-Key", "") == 400U);
    BOOST_TEST(status_with("Sec-WebSocket-Key", "c2hvcnQ=") == 400U);
    BOOST_TEST(status_with("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ") == 400U);
    BOOST_TEST(status_with("Sec-WebSocket-Protocol", "") == 400U);
    BOOST_TEST(status_with("Sec-WebSocket-Protocol", "katydid.v2") == 400U);
    BOOST_TEST(status_with("Content-Length", "5") == 400U);
    BOOST_TEST(status_with("Content-Length", "0") == 0U);
    BOOST_TEST(status_with("Transfer-Encoding", "chunked") == 400U);

    auto old = handshake();
    old.http11 = false;
    BOOST_TEST(refuse_handshake(old, "katydid.v1")->status == 400U);
    auto twice = handshake();
    twice.headers.push_back({"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="});
    BOOST_TEST(refuse_handshake(twice, "katydid.v1")->status == 400U);
}

BOOST_AUTO_TEST_CASE(items)
{
    BOOST_TEST(has_item("a", "A"));
    BOOST_TEST(has_item(" x ,\ty", "y"));
    BOOST_TEST(!has_item("xy", "y"));
    BOOST_TEST(!has_item("", "y"));
    BOOST_TEST(!has_item(",,", "y"));
}

BOOST_AUTO_TEST_SUITE_END()
