#include "certs/dev_ca.hpp"
#include "certs/tls.hpp"
#include "hub/http/client/client.hpp"
#include "hub/http/egress/resolver.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/http/client/raw_server.hpp"
#include "tests/http/server/server_fixture.hpp"

#include <boost/asio/ssl/stream.hpp>
#include <boost/test/unit_test.hpp>

#include <openssl/ssl.h>

using namespace katydid;
using namespace katydid::certs;
using namespace katydid::http;
using namespace katydid::test;

namespace {

using Addresses = std::vector<boost::asio::ip::address>;

/// Every name leads to 127.0.0.1.
struct LoopbackResolver final : Resolver {
    awaitable<result<Resolved>> resolve(std::string) override
    {
        co_return Addresses{boost::asio::ip::make_address("127.0.0.1")};
    }
};

struct Fixture {
    Fixture()
    {
        Route route;
        route.method = "POST";
        route.pattern = "/echo";
        route.handle = [this](Request& request) -> awaitable<Response> {
            peer = request.peer;
            co_return Response::text(200, std::move(request.body));
        };
        router.add(std::move(route));
    }

    ServerTls::Options server_files(const DevCertificate& certificate = {})
    {
        const auto files = ca.issue("server", certificate);
        return {{{files.certificate, files.key}}, {}, false};
    }

    /// Posts to a TLS server of ours and hands the reply to the check.
    void exchange(const ServerTls::Options& server_options,
                  const ClientTls::Options& client_options, const std::string& host,
                  std::size_t body_bytes,
                  const std::function<void(const result<ClientReply>&)>& check)
    {
        run_coroutine(loop, [&]() -> awaitable<> {
            ServerOptions options;
            options.tls = std::make_shared<ServerTls>(server_options);
            Server server{loop.get_executor(), loopback(), router, options};
            server.start();
            ClientOptions out;
            out.tls = std::make_shared<ClientTls>(client_options);
            out.resolver = std::make_shared<LoopbackResolver>();
            Client client{loop.get_executor(), {{parse_network("127.0.0.0/8").value()}}, out};
            for (int i = 0; i < 2; ++i) {
                ClientRequest request;
                request.url = "https://" + host + ":"
                              + std::to_string(server.local_endpoint().port()) + "/echo";
                request.body = std::make_shared<const std::string>(body_bytes, 'x');
                const auto reply = co_await client.send(std::move(request), Deadline::after(5s));
                check(reply);
            }
            client.close();
            co_await server.drain(Deadline::after(5s));
        });
    }

