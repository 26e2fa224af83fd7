#include "hub/http/message/framing.hpp"

#include "hub/http/server/request_reader.hpp"

#include <boost/test/unit_test.hpp>

#include <cstring>
#include <string>
#include <vector>

using namespace katydid;
using namespace katydid::http;

namespace {

struct Row {
    unsigned status;  ///< 0: let in
    std::string head;
};

std::string get(const std::string& fields)
{
    return "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

std::string post(const std::string& fields)
{
    return "POST /p HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

std::string many_fields(std::size_t count)
{
    std::string fields;
    for (std::size_t i = 0; i < count; ++i) fields += "X" + std::to_string(i) + ": y\r\n";
    return fields;
}

/// The table *HTTP receiver* of the specification, as far as heads go.
std::vector<Row> rows()
{
    const std::string nul{"X: a\0b\r\n", 8};
    const std::string nul_in_name{"X\0: a\r\n", 7};
    const std::string te = "Transfer-Encoding: chunked\r\n";
    return {
        {0, get("")},
        {0, "GET / HTTP/1.0\r\n\r\n"},
        {0, "GET / HTTP/1.0\r\nHost: a\r\n\r\n"},
        {0, "GET /a/b?c=d&e=%20 HTTP/1.1\r\nhOsT: a.example:8080\r\n\r\n"},
        {0, "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"},
        {0, "GET http://a.example/x?y HTTP/1.1\r\nHost: a.example\r\n\r\n"},
        {0, "GET http://a.example HTTP/1.1\r\nHost: A.example\r\n\r\n"},
        {0, "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"},
        {0, get("X-Empty:\r\nX-Tab:\ta\tb \r\nX-Utf8: \xc3\xbc\r\n")},
        {0, get("Connection: close, x-other\r\n")},
        {0, get("Content-Length: 3\r\n")},
        {0, post("Content-Length: 0\r\n")},
        {0, post("Content-Length: 5\r\n")},
        {0, post("content-length:   0005  \r\n")},
        {0, post(te)},
        {0, post("Transfer-Encoding: Chunked\r\n")},
        {0, post("Content-Length: 5\r\nExpect: 100-continue\r\n")},
        {0, post("Content-Length: 5\r\nExpect: 100-Continue\r\n")},
        {0, get(many_fields(99))},

        // Two ways to say how long the body is.
        {400, post("Content-Length: 5\r\n" + te)},
        {400, post(te + "Content-Length: 5\r\n")},
        {400, post("Content-Length: 5\r\nTransfer-Encoding: xchunked\r\n")},
        {400, post("Transfer-Encoding: gzip, chunked\r\nContent-Length: 5\r\n")},
        {400, post(te + te)},
        {400, post("Transfer-Encoding: gzip\r\n" + te)},
        {400, post("Transfer-Encoding: gzip\r\n")},
        {400, post("Transfer-Encoding: xchunked\r\n")},
        {400, post("Transfer-Encoding: chunked, identity\r\n")},
        {400, post("Transfer-Encoding: identity\r\n")},
        {400, post("Transfer-Encoding: chunked, chunked\r\n")},
        {400, post("Transfer-Encoding: , chunked\r\n")},
        {400, post("Transfer-Encoding: chunked,\r\n")},
        {400, post("Transfer-Encoding: \"chunked\"\r\n")},
        {400, post("Transfer-Encoding: chunked;a=b\r\n")},
        {400, post("Transfer-Encoding:\r\n")},
        {400, post("Transfer-Encoding: \x0b"
                   "chunked\r\n")},
        {501, post("Transfer-Encoding: gzip, chunked\r\n")},
        {501, post("Transfer-Encoding: foo,\tbar , chunked\r\n")},
        {400, "POST /p HTTP/1.0\r\nHost: a\r\n" + te + "\r\n"},
        {400, "POST /p HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"},

        // Content-Length that is not a number.
        {400, post("Content-Length: +5\r\n")},
        {400, post("Content-Length: -1\r\n")},
        {400, post("Content-Length: 0x5\r\n")},
        {400, post("Content-Length: 5 5\r\n")},
        {400, post("Content-Length: 5,5\r\n")},
        {400, post("Content-Length: 5, 5\r\n")},
        {400, post("Content-Length: 5;\r\n")},
        {400, post("Content-Length: 1e3\r\n")},
        {400, post("Content-Length:\r\n")},
        {400, post("Content-Length: 18446744073709551616\r\n")},
        {400, post("Content-Length: 99999999999999999999\r\n")},
        {400, post("Content-Length: 5\r\nContent-Length: 5\r\n")},
        {400, post("Content-Length: 5\r\ncontent-length: 6\r\n")},

        // Lines and characters.
        {400, get("X: a\rb\r\n")},
        {400, get("X: a\r\r\n")},
        {400, get("X: a\nB: c\r\n")},
        {400, get(nul)},
        {400, get(nul_in_name)},
        {400, get("X: a\x01\r\n")},
        {400, get("X: a\x7f\r\n")},
        {400, get("X: a\r\n b\r\n")},
        {400, get("X: a\r\n\tb\r\n")},
        {400, "GET / HTTP/1.1\r\n Host: a\r\n\r\n"},
        {400, get("X : a\r\n")},
        {400, get("X\t: a\r\n")},
        {400, get(": a\r\n")},
        {400, get("X\r\n")},
        {400, get("X Y: a\r\n")},
        {400, get("X(Y): a\r\n")},
        {400, get("X\xc3\xbc: a\r\n")},

        // Host.
        {400, "GET / HTTP/1.1\r\n\r\n"},
        {400, get("Host: a\r\n")},
        {400, get("host: b\r\n")},
        {400, "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost:\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a:123456\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: [zz]\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a?b\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a#b\r\n\r\n"},
        {400, "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n"},

        // Request line.
        {400, "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"},
        {400, "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"},
        {400, " GET / HTTP/1.1\r\nHost: a\r\n\r\n"},
        {400, "GET /\r\nHost: a\r\n\r\n"},
        {400, "GET\r\nHost: a\r\n\r\n"},
        {400, "GET / http/1.1\r\nHost: a\r\n\r\n"},
        {400, "GET / HTTP/11\r\nHost: a\r\n\r\n"},
        {400, "GET / HTTP/1.10\r\nHost: a\r\n\r\n"},
        {400, "GET / HTTP/x.1\r\nHost: a\r\n\r\n"},
        {400, "GET a HTTP/1.1\r\nHost: a\r\n\r\n"},
        {400, "GET * HTTP/1.1\r\nHost: a\r\n\r\n"},
        {400, "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n"},
        {400, "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n"},
        {400, "GET /a\\b HTTP/1.1\r\nHost: a\r\n\r\n"},
        {400, "GET /a\tb HTTP/1.1\r\nHost: a\r\n\r\n"},
        {400, "GET /\xc3\xbc HTTP/1.1\r\nHost: a\r\n\r\n"},
        {400, "GET /<x> HTTP/1.1\r\nHost: a\r\n\r\n"},
        {400, "G(T / HTTP/1.1\r\nHost: a\r\n\r\n"},
        {400, "GET /a\rb HTTP/1.1\r\nHost: a\r\n\r\n"},
        {501, "BREW / HTTP/1.1\r\nHost: a\r\n\r\n"},
        {501, "get / HTTP/1.1\r\nHost: a\r\n\r\n"},
        {501, "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n"},
        {505, "PRI * HTTP/2.0\r\n\r\n"},
        {505, "GET / HTTP/2.0\r\nHost: a\r\n\r\n"},
        {505, "GET / HTTP/0.9\r\nHost: a\r\n\r\n"},
        {505, "GET / HTTP/1.2\r\nHost: a\r\n\r\n"},

        // Sizes.
        {431, get(many_fields(100))},
        {431, get("X: " + std::string(16 * 1024, 'a') + "\r\n")},
        {414, "GET /" + std::string(8 * 1024, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n"},

        // Expect and Connection.
        {417, post("Content-Length: 5\r\nExpect: 200-ok\r\n")},
        {417, post("Content-Length: 5\r\nExpect: 100-continue, x\r\n")},
        {400, get("Connection: close, b c\r\n")},
    };
}

unsigned judge(const std::string& head)
{
    HeadFacts facts;
    Headers fields;
    HeadScanner scanner;
    const auto state = scanner.scan(head);
    if (state == HeadScanner::State::bare_line_feed) return 400;
    if (state == HeadScanner::State::incomplete) return check_partial_head(head).status;
    return check_head(head.substr(0, scanner.head_bytes()), facts, fields).status;
}

Router empty_routes()
{
    Router router;
    for (const auto* method : {"GET", "POST"}) {
        Route route;
        route.method = method;
        route.pattern = "/{rest*}";
        route.handle = [](Request&) -> awaitable<Response> { co_return Response{}; };
        router.add(std::move(route));
    }
    return router;
}

/// Feeds a request in two pieces. The status of the refusal, or 0 when it was let in.
unsigned feed(RequestReader& reader, std::string_view bytes, std::size_t split)
{
    reader.begin();
    auto want = RequestReader::Want::head_bytes;
    for (const auto piece : {bytes.substr(0, split), bytes.substr(split)}) {
        for (auto rest = piece; !rest.empty();) {
            const auto space = reader.space();
            const auto count = std::min(space.size(), rest.size());
            std::memcpy(space.data(), rest.data(), count);
            reader.commit(count);
            rest.remove_prefix(count);
            want = reader.advance();
            if (want == RequestReader::Want::refusal) return reader.refusal().status;
            if (want == RequestReader::Want::answer || want == RequestReader::Want::close) return 0;
        }
    }
    return 1;  // still waiting
}

}  // namespace

BOOST_AUTO_TEST_SUITE(http_framing)

// Goal: every row of the receiver table gets exactly its status.
BOOST_AUTO_TEST_CASE(table_of_heads)
{
    for (const auto& row : rows())
        BOOST_TEST(judge(row.head) == row.status, row.head << " -> " << judge(row.head));
}

// Goal: how the bytes arrive changes nothing: each head, split at every byte, gets its status.
BOOST_AUTO_TEST_CASE(heads_split_at_every_byte)
{
    const auto router = empty_routes();
    const Peer peer;
    for (const auto& row : rows()) {
        const auto length = row.status == 0 && row.head.starts_with("POST") ? "hello" : "";
        const std::size_t step = row.head.size() > 1'000 ? 911 : 1;
        for (std::size_t split = 1; split < row.head.size(); split += step) {
            RequestReader reader{router, peer};
            const auto status = feed(reader, row.head, split);
            const bool waits_for_body = status == 1 && row.status == 0;
            BOOST_TEST((status == row.status || waits_for_body),
                       row.head << length << " split at " << split << " -> " << status);
        }
    }
}

// Goal: the facts that the rest of the house relies on.
BOOST_AUTO_TEST_CASE(facts_of_a_head)
{
    HeadFacts facts;
    Headers fields;
    const std::string head = "POST http://a.example:80/x/y?z=1?2 HTTP/1.1\r\nHost: a.example:80\r\n"
                             "Content-Length: 12\r\nContent-Encoding: gzip\r\n"
                             "Expect: 100-continue\r\n"
                             "Connection: close\r\n\r\n";
    BOOST_TEST(check_head(head, facts, fields).status == 0U);
    BOOST_TEST(facts.method == "POST");
    BOOST_TEST(facts.path == "/x/y");
    BOOST_TEST(facts.query == "z=1?2");
    BOOST_TEST(facts.host == "a.example");
    BOOST_TEST(facts.content_length == 12U);
    BOOST_TEST(facts.content_coded);
    BOOST_TEST(facts.expect_continue);
    BOOST_TEST(!facts.keep_alive);
    BOOST_TEST(fields.size() == 5U);
}

// Goal: a target in absolute form and Host name one place, with or without the root's dot and the
// port that the scheme has anyway.
BOOST_AUTO_TEST_CASE(absolute_targets_and_hosts)
{
    for (const auto& [status, authority, host] : {std::tuple{0U, "http://a.example.", "a.example"},
                                                  {0U, "http://a.example", "A.example."},
                                                  {0U, "https://a.example:443", "a.example."},
                                                  {0U, "http://a.example:", "a.example:80"},
                                                  {0U, "http://a.example.:8080", "a.example:8080"},
                                                  {0U, "http://[::1]:80", "[::1]"},
                                                  {400U, "http://a.example:8080", "a.example."},
                                                  {400U, "http://a.example:443", "a.example"},
                                                  {400U, "http://x@a.example", "a.example"},
                                                  {400U, "http://b.example", "a.example"},
                                                  {400U, "http://a.example..", "a.example"}})
        BOOST_TEST(
            judge(std::string{"GET "} + authority + "/x HTTP/1.1\r\nHost: " + host + "\r\n\r\n")
                == status,
            authority << " " << host);
}

// Goal: HTTP/1.0 closes unless it asks to stay, and knows no Expect.
BOOST_AUTO_TEST_CASE(keep_alive_of_both_versions)
{
    HeadFacts facts;
    Headers fields;
    check_head("GET / HTTP/1.0\r\n\r\n", facts, fields);
    BOOST_TEST(!facts.keep_alive);
    check_head("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", facts, fields);
    BOOST_TEST(facts.keep_alive);
    check_head("GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Close\r\n\r\n", facts, fields);
    BOOST_TEST(!facts.keep_alive);
    check_head("POST / HTTP/1.0\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n", facts,
               fields);
    BOOST_TEST(!facts.expect_continue);
}

// Goal: a head that cannot become good any more is not waited for.
BOOST_AUTO_TEST_CASE(partial_heads)
{
    HeadScanner scanner;
    BOOST_TEST((scanner.scan("GET / HTTP/1.1\n") == HeadScanner::State::bare_line_feed));
    BOOST_TEST(check_partial_head("GET /" + std::string(8'300, 'a')).status == 414U);
    BOOST_TEST(check_partial_head(get("").substr(0, 20) + std::string(16'384, 'a')).status == 431U);
    BOOST_TEST(check_partial_head(std::string{"GET\0", 4}).status == 400U);
    BOOST_TEST(check_partial_head("GET / HT").status == 0U);
}

// Goal: chunked bodies are read strictly, whole or byte by byte, and trailers become no headers.
BOOST_AUTO_TEST_CASE(chunked_bodies)
{
    struct Chunks {
        unsigned status;
        std::string body;
        std::string decoded;
    };
    const std::vector<Chunks> table{
        {0, "5\r\nhello\r\n0\r\n\r\n", "hello"},
        {0, "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", "hello"},
        {0, "00000005\r\nhello\r\n000\r\n\r\n", "hello"},
        {0, "A\r\n0123456789\r\n0\r\n\r\n", "0123456789"},
        {0, "a;name=value;q=\"x\"\r\n0123456789\r\n0\r\n\r\n", "0123456789"},
        {0, "5\r\nhello\r\n0\r\nX-Trailer: 1\r\nwebhook-signature: v1,x\r\n\r\n", "hello"},
        {0, "0\r\n\r\n", ""},
        {400, "0x5\r\nhello\r\n0\r\n\r\n", ""},
        {400, "+5\r\nhello\r\n0\r\n\r\n", ""},
        {400, "-5\r\nhello\r\n0\r\n\r\n", ""},
        {400, " 5\r\nhello\r\n0\r\n\r\n", ""},
        {400, "10000000000000000\r\nhello\r\n0\r\n\r\n", ""},
        {400, "5\nhello\n0\n\n\r\n\r\n", ""},
        {400, "5\r\nhello0\r\n\r\n", ""},
        {400, "5\r\nhello\n0\r\n\r\n", ""},
        {400, "5\r\nhelloXX0\r\n\r\n", ""},
        {400, "g\r\nhello\r\n0\r\n\r\n", ""},
        {400, "\r\nhello\r\n0\r\n\r\n", ""},
        {400, "5;" + std::string(300, 'a') + "\r\nhello\r\n0\r\n\r\n", ""},
        {400, "5\r\nhello\r\n0\r\nX: " + std::string(9'000, 'a') + "\r\n\r\n", ""},
        {400, "5\r\nhello\r\n0\r\nbad trailer\r\n\r\n", ""},
        {413, "100001\r\n", ""},
    };
    const auto router = empty_routes();
    const Peer peer;
    const std::string head = post("Transfer-Encoding: chunked\r\n");
    for (const auto& row : table) {
        const auto bytes = head + row.body;
        const std::size_t step = row.body.size() > 1'000 ? 977 : 1;
        for (std::size_t split = head.size(); split < bytes.size(); split += step) {
            RequestReader reader{router, peer};
            const auto status = feed(reader, bytes, split);
            BOOST_TEST(status == row.status, row.body.substr(0, 40) << " -> " << status);
            if (row.status != 0) continue;
            BOOST_TEST(reader.request().body == row.decoded);
            BOOST_TEST(reader.request().headers.size() == 2U);
        }
    }
}

// Goal: chunk extensions are bounded over the whole body, not only within one chunk.
BOOST_AUTO_TEST_CASE(chunk_extensions_in_total)
{
    std::string body;
    for (int i = 0; i < 100; ++i) body += "1;abcdef\r\nx\r\n";
    const auto router = empty_routes();
    const Peer peer;
    RequestReader reader{router, peer};
    BOOST_TEST(feed(reader, post("Transfer-Encoding: chunked\r\n") + body + "0\r\n\r\n", 60)
               == 400U);
}

BOOST_AUTO_TEST_SUITE_END()
