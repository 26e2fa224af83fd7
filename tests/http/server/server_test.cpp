// A server and clients that behave.
#include "tests/http/server/server_fixture.hpp"

using namespace katydid;
using namespace katydid::http;
using namespace katydid::test;

BOOST_FIXTURE_TEST_SUITE(http_server, ServerFixture)

// Goal: a plain request gets its answer with the fields every answer has.
BOOST_AUTO_TEST_CASE(answers_a_request)
{
    run([this](Server& server) -> awaitable<> {
        const auto answer = co_await ask(server, get_hello);
        BOOST_TEST(answer.starts_with("HTTP/1.1 200 OK\r\nDate: "));
        const auto* fields = " GMT\r\nContent-Type: text/plain; charset=utf-8\r\n";
        BOOST_TEST(answer.find(fields) != answer.npos);
        BOOST_TEST(answer.find("Content-Length: 5\r\n") != answer.npos);
        BOOST_TEST(answer.find("Connection") == answer.npos);
        BOOST_TEST(body_of(answer) == "hello");
    });
    BOOST_TEST(observer.answered == std::vector<std::string>{"/hello 200"},
               boost::test_tools::per_element());
    BOOST_TEST(observer.opened == 1);
    BOOST_TEST(observer.closed == 1);
}

// Goal: a connection serves one request after the other, and closes when asked.
BOOST_AUTO_TEST_CASE(keeps_alive_until_asked_to_close)
{
    run([this](Server& server) -> awaitable<> {
        RawSocket client{loop.get_executor()};
        co_await client.connect(server.local_endpoint());
        for (int i = 0; i < 3; ++i) {
            co_await client.write(post("/echo", "body " + std::to_string(i)));
            const auto answer = co_await client.read_response();
            BOOST_TEST(body_of(answer) == "body " + std::to_string(i));
        }
        co_await client.write("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        const auto last = co_await client.read_all();
        BOOST_TEST(last.find("Connection: close\r\n") != last.npos);
        BOOST_TEST(last.ends_with("hello"));
    });
    BOOST_TEST(observer.opened == 1);
}

// Goal: HTTP/1.0 is answered and closed, and kept alive only when it asks.
BOOST_AUTO_TEST_CASE(http10)
{
    run([this](Server& server) -> awaitable<> {
        RawSocket plain{loop.get_executor()};
        co_await plain.connect(server.local_endpoint());
        co_await plain.write("GET /hello HTTP/1.0\r\n\r\n");
        const auto answer = co_await plain.read_all();
        BOOST_TEST(answer.find("Connection: close\r\n") != answer.npos);

        RawSocket kept{loop.get_executor()};
        co_await kept.connect(server.local_endpoint());
        for (int i = 0; i < 2; ++i) {
            co_await kept.write("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            const auto again = co_await kept.read_response();
            BOOST_TEST(again.find("Connection: keep-alive\r\n") != again.npos);
        }
    });
}

// Goal: pipelined requests are answered in order, whatever the pieces they come in.
BOOST_AUTO_TEST_CASE(pipelines_in_order)
{
    run([this](Server& server) -> awaitable<> {
        RawSocket client{loop.get_executor()};
        co_await client.connect(server.local_endpoint());
        std::string bytes;
        for (int i = 0; i < 100; ++i)
            bytes += post("/echo", std::string(1'000, 'a') + std::to_string(i));
        bytes += get_hello;
        co_await client.write(bytes);
        for (int i = 0; i < 100; ++i) {
            const auto answer = co_await client.read_response();
            BOOST_TEST(body_of(answer) == std::string(1'000, 'a') + std::to_string(i));
        }
        const auto last = co_await client.read_response();
        BOOST_TEST(body_of(last) == "hello");
    });
}

// Goal: a request written byte by byte over a real socket is understood.
BOOST_AUTO_TEST_CASE(byte_by_byte)
{
    run([this](Server& server) -> awaitable<> {
        RawSocket client{loop.get_executor()};
        co_await client.connect(server.local_endpoint());
        for (const char c : post("/echo", "hi", "X-A: b\r\n")) {
            const std::string byte(1, c);
            co_await client.write(byte);
        }
        const auto answer = co_await client.read_response();
        BOOST_TEST(body_of(answer) == "hi");
    });
}

// Goal: HEAD has GET's head and no body; OPTIONS * names the methods; 204 has no length.
BOOST_AUTO_TEST_CASE(head_options_and_empty)
{
    run([this](Server& server) -> awaitable<> {
        RawSocket client{loop.get_executor()};
        co_await client.connect(server.local_endpoint());
        co_await client.write("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n");
        const auto head = co_await client.read_until("\r\n\r\n");
        BOOST_TEST(head.find("Content-Length: 5\r\n") != head.npos);
        co_await client.write("GET /empty HTTP/1.1\r\nHost: a\r\n\r\n");
        const auto empty = co_await client.read_until("\r\n\r\n");
        BOOST_TEST(status_of(empty) == 204U);
        BOOST_TEST(empty.find("Content-") == empty.npos);
        co_await client.write("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
        const auto options = co_await client.read_until("\r\n\r\n");
        BOOST_TEST(status_of(options) == 204U);
        co_await client.write(get_hello);
        const auto hello = co_await client.read_response();
        BOOST_TEST(body_of(hello) == "hello");
    });
}

// Goal: requests no route answers get 404 or 405 with Allow, in the body of their prefix.
BOOST_AUTO_TEST_CASE(no_route)
{
    run([this](Server& server) -> awaitable<> {
        RawSocket client{loop.get_executor()};
        co_await client.connect(server.local_endpoint());
        co_await client.write(post("/nothing", "small body"));
        const auto missing = co_await client.read_response();
        BOOST_TEST(status_of(missing) == 404U);
        BOOST_TEST(missing.find("application/problem+json") != missing.npos);
        co_await client.write("GET /small HTTP/1.1\r\nHost: a\r\n\r\n");
        const auto wrong = co_await client.read_response();
        BOOST_TEST(status_of(wrong) == 405U);
        BOOST_TEST(wrong.find("Allow: POST\r\n") != wrong.npos);
        BOOST_TEST(body_of(wrong) == R"({"error":"small error"})");
        co_await client.write(post("/hello", "x"));
        const auto get_only = co_await client.read_response();
        BOOST_TEST(get_only.find("Allow: GET, HEAD\r\n") != get_only.npos);
    });
    BOOST_TEST(observer.opened == 1);  // the connection lived through all of it
}

BOOST_AUTO_TEST_SUITE_END()
