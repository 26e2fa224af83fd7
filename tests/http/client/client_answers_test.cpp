// What receivers answer, and what a client makes of it.
#include "tests/http/client/client_fixture.hpp"

using namespace katydid;
using namespace katydid::http;
using namespace katydid::test;

BOOST_FIXTURE_TEST_SUITE(http_client_answers, ClientFixture)

// Goal: what is not an answer is a protocol error, whatever it is.
BOOST_AUTO_TEST_CASE(no_http)
{
    std::string interims;
    for (int i = 0; i < 101; ++i) interims += "HTTP/1.1 100 Continue\r\n\r\n";
    const std::vector<std::string> answers{
        "garbage garbage garbage garbage\r\n\r\n",
        "\x15\x03\x01\x01\x02\x03\x04\x05\x06\r\n\r\n",
        "HTTP/1.1 000 Zero\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 999 Nine\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 600 Six\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 099 Low\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        "HTTP/x 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 " + std::string(1'000'000, 'a') + "\r\n\r\n",
        interims + ok(""),
    };
    run([&](Client& client) -> awaitable<> {
        for (const auto& bytes : answers) {
            const auto reply = co_await answer_with(client, bytes);
            BOOST_REQUIRE_MESSAGE(reply.has_error(), bytes.substr(0, 60));
            BOOST_TEST((reply.error() == errc::protocol_error),
                       bytes.substr(0, 60) << ": " << reply.error().message);
        }
        BOOST_TEST(client.idle_connections() == 0U);
    });
}

// Goal: an answer that is odd in its form counts by its status, at once, and only its connection
// ends; one that is right keeps it.
BOOST_AUTO_TEST_CASE(odd_answers_count)
{
    const std::vector<std::string> odd{
        "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
        "HTTP/1.1 200 OK\r\nX-A : b\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX A: b\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX-A: b\r\n folded\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2 \r\nok\r\n0 \r\n\r\n",
    };
    const std::vector<std::string> right{
        "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nSet-Cookie: " + std::string(24 * 1024, 'c')
            + "\r\nContent-Length: 0\r\n\r\n",
    };
    run([&](Client& client) -> awaitable<> {
        for (const auto& bytes : odd) {
            const auto reply = co_await answer_with(client, bytes, false);
            BOOST_REQUIRE_MESSAGE(reply.has_value(), bytes.substr(0, 60));
            BOOST_TEST(reply->status == 200U);
            BOOST_TEST(client.idle_connections() == 0U, bytes);
        }
        for (const auto& bytes : right) {
            const auto before = client.idle_connections();
            const auto reply = co_await answer_with(client, bytes, false);
            BOOST_REQUIRE_MESSAGE(reply.has_value(), bytes.substr(0, 60));
            BOOST_TEST(client.idle_connections() == before + 1, bytes.substr(0, 60));
        }
    });
}

