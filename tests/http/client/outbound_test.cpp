// The client beyond one plain request: uploads, names, proxies, identities, tokens.
#include "certs/dev_ca.hpp"
#include "certs/tls.hpp"
#include "hub/http/egress/dns_ttl.hpp"
#include "hub/http/client/oauth.hpp"
#include "hub/http/egress/resolver_cache.hpp"
#include "tests/http/client/raw_server.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/test/unit_test.hpp>

#include <openssl/ssl.h>

using namespace katydid;
using namespace katydid::http;
using namespace katydid::test;

namespace {

using Addresses = std::vector<boost::asio::ip::address>;

/// Every name leads to 127.0.0.1, after a turn of the loop.
struct CountingResolver final : Resolver {
    awaitable<result<Resolved>> resolve(std::string host) override
    {
        ++asked;
        const auto executor = co_await asio::this_coro::executor;
        co_await asio::post(executor, asio::use_awaitable);
        if (host == "unknown.example") co_return Error{errc::resolve_failed, "no such name"};
        co_return Resolved{{boost::asio::ip::make_address("127.0.0.1")}, ttl};
    }
    int asked = 0;
    std::optional<milliseconds> ttl;
};

std::string ok(const std::string& body, const std::string& fields = "")
{
    return "HTTP/1.1 200 OK\r\n" + fields + "Content-Length: " + std::to_string(body.size())
           + "\r\n\r\n" + body;
}

ClientRequest post_to(std::string url, std::string body = "{}")
{
    ClientRequest request;
    request.url = std::move(url);
    request.body = std::make_shared<const std::string>(std::move(body));
    return request;
}

struct Fixture {
    void run(const std::function<awaitable<>(Client&)>& body)
    {
        if (!options.resolver) options.resolver = resolver;
        run_coroutine(loop, [&]() -> awaitable<> {
            Client client{loop.get_executor(), {{parse_network("127.0.0.0/8").value()}}, options};
            co_await body(client);
        });
    }

    /// Reads requests whole and answers each.
    RawServer::Script answer(std::function<std::string(const std::string& head)> reply)
    {
        return [reply = std::move(reply)](RawSocket& socket, int) -> awaitable<> {
            for (;;) {
                const auto head = co_await socket.read_until("\r\n\r\n");
                if (head.empty()) co_return;
                const auto at = head.find("Content-Length: ");
                const auto length = at == head.npos ? 0 : std::stoul(head.substr(at + 16));
                const auto body = co_await socket.read_bytes(length);
                const auto bytes = reply(head + body);
                co_await socket.write(bytes);
            }
        };
    }

    boost::asio::io_context loop{1};
    std::shared_ptr<CountingResolver> resolver = std::make_shared<CountingResolver>();
    ClientOptions options;
    std::list<RawServer> servers;  ///< those that a loop makes: they outlive its last turn
};

const std::string large(8 * 1024 * 1024, 'x');

}  // namespace

BOOST_FIXTURE_TEST_SUITE(http_outbound, Fixture)

// Goal: a receiver that answers a large request without reading it is heard, and at once.
BOOST_AUTO_TEST_CASE(early_answer)
{
    RawServer server{loop, [](RawSocket& socket, int) -> awaitable<> {
                         co_await socket.read_until("\r\n\r\n");
                         co_await socket.write("HTTP/1.1 413 Content Too Large\r\n"
                                               "Content-Length: 2\r\n\r\nno");
                     }};
    run([&](Client& client) -> awaitable<> {
        const auto reply = co_await client.send(post_to(server.url(), large), Deadline::after(8s));
        BOOST_REQUIRE_MESSAGE(reply.has_value(), (reply ? "" : reply.error().message));
        BOOST_TEST(reply->status == 413U);
        BOOST_TEST(reply->body == "no");
        BOOST_TEST(client.idle_connections() == 0U);
    });
}

// Goal: a large request that is read whole keeps its connection.
BOOST_AUTO_TEST_CASE(large_request)
{
    RawServer server{loop, answer([](const std::string& request) {
                         return ok(std::to_string(request.size() > large.size()));
                     })};
    run([&](Client& client) -> awaitable<> {
        for (int i = 0; i < 2; ++i) {
            const auto reply = co_await client.send(post_to(server.url(), large),
                                                    Deadline::after(8s));
            BOOST_REQUIRE_MESSAGE(reply.has_value(), (reply ? "" : reply.error().message));
            BOOST_TEST(reply->body == "1");
        }
        BOOST_TEST(server.connections() == 1);
    });
}