    TemporaryFolder folder;
    DevCa ca{folder.path()};
    boost::asio::io_context loop{1};
    Router router;
    Peer peer;
};

void is_ok(const result<ClientReply>& reply)
{
    BOOST_REQUIRE_MESSAGE(reply.has_value(), (reply ? "" : reply.error().message));
    BOOST_TEST(reply->status == 200U);
}

std::function<void(const result<ClientReply>&)> fails_with(const std::string& words)
{
    return [words](const result<ClientReply>& reply) {
        BOOST_REQUIRE(reply.has_error());
        BOOST_TEST((reply.error() == errc::tls_failed));
        BOOST_TEST(reply.error().message.find(words) != std::string::npos, reply.error().message);
    };
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(http_tls, Fixture)

// Goal: TLS out to TLS in, by name and by address, small and large, on a connection that is kept.
BOOST_AUTO_TEST_CASE(both_ways)
{
    const ClientTls::Options trust{ca.ca_file(), {}, {}};
    exchange(server_files(), trust, "localhost", 1'000, is_ok);
    BOOST_TEST(peer.tls);
    BOOST_TEST(peer.server_name == "localhost");
    BOOST_TEST(peer.client_subject.empty());
    exchange(server_files(), trust, "127.0.0.1", 500'000, is_ok);
    BOOST_TEST(peer.server_name.empty());  // addresses are no SNI
}

// Goal: a certificate for another name, out of date or of another CA is refused in words.
BOOST_AUTO_TEST_CASE(bad_certificates)
{
    const ClientTls::Options trust{ca.ca_file(), {}, {}};
    exchange(server_files(), trust, "other.example", 1, fails_with("hostname mismatch"));
    DevCertificate names_only;
    names_only.names = {"localhost"};
    exchange(server_files(names_only), trust, "127.0.0.1", 1, fails_with("IP address mismatch"));
    DevCertificate old;
    old.valid_from = -std::chrono::hours{48};
    old.valid_to = -std::chrono::hours{24};
    exchange(server_files(old), trust, "localhost", 1, fails_with("certificate has expired"));
    DevCertificate early;
    early.valid_from = std::chrono::hours{24};
    exchange(server_files(early), trust, "localhost", 1,
             fails_with("certificate is not yet valid"));
    TemporaryFolder elsewhere;
    DevCa stranger{elsewhere.path()};
    exchange(server_files(), {stranger.ca_file(), {}, {}}, "localhost", 1,
             fails_with("its certificate is not accepted"));
    DevCertificate client;
    client.use = DevCertificate::Use::client;
    exchange(server_files(client), trust, "localhost", 1,
             fails_with("unsuitable certificate purpose"));
}

// Goal: plain HTTP on a port that speaks TLS is answered with a sentence, for every method; what is
// neither gets no more than that, and the server lives on.
BOOST_AUTO_TEST_CASE(plain_http_is_told_to_use_https)
{
    run_coroutine(loop, [&]() -> awaitable<> {
        ServerOptions options;
        options.tls = std::make_shared<ServerTls>(server_files());
        RecordingObserver observer;
        Server server{loop.get_executor(), loopback(), router, options, &observer};
        server.start();
        const std::vector<std::string> methods{"GET",    "HEAD",    "POST",  "PUT",
                                               "DELETE", "OPTIONS", "PATCH", "CONNECT"};
        for (const auto& method : methods) {
            RawSocket client{loop.get_executor()};
            co_await client.connect(server.local_endpoint());
            co_await client.write(method + " /echo HTTP/1.1\r\nHost: a\r\n\r\n");
            const auto answer = co_await client.read_all();
            BOOST_TEST_CONTEXT(method)
            {
                BOOST_TEST(status_of(answer) == 400U);
                BOOST_TEST(answer.find("use https://") != answer.npos);
                BOOST_TEST(answer.find("Connection: close\r\n") != answer.npos);
            }
        }
        BOOST_TEST(observer.refused == std::vector<unsigned>(methods.size(), 400U),
                   boost::test_tools::per_element());
        RawSocket neither{loop.get_executor()};
        co_await neither.connect(server.local_endpoint());
        co_await neither.write(std::string{"\x16\x03\x01\x00\x05zzzzz", 10});
        neither.shut();
        const auto alert = co_await neither.read_all();
        BOOST_TEST(alert.find("HTTP/1.1") == alert.npos);
        co_await server.drain(Deadline::after(5s));
    });
}

// Goal: a required client certificate lets its owner in, names it, and keeps others out.
BOOST_AUTO_TEST_CASE(client_certificates)
{
    auto required = server_files();
    required.client_ca_file = ca.ca_file();
    required.client_required = true;
    DevCertificate wanted;
    wanted.use = DevCertificate::Use::client;
    wanted.common_name = "grasshopper";
    wanted.names = {};
    const auto files = ca.issue("client", wanted);
    exchange(required, {ca.ca_file(), files.certificate, files.key}, "localhost", 1, is_ok);
    BOOST_TEST(peer.client_subject == "CN=grasshopper,O=Katydid development");

    exchange(required, {ca.ca_file(), {}, {}}, "localhost", 1,
             [](const result<ClientReply>& reply) { BOOST_TEST(reply.has_error()); });
    auto optional = required;
    optional.client_required = false;
    exchange(optional, {ca.ca_file(), {}, {}}, "localhost", 1, is_ok);
    BOOST_TEST(peer.client_subject.empty());
}

// Goal: a new connection to the same receiver resumes the session, and the server still knows the
// client's certificate; another identity's, or one under files that were read anew, does not.
BOOST_AUTO_TEST_CASE(sessions_are_resumed)
{
    Route closing;
    closing.method = "POST";
    closing.pattern = "/once";
    closing.handle = [this](Request& request) -> awaitable<Response> {
        peer = request.peer;
        auto response = Response::text(200, "x");
        response.close = true;
        co_return response;
    };
    router.add(std::move(closing));
    run_coroutine(loop, [&]() -> awaitable<> {
        ServerOptions options;
        auto asking = server_files();
        asking.client_ca_file = ca.ca_file();
        options.tls = std::make_shared<ServerTls>(asking);
        Server server{loop.get_executor(), loopback(), router, options};
        server.start();
        const auto url = "https://localhost:" + std::to_string(server.local_endpoint().port())
                         + "/once";
        ClientOptions out;
        const auto files = ca.issue("client", {DevCertificate::Use::client, "resumer", {}});
        const ClientTls::Options trust{ca.ca_file(), files.certificate, files.key};
        out.tls = std::make_shared<ClientTls>(trust);
        out.resolver = std::make_shared<LoopbackResolver>();
        Client client{loop.get_executor(), {{parse_network("127.0.0.0/8").value()}}, out};
        const auto other = std::make_shared<const Identity>(
            Identity{"other", std::make_shared<ClientTls>(trust)});
        const auto resumed = [&] {
            return SSL_CTX_sess_hits(options.tls->context()->native_handle());
        };
        for (int i = 0; i < 3; ++i) {
            ClientRequest request;
            request.url = url;
            const auto reply = co_await client.send(std::move(request), Deadline::after(5s));
            is_ok(reply);
            BOOST_TEST(resumed() == i);
            BOOST_TEST(peer.client_subject == "CN=resumer,O=Katydid development");
        }
        BOOST_TEST(out.tls->reload().has_value());
        ClientRequest anew;
        anew.url = url;
        const auto fresh = co_await client.send(std::move(anew), Deadline::after(5s));
        is_ok(fresh);
        BOOST_TEST(resumed() == 2);
        ClientRequest request;
        request.url = url;
        request.identity = other;
        const auto reply = co_await client.send(std::move(request), Deadline::after(5s));
        is_ok(reply);
        BOOST_TEST(resumed() == 2);
        client.close();
        co_await server.drain(Deadline::after(5s));
    });
}

// Goal: a large body over TLS to a receiver that answers early: the answer counts.
BOOST_AUTO_TEST_CASE(early_answer_over_tls)
{
    run_coroutine(loop, [&]() -> awaitable<> {
        ServerOptions options;
        options.tls = std::make_shared<ServerTls>(server_files());
        Server server{loop.get_executor(), loopback(), router, options};
        server.start();
        ClientOptions out;
        out.tls = std::make_shared<ClientTls>(ClientTls::Options{ca.ca_file(), {}, {}});
        out.resolver = std::make_shared<LoopbackResolver>();
        Client client{loop.get_executor(), {{parse_network("127.0.0.0/8").value()}}, out};
        ClientRequest request;
        request.url = "https://localhost:" + std::to_string(server.local_endpoint().port())
                      + "/echo";
        request.body = std::make_shared<const std::string>(16U * 1024 * 1024, 'x');
        const auto reply = co_await client.send(std::move(request), Deadline::after(8s));
        BOOST_REQUIRE_MESSAGE(reply.has_value(), (reply ? "" : reply.error().message));
        BOOST_TEST(reply->status == 413U);
        client.close();
        co_await server.drain(Deadline::after(5s));
    });
}

// Goal: a receiver that speaks no TLS is a TLS failure, not a hang.
BOOST_AUTO_TEST_CASE(plain_receiver)
{
    RawServer plain{loop, [](RawSocket& socket, int) -> awaitable<> {
                        co_await socket.write("HTTP/1.1 400 Bad Request\r\n\r\n");
                    }};
    run_coroutine(loop, [&]() -> awaitable<> {
        ClientOptions options;
        options.tls = std::make_shared<ClientTls>(ClientTls::Options{ca.ca_file(), {}, {}});
        options.resolver = std::make_shared<LoopbackResolver>();
        Client client{loop.get_executor(), {{parse_network("127.0.0.0/8").value()}}, options};
        ClientRequest request;
        request.url = "https://127.0.0.1:" + std::to_string(plain.port()) + "/";
        const auto reply = co_await client.send(std::move(request), Deadline::after(5s));
        BOOST_REQUIRE(reply.has_error());
        BOOST_TEST((reply.error() == errc::tls_failed), reply.error().message);
    });
}

// Goal: a client that connects and never shakes hands, or ends in the middle of it, is let go.
BOOST_AUTO_TEST_CASE(no_handshake)
{
    run_coroutine(loop, [&]() -> awaitable<> {
        ServerOptions options;
        options.tls = std::make_shared<ServerTls>(server_files());
        options.head_timeout = 50ms;
        Server server{loop.get_executor(), loopback(), router, options};
        server.start();
        for (const auto* bytes : {"", "\x16\x03\x01"}) {
            RawSocket client{loop.get_executor()};
            co_await client.connect(server.local_endpoint());
            co_await client.write(bytes);
            const auto answer = co_await client.read_all();
            BOOST_TEST(answer.find("HTTP") == answer.npos);
        }
        co_await server.drain(Deadline::after(5s));
    });
}

// Goal: a request for another host than the one the connection was made for is 421; the root's dot
// makes no other host, on either side.
BOOST_AUTO_TEST_CASE(host_is_not_the_server_name)
{
    struct Row {
        const char* asked;
        const char* host;
        unsigned status;
    };
    constexpr Row rows[] = {
        {"localhost", "other", 421},       {"localhost", "localhost", 405},
        {"localhost", "localhost.", 405},  {"localhost", "LocalHost.:8443", 405},
        {"localhost.", "localhost", 405},  {"localhost.", "localhost.", 405},
        {"localhost", "localhost..", 421}, {"localhost", "other.", 421},
        {"localhost", "localhost.x", 421},
    };
    run_coroutine(loop, [&]() -> awaitable<> {
        ServerOptions options;
        options.tls = std::make_shared<ServerTls>(server_files());
        Server server{loop.get_executor(), loopback(), router, options};
        server.start();
        ClientTls trust{{ca.ca_file(), {}, {}}};
        for (const auto& row : rows) {
            boost::asio::ssl::stream<tcp::socket> stream{loop, *trust.context()};
            co_await stream.next_layer().async_connect(server.local_endpoint(),
                                                       asio::use_awaitable);
            std::string name = row.asked;
            SSL_ctrl(stream.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME,
                     TLSEXT_NAMETYPE_host_name, name.data());
            co_await stream.async_handshake(boost::asio::ssl::stream_base::client,
                                            asio::use_awaitable);
            const auto bytes = "GET /echo HTTP/1.1\r\nHost: " + std::string{row.host} + "\r\n\r\n";
            co_await boost::asio::async_write(stream, boost::asio::buffer(bytes),
                                              asio::use_awaitable);
            std::string answer(100, '\0');
            co_await stream.async_read_some(boost::asio::buffer(answer), asio::use_awaitable);
            BOOST_TEST(status_of(answer) == row.status, row.asked << " and " << row.host);
            stream.next_layer().close();
        }
        co_await server.drain(Deadline::after(5s));
    });
}

BOOST_AUTO_TEST_SUITE_END()