// Goal: a header section that the receiver cuts short by closing has said its status.
BOOST_AUTO_TEST_CASE(cut_heads)
{
    run([&](Client& client) -> awaitable<> {
        for (const auto* bytes : {"HTTP/1.1 200 OK", "HTTP/1.1 200 OK\r\n", "HTTP/1.0 200\n",
                                  "HTTP/1.1 200 OK\r\nContent-Le",
                                  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"}) {
            const auto reply = co_await answer_with(client, bytes);
            BOOST_REQUIRE_MESSAGE(reply.has_value(), bytes);
            BOOST_TEST(reply->status == 200U, bytes);
        }
        for (const auto* bytes : {"HTTP/1.1 20", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP", ""}) {
            const auto reply = co_await answer_with(client, bytes);
            BOOST_REQUIRE_MESSAGE(reply.has_error(), bytes);
            BOOST_TEST((reply.error() == errc::connection_closed), bytes);
        }
        BOOST_TEST(client.idle_connections() == 0U);
    });
}

// Goal: up to eight interim answers are skipped; Beast's client would hand out the first.
BOOST_AUTO_TEST_CASE(interim_answers)
{
    std::string bytes;
    for (int i = 0; i < 7; ++i) bytes += "HTTP/1.1 100 Continue\r\n\r\n";
    bytes += "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + ok("done");
    run([&](Client& client) -> awaitable<> {
        const auto reply = co_await answer_with(client, bytes);
        BOOST_REQUIRE(reply.has_value());
        BOOST_TEST(reply->body == "done");
        BOOST_TEST(header_value(reply->headers, "link") == "");
    });
}

// Goal: every way to end a body is understood, and a cut one keeps its status.
BOOST_AUTO_TEST_CASE(ends_of_bodies)
{
    struct Row {
        std::string bytes;
        unsigned status;
        std::string body;
        bool truncated;
    };
    const std::vector<Row> rows{
        {"HTTP/1.1 200 OK\r\n\r\nuntil the end", 200, "until the end", false},
        {"HTTP/1.0 200 OK\r\n\r\n", 200, "", false},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n",
         200, "abc", false},
        {"HTTP/1.1 204 No Content\r\n\r\n", 204, "", false},
        {"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", 302,
         "", false},
        {"HTTP/1.1 500 No\r\nContent-Length: 10\r\n\r\nhalf", 500, "half", true},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", 200, "abc", true},
    };
    run([&](Client& client) -> awaitable<> {
        for (const auto& row : rows) {
            const auto reply = co_await answer_with(client, row.bytes);
            BOOST_REQUIRE_MESSAGE(reply.has_value(), row.bytes);
            BOOST_TEST(reply->status == row.status);
            BOOST_TEST(reply->body == row.body);
            BOOST_TEST(reply->truncated == row.truncated, row.bytes);
            BOOST_TEST(header_value(reply->headers, "x-t") == "");
        }
    });
}

// Goal: an answer of 1 GB costs 64 KB, declared, chunked or until the end.
BOOST_AUTO_TEST_CASE(giant_bodies)
{
    std::size_t written = 0;
    const auto flood = [&](std::string head, std::string piece) {
        return [&written, head, piece](RawSocket& socket, int) -> awaitable<> {
            co_await socket.read_until("{}");
            co_await socket.write(head);
            boost::system::error_code error;
            while (!error) {
                const auto [failed, bytes] = co_await boost::asio::async_write(
                    socket.socket(), boost::asio::buffer(piece), use_tuple);
                error = failed;
                written += bytes;
            }
        };
    };
    const std::string piece(64 * 1024, 'x');
    RawServer declared{loop, flood("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n", piece)};
    RawServer chunked{loop, flood("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                                  "10000\r\n" + piece + "\r\n")};
    RawServer endless{loop, flood("HTTP/1.1 200 OK\r\n\r\n", piece)};
    run([&](Client& client) -> awaitable<> {
        for (const auto* server : {&declared, &chunked, &endless}) {
            const auto reply = co_await client.send(post_to(server->url()), Deadline::after(5s));
            BOOST_REQUIRE(reply.has_value());
            BOOST_TEST(reply->status == 200U);
            BOOST_TEST(reply->truncated);
            BOOST_TEST(reply->body.size() == 64U * 1024);
        }
        BOOST_TEST(client.idle_connections() == 0U);
    });
    BOOST_TEST(written < 100'000'000U);
}

// Goal: an answer that comes before the body was read counts.
BOOST_AUTO_TEST_CASE(early_answer)
{
    RawServer server{loop, [](RawSocket& socket, int) -> awaitable<> {
                         co_await socket.read_until("\r\n\r\n");
                         co_await socket.write("HTTP/1.1 413 No\r\nConnection: close\r\n"
                                               "Content-Length: 0\r\n\r\n");
                         co_await socket.read_all();
                     }};
    run([&](Client& client) -> awaitable<> {
        auto request = post_to(server.url(), std::string(8'000'000, 'x'));
        const auto reply = co_await client.send(std::move(request), Deadline::after(5s));
        BOOST_REQUIRE(reply.has_value());
        BOOST_TEST(reply->status == 413U);
    });
}

// Goal: HEAD answers have a length and no body.
BOOST_AUTO_TEST_CASE(head_request)
{
    RawServer server{loop, [](RawSocket& socket, int) -> awaitable<> {
                         co_await socket.read_until("\r\n\r\n");
                         co_await socket.write("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n");
                     }};
    run([&](Client& client) -> awaitable<> {
        ClientRequest request;
        request.method = "HEAD";
        request.url = server.url();
        const auto reply = co_await client.send(std::move(request), Deadline::after(5s));
        BOOST_REQUIRE(reply.has_value());
        BOOST_TEST(reply->body.empty());
        BOOST_TEST(client.idle_connections() == 1U);
    });
}

// Goal: a reset is a failure, not an answer.
BOOST_AUTO_TEST_CASE(reset)
{
    RawServer server{loop, [](RawSocket& socket, int) -> awaitable<> {
                         co_await socket.read_until("{}");
                         socket.socket().set_option(boost::asio::socket_base::linger{true, 0});
                         socket.close();
                     }};
    run([&](Client& client) -> awaitable<> {
        const auto reply = co_await client.send(post_to(server.url()), Deadline::after(5s));
        BOOST_REQUIRE(reply.has_error());
        BOOST_TEST((reply.error() == errc::connection_closed));
    });
}

BOOST_AUTO_TEST_SUITE_END()