// Goal: a receiver that reads nothing is a timeout, and a sender that is cancelled leaves nothing
// after that is used later.
BOOST_AUTO_TEST_CASE(upload_that_ends_before_its_time)
{
    RawServer silent{loop, [](RawSocket& socket, int) -> awaitable<> {
                         co_await socket.read_until("\r\n\r\n");
                     }};
    run([&](Client& client) -> awaitable<> {
        const auto late = co_await client.send(post_to(silent.url(), large), Deadline::after(50ms));
        BOOST_REQUIRE(late.has_error());
        BOOST_TEST((late.error() == errc::timed_out));

        boost::asio::cancellation_signal stop;
        bool ended = false;
        asio::co_spawn(loop, client.send(post_to(silent.url(), large), Deadline::after(8s)),
                       boost::asio::bind_cancellation_slot(
                           stop.slot(),
                           [&](std::exception_ptr, const result<ClientReply>&) { ended = true; }));
        while (silent.connections() < 2) co_await asio::post(loop, asio::use_awaitable);
        for (int i = 0; i < 20; ++i) co_await asio::post(loop, asio::use_awaitable);
        stop.emit(boost::asio::cancellation_type::terminal);
        while (!ended) co_await asio::post(loop, asio::use_awaitable);
    });
}

// Goal: a name is asked once for all requests that wait for it.
BOOST_AUTO_TEST_CASE(name_is_asked_once)
{
    RawServer server{loop, answer([](const std::string&) { return ok("yes"); })};
    const auto url = EgressPolicy::parse_url(server.url()).value();
    const auto named = "http://a.example:" + std::to_string(url.port) + "/";
    run([&](Client& client) -> awaitable<> {
        int answered = 0;
        for (int i = 0; i < 5; ++i)
            asio::co_spawn(loop, client.send(post_to(named), Deadline::after(8s)),
                           [&](std::exception_ptr, const result<ClientReply>& reply) {
                               BOOST_TEST(reply.has_value());
                               ++answered;
                           });
        while (answered < 5) co_await asio::post(loop, asio::use_awaitable);
        BOOST_TEST(resolver->asked == 1);
    });
}

// Goal: a name is asked again when its time is over; a failure and a forgotten name too.
BOOST_AUTO_TEST_CASE(names_are_remembered)
{
    ManualClock clock;
    const auto cache = make_resolver_cache(resolver, {.ttl_max = 30s, .names_max = 2}, clock);
    run_coroutine(loop, [&]() -> awaitable<> {
        co_await cache->resolve("a.example");
        clock.advance(29s);
        co_await cache->resolve("a.example");
        BOOST_TEST(resolver->asked == 1);
        clock.advance(1s);
        co_await cache->resolve("a.example");
        BOOST_TEST(resolver->asked == 2);
        cache->forget("a.example");
        co_await cache->resolve("a.example");
        BOOST_TEST(resolver->asked == 3);
        for (int i = 0; i < 2; ++i) {
            const auto failed = co_await cache->resolve("unknown.example");
            BOOST_TEST(failed.has_error());
        }
        BOOST_TEST(resolver->asked == 5);
        for (const auto* name : {"b.example", "c.example", "a.example"})
            co_await cache->resolve(name);  // two fit: a was dropped
        BOOST_TEST(resolver->asked == 8);
    });
}

// Goal: an answer is used as long as DNS says, but a second at least and the setting at most; the
// setting also stands in where DNS says nothing.
BOOST_AUTO_TEST_CASE(time_to_live)
{
    struct Row {
        std::optional<milliseconds> said;
        milliseconds used;
    };
    for (const Row& row : {Row{5s, 5s}, Row{1h, 30s}, Row{0s, 1s}, Row{{}, 30s}}) {
        ManualClock clock;
        resolver->asked = 0;
        resolver->ttl = row.said;
        const auto cache = make_resolver_cache(resolver, {.ttl_max = 30s}, clock);
        loop.restart();
        run_coroutine(loop, [&]() -> awaitable<> {
            co_await cache->resolve("a.example");
            clock.advance(row.used - 1ms);
            co_await cache->resolve("a.example");
            BOOST_TEST(resolver->asked == 1);
            clock.advance(1ms);
            co_await cache->resolve("a.example");
            BOOST_TEST(resolver->asked == 2);
        });
    }
}

