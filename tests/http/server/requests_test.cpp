// The table of raw requests (cases/requests.txt): whole, split everywhere, and over a socket.
#include "hub/http/server/request_reader.hpp"

#include "tests/http/loopback.hpp"
#include "tests/http/table.hpp"

#include <boost/test/unit_test.hpp>

#include <cstring>

using namespace katydid;
using namespace katydid::http;
using namespace katydid::test;

namespace {

struct Case {
    int line = 0;
    unsigned status = 0;
    bool keep = false;
    std::string bytes;
};

const std::vector<Case>& cases()
{
    static const auto all = [] {
        std::vector<Case> made;
        for (const auto& [number, text] : read_table("requests.txt")) {
            const auto first = text.find(' ');
            const auto second = text.find(' ', first + 1);
            made.push_back({number, static_cast<unsigned>(std::stoul(text.substr(0, first))),
                            text.substr(first + 1, second - first - 1) == "keep",
                            unescape(std::string_view{text}.substr(second + 1))});
        }
        return made;
    }();
    return all;
}

Router make_router()
{
    Router router;
    for (const auto* method : {"GET", "POST", "PUT", "PATCH", "DELETE"}) {
        Route route;
        route.method = method;
        route.pattern = "/{rest*}";
        route.handle = [](Request&) -> awaitable<Response> { co_return Response::text(200, "ok"); };
        router.add(std::move(route));
    }
    return router;
}

struct Fate {
    unsigned status = 1;  ///< 0: closed without a word; 1: it still waits
    bool keep = false;
    bool operator==(const Fate&) const = default;
};

/// What the reader makes of bytes that come in two pieces.
Fate judge(RequestReader& reader, std::string_view bytes, std::size_t split)
{
    using Want = RequestReader::Want;
    reader.begin();
    for (const auto piece : {bytes.substr(0, split), bytes.substr(split)}) {
        for (auto rest = piece; !rest.empty();) {
            const auto space = reader.space();
            const auto count = std::min(space.size(), rest.size());
            std::memcpy(space.data(), rest.data(), count);
            reader.commit(count);
            rest.remove_prefix(count);
            const auto want = reader.advance();
            if (want == Want::refusal) return {reader.refusal().status, false};
            if (want == Want::close) return {0, false};
            if (want != Want::answer) continue;
            const auto status = reader.early() ? reader.early()->status : 200U;
            return {status, reader.facts().keep_alive && reader.is_complete()};
        }
    }
    return {};
}

/// The end of the head, or of everything when it never ends.
std::size_t head_end(const std::string& bytes)
{
    const auto end = bytes.find("\r\n\r\n");
    return end == std::string::npos ? bytes.size() : end + 4;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(http_requests)

// Goal: the table is as large as it is meant to be.
BOOST_AUTO_TEST_CASE(size_of_the_table) { BOOST_TEST(cases().size() >= 400U); }

// Goal: each request gets its status and fate, also when it comes in two pieces, split at any byte
// of its head.
BOOST_AUTO_TEST_CASE(split_at_every_byte_of_the_head)
{
    const auto router = make_router();
    const Peer peer;
    std::size_t splits = 0;
    for (const auto& each : cases()) {
        const Fate expected{each.status, each.keep};
        const auto end = head_end(each.bytes);
        const std::size_t step = end > 2'000 ? 499 : 1;  // long heads are long in one place
        for (std::size_t split = 0; split <= end; split += step, ++splits) {
            RequestReader reader{router, peer};
            const auto fate = judge(reader, each.bytes, split);
            if (fate == expected) continue;
            BOOST_ERROR("requests.txt:" << each.line << " split at " << split << ": " << fate.status
                                        << (fate.keep ? " keep" : " close"));
            break;
        }
    }
    BOOST_TEST_MESSAGE(cases().size() << " requests, " << splits << " splits");
    BOOST_TEST(splits > 20'000U);
}

// Goal: the same over a socket: the answer's status, and whether the connection serves another.
BOOST_AUTO_TEST_CASE(over_a_socket)
{
    const auto router = make_router();
    boost::asio::io_context loop{1};
    run_coroutine(loop, [&]() -> awaitable<> {
        Server server{loop.get_executor(), loopback(), router, {}};
        server.start();
        for (const auto& each : cases()) {
            RawSocket client{loop.get_executor()};
            co_await client.connect(server.local_endpoint());
            co_await client.write(each.bytes);
            if (each.keep)
                co_await client.write("GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            else client.shut();
            const auto answer = co_await client.read_all();
            std::string_view rest{answer};
            if (rest.starts_with("HTTP/1.1 100 ")) rest.remove_prefix(rest.find("\r\n\r\n") + 4);
            const auto status = rest.empty() ? 0U : status_of(rest);
            const bool kept = each.keep && rest.ends_with("ok")
                              && rest.find("HTTP/1.1 200 OK", 10) != rest.npos;
            if (status != each.status || kept != each.keep)
                BOOST_ERROR("requests.txt:" << each.line << ": " << status
                                            << (kept ? " keep" : " close"));
        }
        co_await server.drain(Deadline::after(5s));
    });
}

// Goal: without a length and a coding the body is empty (RFC 9112, section 6.3). What a peer that
// misspelled the field sends after the head is another request, and refused as one.
BOOST_AUTO_TEST_CASE(bytes_after_an_empty_body_are_another_request)
{
    const auto router = make_router();
    boost::asio::io_context loop{1};
    run_coroutine(loop, [&]() -> awaitable<> {
        Server server{loop.get_executor(), loopback(), router, {}};
        server.start();
        for (const std::string field :
             {"Transfer_Encoding: chunked", "Transfer-Encodin: chunked",
              "X-Transfer-Encoding: chunked", "Content_Length: 5", "Content-Lengt: 5"})
            for (const std::string body :
                 {"0\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n", "hello\r\n\r\n"}) {
                RawSocket client{loop.get_executor()};
                co_await client.connect(server.local_endpoint());
                co_await client.write("POST /p HTTP/1.1\r\nHost: a\r\n" + field + "\r\n\r\n"
                                      + body);
                const auto answers = co_await client.read_all();
                const auto second = answers.find("HTTP/1.1 ", 1);
                BOOST_TEST_CONTEXT(field << ": " << answers)
                {
                    BOOST_TEST(status_of(answers) == 200U);
                    BOOST_REQUIRE(second != answers.npos);
                    BOOST_TEST(status_of(answers.substr(second)) == 400U);
                    BOOST_TEST(answers.find("HTTP/1.1 ", second + 1) == answers.npos);
                }
            }
        co_await server.drain(Deadline::after(5s));
    });
}

// Goal: a target in absolute form reaches its route as the origin form that means the same.
BOOST_AUTO_TEST_CASE(absolute_form_becomes_origin_form)
{
    std::string seen;
    Router router;
    Route route;
    route.method = "POST";
    route.pattern = "/{rest*}";
    route.admit = [&](const Request& request) -> std::optional<Response> {
        seen = request.target + " " + request.path + " " + request.query;
        return std::nullopt;
    };
    route.handle = [](Request&) -> awaitable<Response> { co_return Response::text(200, "ok"); };
    router.add(std::move(route));
    const std::vector<std::pair<std::string, std::string>> rows{
        {"/x?y=1", "/x?y=1 /x y=1"},
        {"http://a/x?y=1", "/x?y=1 /x y=1"},
        {"HTTPS://a:443/x?y=1", "/x?y=1 /x y=1"},
        {"http://a", "/ / "},
        {"http://a?y=1", "/?y=1 / y=1"},
        {"http://a/x?", "/x? /x "},
        {"http://a//x?u=http://b/", "//x?u=http://b/ //x u=http://b/"},
    };
    const Peer peer;
    for (const auto& [target, expected] : rows) {
        RequestReader reader{router, peer};
        const auto fate = judge(
            reader, "POST " + target + " HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 1);
        BOOST_TEST(fate.status == 200U, target);
        BOOST_TEST(seen == expected, target);
    }
}

// Goal: a connection that waits holds little, whatever came before.
// Regression: an assignment of {} kept the memory of a large body.
BOOST_AUTO_TEST_CASE(memory_is_given_back)
{
    const auto router = make_router();
    const Peer peer;
    RequestReader reader{router, peer};
    const std::string body(500'000, 'x');
    const auto large = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n" + body;
    BOOST_TEST(judge(reader, large, 1).status == 200U);
    BOOST_TEST(reader.request().body.size() == body.size());
    BOOST_TEST(judge(reader, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 1).status == 200U);
    BOOST_TEST(reader.request().body.capacity() < 20'000U);

    reader.give_back_memory();
    BOOST_TEST(reader.request().headers.capacity() == 0U);
    BOOST_TEST(reader.is_complete());
    BOOST_TEST(!reader.has_more());
    BOOST_TEST(judge(reader, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 1).status == 200U);
}

BOOST_AUTO_TEST_SUITE_END()
