#include "hub/http/server/admission.hpp"

#include "tests/http/server/server_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::http;
using namespace katydid::test;
using boost::asio::ip::make_address;

namespace {

Request request(const char* method)
{
    Request made;
    made.method = method;
    made.path = "/x";
    return made;
}

/// A server with one route behind limits, and a raw way to ask it.
struct Fixture {
    Fixture()
    {
        for (const auto* method : {"GET", "POST"}) {
            Route route;
            route.method = method;
            route.pattern = "/x";
            route.handle = [this](Request& asked) -> awaitable<Response> {
                ++handled;
                co_return Response::text(200, std::move(asked.body));
            };
            router.add(std::move(route));
        }
    }

    void run(ServerOptions options, const std::function<awaitable<>(Server&)>& body)
    {
        run_coroutine(loop, [&]() -> awaitable<> {
            Server server{loop.get_executor(), loopback(), router, std::move(options)};
            server.start();
            co_await body(server);
            co_await server.drain(Deadline::after(5s));
        });
    }

    boost::asio::io_context loop{1};
    Router router;
    int handled = 0;
};

const std::string get = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string post_head = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(http_admission, Fixture)

// Goal: a bucket gives its burst at once, then so many a second, exactly.
BOOST_AUTO_TEST_CASE(rate_is_exact)
{
    RateTable<int> table{{10, 3}, 100};
    SteadyTime now{1h};
    for (int i = 0; i < 3; ++i) BOOST_TEST(table.take(1, now).count() == 0);
    BOOST_TEST(table.take(1, now).count() == std::chrono::nanoseconds{100ms}.count());
    BOOST_TEST(table.take(2, now).count() == 0);  // another key has its own
    int passed = 0;
    for (int i = 0; i < 10'000; ++i) {
        now += 1ms;
        passed += table.take(1, now).count() == 0 ? 1 : 0;
    }
    BOOST_TEST(passed == 100);
}

// Goal: the table is bounded, and what it forgets is what was not seen for longest.
BOOST_AUTO_TEST_CASE(table_is_bounded)
{
    RateTable<int> table{{1, 1}, 3};
    const SteadyTime now{1h};
    for (const int key : {1, 2, 3, 1, 4}) table.take(key, now);
    BOOST_TEST(table.size() == 3U);
    BOOST_TEST(table.take(1, now).count() > 0);   // still known
    BOOST_TEST(table.take(2, now).count() == 0);  // forgotten: starts anew
    for (int key = 0; key < 10'000; ++key) table.take(key, now);
    BOOST_TEST(table.size() == 3U);
}

// Goal: without a rate nothing is remembered and nothing refused.
BOOST_AUTO_TEST_CASE(no_rate_no_table)
{
    RateTable<int> table{{}, 3};
    for (int i = 0; i < 100; ++i) BOOST_TEST(table.take(i % 2, SteadyTime{}).count() == 0);
    BOOST_TEST(table.size() == 0U);
}

// Goal: who is counted together: one IPv4 address however written, one IPv6 network of 64 bits.
BOOST_AUTO_TEST_CASE(address_keys)
{
    const auto key = [](const char* text) { return AddressKey{make_address(text)}; };
    BOOST_TEST((key("192.0.2.1") == key("::ffff:192.0.2.1")));
    BOOST_TEST((key("192.0.2.1") != key("192.0.2.2")));
    BOOST_TEST((key("2001:db8::1") == key("2001:db8::ffff:1")));
    BOOST_TEST((key("2001:db8:0:1::1") != key("2001:db8::1")));
    BOOST_TEST((key("::1") != key("0.0.0.0")));
}

// Goal: an address has its share of connections, gets it back, and a proxy is not counted.
BOOST_AUTO_TEST_CASE(connections_per_address)
{
    LoadLimits limits;
    limits.connections_per_address = 2;
    limits.uncounted = {parse_network("10.0.0.0/8").value()};
    Admission admission{limits};
    const auto address = make_address("192.0.2.1");
    auto first = admission.enter(address);
    {
        const auto second = admission.enter(address);
        BOOST_TEST(second.has_value());
        BOOST_TEST(!admission.enter(address).has_value());
        BOOST_TEST(admission.enter(make_address("192.0.2.2")).has_value());
    }
    BOOST_TEST(admission.enter(address).has_value());
    std::vector<Admission::Slot> proxied;
    for (int i = 0; i < 10; ++i) proxied.push_back(*admission.enter(make_address("10.0.0.1")));
}

// Goal: an address that asks too often gets 429 and when to come back; a proxy never does.
BOOST_AUTO_TEST_CASE(requests_per_address)
{
    LoadLimits limits;
    limits.requests_per_address = {0.5, 2};
    limits.uncounted = {parse_network("10.0.0.0/8").value()};
    Admission admission{limits};
    auto admitted = admission.enter(make_address("192.0.2.1"));
    auto again = admission.enter(make_address("192.0.2.1"));  // another connection, one bucket
    const SteadyTime now{1h};
    BOOST_TEST(!admitted->judge(request("GET"), now));
    BOOST_TEST(!again->judge(request("GET"), now));
    const auto refused = admitted->judge(request("GET"), now + 1'500ms);
    BOOST_REQUIRE(refused.has_value());
    BOOST_TEST(refused->status == 429U);
    BOOST_TEST(header_value(refused->headers, "Retry-After") == "1");
    BOOST_TEST(!admitted->judge(request("GET"), now + 2s));
    auto proxy = admission.enter(make_address("10.0.0.1"));
    for (int i = 0; i < 10; ++i) BOOST_TEST(!proxy->judge(request("GET"), now));
}

// Goal: under load what changes something waits, and what only looks does not.
BOOST_AUTO_TEST_CASE(shedding_spares_readers)
{
    LoadLimits limits;
    limits.is_overloaded = [] { return true; };
    Admission admission{limits};
    auto admitted = admission.enter(make_address("192.0.2.1"));
    for (const auto* method : {"POST", "PUT", "PATCH", "DELETE"})
        BOOST_TEST(admitted->judge(request(method), {})->status == 503U, method);
    for (const auto* method : {"GET", "HEAD", "OPTIONS"})
        BOOST_TEST(!admitted->judge(request(method), {}), method);
}

// Goal: unfinished bodies of an address, and of all, have a limit; what is released makes room.
BOOST_AUTO_TEST_CASE(bodies_in_memory_are_bounded)
{
    LoadLimits limits;
    limits.body_bytes_max = 100;
    limits.body_bytes_per_address = 60;
    limits.uncounted = {parse_network("10.0.0.0/8").value()};
    Admission admission{limits};
    auto first = admission.enter(make_address("192.0.2.1"));
    auto second = admission.enter(make_address("192.0.2.1"));
    BOOST_TEST(!first->hold(40));
    BOOST_TEST(!first->hold(50));  // of the same body, not one more
    const auto own = second->hold(20);
    BOOST_REQUIRE(own.has_value());
    BOOST_TEST(own->status == 429U);
    BOOST_TEST(header_value(own->headers, "Retry-After") == "1");
    auto other = admission.enter(make_address("192.0.2.2"));
    BOOST_TEST(!other->hold(50));
    auto proxy = admission.enter(make_address("10.0.0.1"));
    const auto all = proxy->hold(1);
    BOOST_REQUIRE(all.has_value());
    BOOST_TEST(all->status == 503U);
    first->release();
    BOOST_TEST(!proxy->hold(50));
    proxy.reset();
    other.reset();
    BOOST_TEST(!second->hold(60));
}

// Goal: bodies that are not complete cannot fill the memory: one too many is a 503 and the end of
// its connection, and those that were there are still answered.
BOOST_AUTO_TEST_CASE(unfinished_bodies_are_refused_over_the_limit)
{
    ServerOptions options;
    options.load.body_bytes_max = 1'200'000;
    run(options, [&](Server& server) -> awaitable<> {
        const std::string most(499'999, 'x');
        std::vector<std::unique_ptr<RawSocket>> clients;
        std::size_t refused = 0;
        for (int i = 0; i < 6; ++i) {
            auto client = std::make_unique<RawSocket>(loop.get_executor());
            co_await client->connect(server.local_endpoint());
            co_await client->write(post_head + most);
            clients.push_back(std::move(client));
        }
        std::size_t answered = 0;
        for (auto& client : clients) {
            co_await client->write("x");
            const auto response = co_await client->read_response();
            answered += status_of(response) == 200U ? 1 : 0;
            if (status_of(response) != 503U) continue;
            ++refused;
            BOOST_TEST(response.find("Retry-After: 1\r\n") != response.npos);
            BOOST_TEST(response.find("Connection: close\r\n") != response.npos);
        }
        BOOST_TEST(answered >= 1U);
        BOOST_TEST(refused >= 3U);
        BOOST_TEST(answered + refused == 6U);
        // All of it is free again.
        RawSocket next{loop.get_executor()};
        co_await next.connect(server.local_endpoint());
        co_await next.write(post_head + most + "x");
        const auto response = co_await next.read_response();
        BOOST_TEST(status_of(response) == 200U);
    });
}

// Goal: 503 and 429 go out before the body is read, with Retry-After; small bodies are skipped so
// that the connection lives.
BOOST_AUTO_TEST_CASE(refused_before_the_body)
{
    ServerOptions options;
    bool overloaded = true;
    std::chrono::nanoseconds turn{};
    options.load.is_overloaded = [&overloaded] { return overloaded; };
    options.load.turn_of = [&turn](const Request&) { return turn; };
    run(options, [&](Server& server) -> awaitable<> {
        RawSocket large{loop.get_executor()};
        co_await large.connect(server.local_endpoint());
        co_await large.write(post_head);
        const auto shed = co_await large.read_all();
        BOOST_TEST(status_of(shed) == 503U);
        BOOST_TEST(shed.find("Retry-After: 1\r\n") != shed.npos);

        overloaded = false;
        turn = 2500ms;
        RawSocket small{loop.get_executor()};
        co_await small.connect(server.local_endpoint());
        co_await small.write("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
        const auto wait = co_await small.read_response();
        BOOST_TEST(status_of(wait) == 429U);
        BOOST_TEST(wait.find("Retry-After: 3\r\n") != wait.npos);
        BOOST_TEST(handled == 0);
        turn = {};
        co_await small.write("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
        const auto passed = co_await small.read_response();
        BOOST_TEST(body_of(passed) == "hi");
    });
}

// Goal: the connections over an address's share are told so, and the others live.
BOOST_AUTO_TEST_CASE(connection_over_the_share)
{
    ServerOptions options;
    options.load.connections_per_address = 1;
    run(options, [](Server& server) { return second_is_turned_away(server, get); });
}

// Goal: of requests that came in one piece so many are answered, the last with Connection: close.
BOOST_AUTO_TEST_CASE(pipelining_bound)
{
    ServerOptions options;
    options.load.pipelined_max = 4;
    run(options, [&](Server& server) -> awaitable<> {
        RawSocket client{loop.get_executor()};
        co_await client.connect(server.local_endpoint());
        std::string bytes;
        for (int i = 0; i < 20; ++i) bytes += get;
        co_await client.write(bytes);
        const auto all = co_await client.read_all();
        BOOST_TEST(all.find("Connection: close\r\n") != all.npos);
        BOOST_TEST(handled == 5);  // the first one was read, the next four were there already
    });
}

// Goal: who connected before the drain and has not asked yet is still answered, and told to go.
BOOST_AUTO_TEST_CASE(drain_answers_newcomers)
{
    run({}, [&](Server& server) -> awaitable<> {
        std::list<RawSocket> clients;
        for (int i = 0; i < 5; ++i) {
            clients.emplace_back(loop.get_executor());
            co_await clients.back().connect(server.local_endpoint());
        }
        while (server.open_connections() < 5) co_await asio::post(loop, asio::use_awaitable);
        asio::co_spawn(loop, server.drain(Deadline::after(5s)), [](std::exception_ptr) {});
        co_await asio::post(loop, asio::use_awaitable);
        co_await asio::post(loop, asio::use_awaitable);
        for (auto& client : clients) {
            co_await client.write(get);
            const auto answer = co_await client.read_all();
            BOOST_TEST(status_of(answer) == 200U);
            BOOST_TEST(answer.find("Connection: close\r\n") != answer.npos);
        }
    });
}

// Goal: a server takes over a socket that somebody else opened, and leaves it open when it ends.
BOOST_AUTO_TEST_CASE(listening_socket_is_taken_over)
{
    tcp::acceptor held{loop, loopback()};
    const auto address = held.local_endpoint();
    for (int round = 0; round < 3; ++round) {
        ServerOptions options;
        options.listen_descriptor = ::dup(held.native_handle());
        run(options, [&](Server& server) -> awaitable<> {
            BOOST_TEST((server.local_endpoint() == address));
            RawSocket client{loop.get_executor()};
            co_await client.connect(address);
            co_await client.write(get);
            const auto answer = co_await client.read_response();
            BOOST_TEST(status_of(answer) == 200U);
        });
        loop.restart();
    }
    ServerOptions wrong;
    wrong.listen_descriptor = ::dup(STDERR_FILENO);
    BOOST_CHECK_THROW(Server(loop.get_executor(), loopback(), router, wrong), Failure);
    ::close(wrong.listen_descriptor);
}

BOOST_AUTO_TEST_SUITE_END()