// Goal: the shortest time of an answer's records counts, also an alias's; other bytes say nothing.
BOOST_AUTO_TEST_CASE(time_to_live_of_an_answer)
{
    using namespace std::string_literals;
    const auto head = "\0\1\x81\x80\0\1\0\2\0\0\0\0"s;  // an answer with two records
    const auto question = "\1a\7example\0\0\1\0\1"s;
    const auto alias = "\xc0\x0c\0\5\0\1\0\0\0\x3c\0\4\1b\xc0\x0e"s;   // for 60 s
    const auto address = "\xc0\x0c\0\1\0\1\0\0\1\x2c\0\4\x7f\0\0\1"s;  // for 300 s
    const auto ttl = [](const std::string& bytes) {
        return ttl_in({reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()});
    };
    const auto whole = head + question + alias + address;
    BOOST_TEST((ttl(whole) == 60s));
    BOOST_TEST((ttl("\0\1\x81\x80\0\1\0\1\0\0\0\0"s + question + address) == 300s));
    BOOST_TEST(!ttl("\0\1\x81\x83\0\1\0\0\0\0\0\0"s + question));  // no such name
    for (std::size_t size = 0; size < whole.size(); ++size)
        BOOST_TEST(!ttl(whole.substr(0, size)), size);
}

// Goal: through a proxy, http goes with the whole URL and no name is resolved here but the proxy's.
BOOST_AUTO_TEST_CASE(proxy_for_http)
{
    std::string seen;
    RawServer proxy{loop, answer([&seen](const std::string& request) {
                        seen = request;
                        return ok("by proxy");
                    })};
    options.proxy = EgressPolicy::parse_url(proxy.url()).value();
    run([&](Client& client) -> awaitable<> {
        const auto reply = co_await client.send(post_to("http://receiver.example/hook"),
                                                Deadline::after(5s));
        BOOST_REQUIRE_MESSAGE(reply.has_value(), (reply ? "" : reply.error().message));
        BOOST_TEST(reply->body == "by proxy");
        BOOST_TEST(resolver->asked == 0);
        const auto denied = co_await client.send(post_to("http://10.0.0.1/hook"),
                                                 Deadline::after(5s));
        BOOST_REQUIRE(denied.has_error());
        BOOST_TEST((denied.error() == errc::refused));
    });
    BOOST_TEST(seen.starts_with("POST http://receiver.example/hook HTTP/1.1\r\n"
                                "Host: receiver.example\r\n"));
}

