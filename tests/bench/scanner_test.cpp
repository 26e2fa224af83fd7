#include "bench/load/scanner.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid::bench;
using Progress = MessageScanner::Progress;

namespace {

/// Feeds a message byte by byte; \returns after how many bytes it was done, 0: never.
std::size_t bytes_until_done(std::string_view message, MessageScanner& scanner)
{
    for (std::size_t size = 1; size <= message.size(); ++size)
        if (scanner.scan(message.substr(0, size)) == Progress::done) return size;
    return 0;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bench_scanner)

// Goal: an answer with a length ends exactly there, however its bytes arrive.
BOOST_AUTO_TEST_CASE(content_length)
{
    const std::string message = "HTTP/1.1 202 Accepted\r\ncontent-length: 5\r\n\r\nhello";
    MessageScanner scanner;
    BOOST_TEST(bytes_until_done(message, scanner) == message.size());
    BOOST_TEST(scanner.status() == 202U);
    BOOST_TEST(scanner.body(message) == "hello");
    BOOST_TEST(!scanner.closes());
}

// Goal: a pipelined second message is not eaten.
BOOST_AUTO_TEST_CASE(stops_at_the_end)
{
    const std::string first = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    MessageScanner scanner;
    BOOST_CHECK(scanner.scan(first + "HTTP/1.1 500") == Progress::done);
    BOOST_TEST(scanner.size() == first.size());
}

// Goal: chunks are followed to the last one and joined.
BOOST_AUTO_TEST_CASE(chunked)
{
    const std::string message = "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
                                "chunked\r\n\r\n3\r\nabc\r\nA;x=1\r\n0123456789\r\n0\r\n\r\n";
    MessageScanner scanner;
    BOOST_TEST(bytes_until_done(message, scanner) == message.size());
    BOOST_TEST(scanner.body(message) == "abc0123456789");
}

// Goal: 204 and 304 have no body even when a length is given.
BOOST_AUTO_TEST_CASE(bodiless_statuses)
{
    const std::string message = "HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n";
    MessageScanner scanner;
    BOOST_TEST(bytes_until_done(message, scanner) == message.size());
}

// Goal: a request without a length is complete after its head.
BOOST_AUTO_TEST_CASE(request_without_body)
{
    const std::string message = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    MessageScanner scanner;
    BOOST_TEST(bytes_until_done(message, scanner) == message.size());
}

// Goal: a response without a length ends with the connection, and says it closes.
BOOST_AUTO_TEST_CASE(until_the_peer_closes)
{
    const std::string message = "HTTP/1.0 200 OK\r\n\r\nall of it";
    MessageScanner scanner;
    BOOST_CHECK(scanner.scan(message) == Progress::more);
    BOOST_CHECK(scanner.end_of_stream() == Progress::done);
    BOOST_TEST(scanner.closes());
    BOOST_TEST(scanner.body(message) == "all of it");
}

// Goal: what is no HTTP is broken at once rather than waited for.
BOOST_AUTO_TEST_CASE(broken)
{
    for (const auto* text : {"HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}) {
        MessageScanner scanner;
        BOOST_CHECK(scanner.scan(text) == Progress::broken);
    }
}

BOOST_AUTO_TEST_SUITE_END()
