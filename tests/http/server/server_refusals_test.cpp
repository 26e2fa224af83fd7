// What a server does not take, and how it says so.
#include "tests/http/server/server_fixture.hpp"

using namespace katydid;
using namespace katydid::http;
using namespace katydid::test;

BOOST_FIXTURE_TEST_SUITE(http_server_refusals, ServerFixture)

// Goal: a body over the route's limit is refused from its head alone, and the client reads why.
BOOST_AUTO_TEST_CASE(declared_body_too_large)
{
    run([this](Server& server) -> awaitable<> {
        RawSocket client{loop.get_executor()};
        co_await client.connect(server.local_endpoint());
        co_await client.write(
            "POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\nab");
        const auto answer = co_await client.read_response();
        BOOST_TEST(status_of(answer) == 413U);
        BOOST_TEST(body_of(answer) == R"({"error":"small error"})");
        co_await client.write(std::string(200'000, 'x'));  // still sending: no reset, just the end
        client.shut();
        const auto rest = co_await client.read_all();
        BOOST_TEST(rest.empty());
    });
    BOOST_TEST(observer.refused == std::vector<unsigned>{413}, boost::test_tools::per_element());
}

// Goal: a chunked body over the limit is refused in the middle, not truncated.
BOOST_AUTO_TEST_CASE(chunked_body_too_large)
{
    run([this](Server& server) -> awaitable<> {
        const auto answer = co_await ask(
            server, "POST /small HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                    "8\r\n12345678\r\n8\r\n12345678\r\n");
        BOOST_TEST(status_of(answer) == 413U);
        const auto exact = co_await ask(
            server, "POST /small HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                    "a\r\n0123456789\r\n0\r\n\r\n");
        BOOST_TEST(body_of(exact) == "0123456789");
    });
}

// Goal: 100 is sent only after admit(), and only to a client that waits for it.
BOOST_AUTO_TEST_CASE(expect_continue)
{
    run([this](Server& server) -> awaitable<> {
        RawSocket client{loop.get_executor()};
        co_await client.connect(server.local_endpoint());
        co_await client.write("POST /guarded HTTP/1.1\r\nHost: a\r\nX-Key: good\r\n"
                              "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n");
        const auto interim = co_await client.read_until("\r\n\r\n");
        BOOST_TEST(interim == "HTTP/1.1 100 Continue\r\n\r\n");
        co_await client.write("hello");
        const auto answer = co_await client.read_response();
        BOOST_TEST(body_of(answer) == "hello");

        const auto at_once = co_await ask(
            server, post("/guarded", "hello", "X-Key: good\r\nExpect: 100-continue\r\n"));
        BOOST_TEST(status_of(at_once) == 200U);

        RawSocket refused{loop.get_executor()};
        co_await refused.connect(server.local_endpoint());
        co_await refused.write("POST /guarded HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
                               "Expect: 100-continue\r\n\r\n");
        const auto no = co_await refused.read_response();
        BOOST_TEST(status_of(no) == 401U);
        BOOST_TEST(no.find("Connection: close\r\n") != no.npos);

        const auto other = co_await ask(server, post("/echo", "x", "Expect: something\r\n"));
        BOOST_TEST(status_of(other) == 417U);
    });
}

// Goal: what admit() refuses costs no body, but a small one is skipped to keep the connection.
BOOST_AUTO_TEST_CASE(admit_refuses)
{
    run([this](Server& server) -> awaitable<> {
        RawSocket client{loop.get_executor()};
        co_await client.connect(server.local_endpoint());
        co_await client.write(post("/guarded", "small"));
        const auto no = co_await client.read_response();
        BOOST_TEST(status_of(no) == 401U);
        co_await client.write(post("/guarded", "small", "X-Key: good\r\n"));
        const auto yes = co_await client.read_response();
        BOOST_TEST(body_of(yes) == "small");
        co_await client.write(
            "POST /guarded HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n");
        const auto large = co_await client.read_response();
        BOOST_TEST(status_of(large) == 401U);
        BOOST_TEST(large.find("Connection: close\r\n") != large.npos);
    });
}

// Goal: a Content-Encoding is refused unless the route takes it.
BOOST_AUTO_TEST_CASE(content_encoding)
{
    run([this](Server& server) -> awaitable<> {
        const auto gzip = co_await ask(server, post("/echo", "x", "Content-Encoding: gzip\r\n"));
        BOOST_TEST(status_of(gzip) == 415U);
        const auto identity = co_await ask(server,
                                           post("/echo", "x", "Content-Encoding: identity\r\n"));
        BOOST_TEST(status_of(identity) == 200U);
    });
}

// Goal: framing errors are answered, counted and end the connection.
BOOST_AUTO_TEST_CASE(framing_errors_close)
{
    run([this](Server& server) -> awaitable<> {
        struct Row {
            unsigned status;
            std::string bytes;
        };
        const std::vector<Row> rows{
            {400, "GET / HTTP/1.1\r\n\r\n"},
            {400, "GET / HTTP/1.1\nHost: a\n\n"},
            {400, post("/echo", "0\r\n\r\n", "Transfer-Encoding: chunked\r\n")},
            {400, "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"},
            {414, "GET /" + std::string(9'000, 'a')},
            {431, "GET / HTTP/1.1\r\nX: " + std::string(17'000, 'a')},
            {501, "BREW / HTTP/1.1\r\nHost: a\r\n\r\n"},
            {505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
        };
        for (const auto& row : rows) {
            RawSocket client{loop.get_executor()};
            co_await client.connect(server.local_endpoint());
            co_await client.write(row.bytes);
            client.shut();
            const auto answer = co_await client.read_all();
            BOOST_TEST(status_of(answer) == row.status, row.bytes.substr(0, 60));
            BOOST_TEST(answer.find("Connection: close\r\n") != answer.npos);
        }
        RawSocket tls{loop.get_executor()};
        co_await tls.connect(server.local_endpoint());
        co_await tls.write(std::string{"\x16\x03\x01\x02\x00\x01\x00", 7});
        const auto nothing = co_await tls.read_all();
        BOOST_TEST(nothing.empty());
    });
    BOOST_TEST(observer.refused.size() == 8U);
}

// Goal: an exception in a route is a 500 that tells the client nothing and the operator all.
BOOST_AUTO_TEST_CASE(route_throws)
{
    run([this](Server& server) -> awaitable<> {
        RawSocket client{loop.get_executor()};
        co_await client.connect(server.local_endpoint());
        co_await client.write("GET /throws HTTP/1.1\r\nHost: a\r\n\r\n");
        const auto answer = co_await client.read_response();
        BOOST_TEST(status_of(answer) == 500U);
        BOOST_TEST(answer.find("secret") == answer.npos);
        co_await client.write(get_hello);
        const auto next = co_await client.read_response();
        BOOST_TEST(status_of(next) == 200U);
    });
    BOOST_TEST(observer.exception == "secret detail");
}

// Goal: a route cannot split a response.
BOOST_AUTO_TEST_CASE(unsafe_response_header)
{
    run([this](Server& server) -> awaitable<> {
        const auto answer = co_await ask(server, "GET /unsafe HTTP/1.1\r\nHost: a\r\n\r\n");
        BOOST_TEST(status_of(answer) == 500U);
        BOOST_TEST(answer.find("Evil") == answer.npos);
    });
}

BOOST_AUTO_TEST_SUITE_END()