// Goal: for https a tunnel is asked for; a proxy that refuses, babbles or hangs up is a failure.
BOOST_AUTO_TEST_CASE(proxy_that_refuses)
{
    struct Row {
        std::string bytes;
        errc error;
    };
    for (const auto& row :
         {Row{"HTTP/1.1 403 Forbidden\r\n\r\n", errc::connect_failed},
          Row{"HTTP/1.1 200 OK\r\n\r\n", errc::tls_failed},  // and hangs up
          Row{"SSH-2.0-x\r\n\r\n", errc::protocol_error}, Row{"", errc::connection_closed},
          Row{"HTTP/1.1 200 " + std::string(9'000, 'a'), errc::protocol_error}}) {
        const auto seen = std::make_shared<std::string>();
        const auto script = [seen, bytes = row.bytes](RawSocket& socket, int) -> awaitable<> {
            auto head = co_await socket.read_until("\r\n\r\n");
            *seen = std::move(head);
            co_await socket.write(bytes);
            socket.shut();
        };
        servers.emplace_back(loop, script);
        options.proxy = EgressPolicy::parse_url(servers.back().url()).value();
        run([&](Client& client) -> awaitable<> {
            const auto reply = co_await client.send(post_to("https://receiver.example/"),
                                                    Deadline::after(5s));
            BOOST_REQUIRE(reply.has_error());
            BOOST_TEST((reply.error() == row.error), reply.error().message);
        });
        BOOST_TEST(*seen
                   == "CONNECT receiver.example:443 HTTP/1.1\r\n"
                      "Host: receiver.example:443\r\n\r\n");
    }
}

// Goal: a token is got once and kept; a receiver's 401 leads to one new token and one more try.
BOOST_AUTO_TEST_CASE(oauth)
{
    ManualClock clock;
    int tokens_made = 0;
    std::string asked;
    RawServer authority{loop, answer([&](const std::string& request) {
                            asked = request;
                            return ok(R"({"access_token":"t)" + std::to_string(++tokens_made)
                                      + R"(","token_type":"Bearer","expires_in":300})");
                        })};
    std::string good = "t1";
    int requests = 0;
    RawServer receiver{loop, answer([&](const std::string& request) -> std::string {
                           ++requests;
                           if (request.find("Authorization: Bearer " + good + "\r\n")
                               != request.npos)
                               return ok("welcome");
                           return "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n";
                       })};
    run([&](Client& client) -> awaitable<> {
        TokenSource tokens{
            {client, {authority.url("/token"), "me", "s:e cret", "hooks"}, default_tenant(), {}},
            clock};
        const auto send = [&]() {
            return send_with_token(client, tokens, post_to(receiver.url()), Deadline::after(5s));
        };
        for (int i = 0; i < 3; ++i) {
            const auto reply = co_await send();
            BOOST_REQUIRE(reply.has_value());
            BOOST_TEST(reply->body == "welcome");
        }
        BOOST_TEST(tokens_made == 1);
        good = "t2";  // the first was revoked
        const auto renewed = co_await send();
        BOOST_TEST(renewed->status == 200U);
        BOOST_TEST(tokens_made == 2);
        good = "none";
        requests = 0;
        const auto refused = co_await send();
        BOOST_TEST(refused->status == 401U);
        BOOST_TEST(requests == 2);  // one more try, not more
        good = "t4";
        clock.advance(271s);  // 30 s before its end a token is renewed
        const auto later = co_await send();
        BOOST_TEST(later->status == 200U);
        BOOST_TEST(tokens_made == 4);
    });
    BOOST_TEST(asked.find("\r\nAuthorization: Basic bWU6cyUzQWUlMjBjcmV0\r\n") != asked.npos);
    BOOST_TEST(asked.ends_with("\r\n\r\ngrant_type=client_credentials&scope=hooks"));
}

// Goal: a token server that fails is a failure in words; the secret is not among them.
BOOST_AUTO_TEST_CASE(oauth_without_a_token)
{
    for (const auto& bytes :
         {std::string{"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"}, ok("no json"),
          ok("[]"), ok(R"({"access_token":"t"})"), ok(R"({"token_type":"bearer"})"),
          ok(R"({"access_token":"a\r\nb","token_type":"bearer"})"),
          ok(R"({"access_token":"","token_type":"bearer"})"),
          ok(R"({"access_token":"t","token_type":"mac"})")}) {
        auto& authority = servers.emplace_back(
            loop, answer([bytes](const std::string&) { return bytes; }));
        run([&](Client& client) -> awaitable<> {
            TokenSource tokens{
                {client, {authority.url(), "me", "top-secret", ""}, default_tenant(), {}}};
            const auto reply = co_await send_with_token(client, tokens, post_to(authority.url()),
                                                        Deadline::after(5s));
            BOOST_REQUIRE(reply.has_error());
            BOOST_TEST((reply.error() == errc::refused), reply.error().message);
            BOOST_TEST(reply.error().message.find("secret") == std::string::npos);
        });
    }
}

// Goal: many who need a token at once ask for one.
BOOST_AUTO_TEST_CASE(oauth_asks_once)
{
    int tokens_made = 0;
    RawServer authority{loop, answer([&](const std::string&) {
                            ++tokens_made;
                            return ok(R"({"access_token":"t","token_type":"bearer"})");
                        })};
    run([&](Client& client) -> awaitable<> {
        TokenSource tokens{{client, {authority.url(), "me", "secret", ""}, default_tenant(), {}}};
        int got = 0;
        for (int i = 0; i < 10; ++i)
            asio::co_spawn(loop, tokens.token(Deadline::after(5s)),
                           [&](std::exception_ptr, const result<std::string>& token) {
                               got += token.has_value() ? 1 : 0;
                           });
        while (got < 10) co_await asio::post(loop, asio::use_awaitable);
        BOOST_TEST(tokens_made == 1);
    });
}

BOOST_AUTO_TEST_SUITE_END()
