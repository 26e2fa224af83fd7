// From a name to a connection.
#include "tests/http/client/client_fixture.hpp"

#include <cstdlib>

using namespace katydid;
using namespace katydid::http;
using namespace katydid::test;

BOOST_FIXTURE_TEST_SUITE(http_client_dial, ClientFixture)

// Goal: a name is judged by everything it resolves to, and the address is dialled, not the name.
BOOST_AUTO_TEST_CASE(names)
{
    using boost::asio::ip::make_address;
    std::string seen;
    RawServer server{loop, [&](RawSocket& socket, int) -> awaitable<> {
                         auto request = co_await socket.read_until("{}");
                         seen = std::move(request);
                         co_await socket.write(ok(""));
                     }};
    const auto port = ":" + std::to_string(server.port());
    std::vector<std::string> denied;
    options.on_denied = [&](const Url& url, const auto& address, const Error&) {
        denied.push_back(url.host + " " + address.to_string());
    };
    run([&](Client& client) -> awaitable<> {
        resolver->answer = Addresses{make_address("127.0.0.1")};
        const auto good = co_await client.send(post_to("http://hook.example" + port),
                                               Deadline::after(5s));
        BOOST_REQUIRE_MESSAGE(good.has_value(), (good ? "" : good.error().message));
        BOOST_TEST(seen.find("Host: hook.example" + port + "\r\n") != seen.npos);
        for (const auto* other : {"10.0.0.1", "::1", "8.8.8.8"}) {  // 8.8.8.8: not over http
            resolver->answer = Addresses{make_address("127.0.0.1"), make_address(other)};
            const auto mixed = co_await client.send(post_to("http://mixed.example" + port),
                                                    Deadline::after(5s));
            BOOST_REQUIRE(mixed.has_error());
            BOOST_TEST((mixed.error() == errc::refused), other);
            // Outwardly no address is named; the log gets it.
            BOOST_TEST(mixed.error().message.find(other) == std::string::npos);
            BOOST_TEST_REQUIRE(!denied.empty());
            BOOST_TEST(denied.back() == "mixed.example " + std::string{other});
        }
        resolver->answer = Error{errc::resolve_failed, "no such name"};
        const auto unknown = co_await client.send(post_to("https://none.example"),
                                                  Deadline::after(5s));
        BOOST_TEST((unknown.has_error() && unknown.error() == errc::resolve_failed));
        resolver->answer.reset();
        const auto slow = co_await client.send(post_to("https://slow.example"),
                                               Deadline::after(30ms));
        BOOST_TEST((slow.has_error() && slow.error() == errc::timed_out));
    });
    BOOST_TEST(resolver->asked.size() == 6U);
    BOOST_TEST(server.connections() == 1);
}

// Goal: nobody listening is a failure to connect, with the second address tried.
BOOST_AUTO_TEST_CASE(connect_failures)
{
    using boost::asio::ip::make_address;
    std::string unused;
    {
        const tcp::acceptor gone{loop, loopback()};
        unused = std::to_string(gone.local_endpoint().port());
    }
    RawServer server{loop, [](RawSocket& socket, int) -> awaitable<> {
                         co_await socket.read_until("{}");
                         co_await socket.write(ok("second"));
                     }};
    run([&](Client& client) -> awaitable<> {
        const auto refused = co_await client.send(post_to("http://127.0.0.1:" + unused),
                                                  Deadline::after(5s));
        BOOST_REQUIRE(refused.has_error());
        BOOST_TEST((refused.error() == errc::connect_failed));
        resolver->answer = Addresses{make_address("127.0.0.2"), make_address("127.0.0.1")};
        const auto second = co_await client.send(
            post_to("http://two.example:" + std::to_string(server.port())), Deadline::after(5s));
        BOOST_REQUIRE_MESSAGE(second.has_value(), (second ? "" : second.error().message));
        BOOST_TEST(second->body == "second");
    });
}

// Goal: a redirect is an answer like any other: whatever it points at, nobody is asked there.
BOOST_AUTO_TEST_CASE(redirects_are_not_followed)
{
    RawServer tempting{loop, [](RawSocket&, int) -> awaitable<> { co_return; }};
    run([&](Client& client) -> awaitable<> {
        for (const unsigned status : {301U, 302U, 303U, 307U, 308U}) {
            for (const auto& location :
                 {tempting.url(), std::string{"http://169.254.169.254/latest/meta-data"}}) {
                const auto head = "HTTP/1.1 " + std::to_string(status) + " Over there\r\nLocation: "
                                  + location + "\r\nContent-Length: 0\r\n\r\n";
                const auto reply = co_await answer_with(client, head);
                BOOST_REQUIRE(reply.has_value());
                BOOST_TEST(reply->status == status);
                BOOST_TEST(header_value(reply->headers, "location") == location);
            }
        }
    });
    BOOST_TEST(tempting.connections() == 0);
    BOOST_TEST(resolver->asked.empty());
}

// Goal: a proxy that only the environment names is ignored.
BOOST_AUTO_TEST_CASE(proxies_of_the_environment)
{
    RawServer proxy{loop, [](RawSocket&, int) -> awaitable<> { co_return; }};
    const std::vector<const char*> names{"http_proxy",  "HTTP_PROXY", "https_proxy",
                                         "HTTPS_PROXY", "all_proxy",  "ALL_PROXY"};
    for (const auto* name : names) ::setenv(name, proxy.url().c_str(), 1);
    run([&](Client& client) -> awaitable<> {
        const auto reply = co_await answer_with(client, ok("direct"));
        BOOST_REQUIRE(reply.has_value());
        BOOST_TEST(reply->body == "direct");
    });
    for (const auto* name : names) ::unsetenv(name);
    BOOST_TEST(proxy.connections() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
