// What comes on a connection while no request is under way answers none (RFC 9112, section 9.2).
#include "certs/dev_ca.hpp"
#include "certs/tls.hpp"
#include "tests/http/client/client_fixture.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <openssl/ssl.h>

using namespace katydid;
using namespace katydid::http;
using namespace katydid::test;

namespace {

namespace ssl = boost::asio::ssl;
using TlsStream = ssl::stream<tcp::socket>;

constexpr int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
constexpr std::string_view fine = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
constexpr std::string_view failed = "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n";

/// One TLS connection of a receiver, and what its client has to wait for.
struct TlsPeer {
    TlsStream stream;
    std::string unread{};

    /// A request with the body "{}". Its target; empty: the connection ended.
    awaitable<std::string> read_request()
    {
        const auto [error, size] = co_await boost::asio::async_read_until(
            stream, boost::asio::dynamic_buffer(unread), "{}", use_tuple);
        if (error) co_return "";
        const auto target = unread.substr(5, unread.find(' ', 5) - 5);
        unread.erase(0, size);
        co_return target;
    }
    awaitable<> write(std::string_view bytes)
    {
        co_await boost::asio::async_write(stream, boost::asio::buffer(bytes), use_tuple);
    }
    /// What OpenSSL was told to send of its own, such as tickets.
    awaitable<> flush() { co_await stream.async_handshake(ssl::stream_base::server, use_tuple); }
};

/// A TLS receiver that does on its first connection, after its first answer, what a test says.
/// Then, and on every other connection, /strict gets 500 and the rest 200.
class Receiver {
public:
    using Deed = std::function<awaitable<>(TlsPeer&)>;

    Receiver(boost::asio::io_context& loop, const certs::CertificateFiles& files, int version,
             Deed after_answer)
        : loop_{loop},
          acceptor_{loop, loopback()},
          after_answer_{std::move(after_answer)}
    {
        context_.use_certificate_chain_file(files.certificate.string());
        context_.use_private_key_file(files.key.string(), ssl::context::pem);
        SSL_CTX_set_min_proto_version(context_.native_handle(), version);
        SSL_CTX_set_max_proto_version(context_.native_handle(), version);
        asio::co_spawn(loop_, accept(), [](std::exception_ptr) {});
    }

    [[nodiscard]] std::string url(const std::string& path) const
    {
        return "https://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + path;
    }
    [[nodiscard]] int connections() const { return connections_; }
    /// Until the deed is done and its bytes are there.
    awaitable<> wait_for_deed()
    {
        while (!done_) co_await asio::post(loop_, asio::use_awaitable);
    }

private:
    awaitable<> accept()
    {
        for (;;) {
            auto [error, socket] = co_await acceptor_.async_accept(use_tuple);
            if (error) co_return;
            socket.set_option(tcp::no_delay{true});  // what is written is in the client's socket
            peers_.push_back({TlsStream{std::move(socket), context_}});
            asio::co_spawn(loop_, serve(peers_.back(), connections_++), [](std::exception_ptr) {});
        }
    }

    awaitable<> serve(TlsPeer& peer, int number)
    {
        const auto [error] = co_await peer.stream.async_handshake(ssl::stream_base::server,
                                                                  use_tuple);
        for (bool first = number == 0; !error; first = false) {
            const auto target = co_await peer.read_request();
            if (target.empty()) co_return;
            co_await peer.write(target == "/strict" ? failed : fine);
            if (!first) continue;
            co_await after_answer_(peer);
            done_ = true;
            if (SSL_get_shutdown(peer.stream.native_handle()) != 0) co_return;
        }
    }

    boost::asio::io_context& loop_;
    tcp::acceptor acceptor_;
    Deed after_answer_;
    ssl::context context_{ssl::context::tls_server};
    std::list<TlsPeer> peers_;
    int connections_ = 0;
    bool done_ = false;
};

struct Fixture : ClientFixture {
    Fixture() { options.tls = std::make_shared<certs::ClientTls>(trust()); }

    certs::ClientTls::Options trust() { return {ca.ca_file(), {}, {}}; }

    /// To /sloppy, then, after the deed, twice to /strict. How many connections were made.
    int exchange(int version, const Receiver::Deed& deed)
    {
        auto& receiver = receivers.emplace_back(loop, files, version, deed);
        run([&](Client& client) -> awaitable<> {
            const auto first = co_await client.send(post_to(receiver.url("/sloppy")),
                                                    Deadline::after(5s));
            BOOST_REQUIRE_MESSAGE(first.has_value(), (first ? "" : first.error().message));
            BOOST_TEST(first->status == 200U);
            co_await receiver.wait_for_deed();
            for (int i = 0; i < 2; ++i) {
                const auto next = co_await client.send(post_to(receiver.url("/strict")),
                                                       Deadline::after(5s));
                BOOST_REQUIRE_MESSAGE(next.has_value(), (next ? "" : next.error().message));
                BOOST_TEST(next->status == 500U);
            }
        });
        return receiver.connections();
    }

    TemporaryFolder folder;
    certs::DevCa ca{folder.path()};
    certs::CertificateFiles files = ca.issue("receiver", {});
    std::list<Receiver> receivers;  ///< they outlive the loop's last turn
};

/// Writes this after the answer that was asked for.
Receiver::Deed say(std::string bytes)
{
    return [bytes = std::move(bytes)](TlsPeer& peer) -> awaitable<> { co_await peer.write(bytes); };
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(http_idle_bytes, Fixture)

// Goal: bytes that nobody asked for end their connection; the next request gets its own answer.
BOOST_AUTO_TEST_CASE(unasked_bytes_answer_nothing)
{
    const std::vector<std::string> unasked{
        std::string{fine},
        "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 2",
        "\n",
        "HTTP/1.1 200 OK\r\n\r\n" + std::string(100'000, 'x'),
    };
    for (const int version : versions)
        for (const auto& bytes : unasked) BOOST_TEST_CONTEXT(version << " " << bytes.substr(0, 30))
    BOOST_TEST(exchange(version, say(bytes)) == 2);
}

// Goal: the same when the receiver ends TLS, its socket, or sends half a record.
BOOST_AUTO_TEST_CASE(ends_and_halves)
{
    const std::vector<Receiver::Deed> deeds{
        [](TlsPeer& peer) -> awaitable<> {  // close_notify, and the socket stays open
            peer.stream.async_shutdown([](boost::system::error_code) {});
            co_return;
        },
        [](TlsPeer& peer) -> awaitable<> {
            peer.stream.next_layer().shutdown(tcp::socket::shutdown_send);
            co_return;
        },
        [](TlsPeer& peer) -> awaitable<> {
            const std::string half{"\x17\x03\x03\x00\x40half a record", 18};
            co_await boost::asio::async_write(peer.stream.next_layer(), boost::asio::buffer(half),
                                              use_tuple);
        },
        [](TlsPeer& peer) -> awaitable<> {
            const std::string header{"\x17\x03\x03\x00\x40", 5};
            co_await boost::asio::async_write(peer.stream.next_layer(), boost::asio::buffer(header),
                                              use_tuple);
        }};
    for (const int version : versions)
        for (std::size_t i = 0; i < deeds.size(); ++i) BOOST_TEST_CONTEXT(version << " deed " << i)
    BOOST_TEST(exchange(version, deeds[i]) == 2);
}

// Goal: what TLS sends of its own, however late, keeps the connection.
BOOST_AUTO_TEST_CASE(tickets_and_key_updates_are_no_answers)
{
    const auto ticket = [](TlsPeer& peer) -> awaitable<> {
        SSL_new_session_ticket(peer.stream.native_handle());
        co_await peer.flush();
    };
    const auto update_keys = [](int type) {
        return [type](TlsPeer& peer) -> awaitable<> {
            SSL_key_update(peer.stream.native_handle(), type);
            co_await peer.flush();
        };
    };
    const std::vector<Receiver::Deed> deeds{ticket, update_keys(SSL_KEY_UPDATE_NOT_REQUESTED),
                                            update_keys(SSL_KEY_UPDATE_REQUESTED)};
    for (std::size_t i = 0; i < deeds.size(); ++i)
        BOOST_TEST_CONTEXT("deed " << i) BOOST_TEST(exchange(TLS1_3_VERSION, deeds[i]) == 1);
    BOOST_TEST(exchange(TLS1_2_VERSION, say("")) == 1);
    // Both together: the answer after a ticket is no answer.
    const auto behind_ticket = [ticket](TlsPeer& peer) -> awaitable<> {
        co_await ticket(peer);
        co_await peer.write(fine);
    };
    BOOST_TEST(exchange(TLS1_3_VERSION, behind_ticket) == 2);
}

// Goal: a 408 that crosses the request on a connection that was idle is not its answer.
BOOST_AUTO_TEST_CASE(crossing_408_is_tried_on_a_new_connection)
{
    const std::string timeout
        = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    RawServer idle{loop, [&](RawSocket& socket, int number) -> awaitable<> {
                       co_await socket.read_until("{}");
                       co_await socket.write(ok(""));
                       co_await socket.read_until("{}");
                       const auto last = number == 0 ? timeout : ok("never");
                       co_await socket.write(last);
                   }};
    RawServer always{loop, [&](RawSocket& socket, int) -> awaitable<> {
                         co_await socket.read_until("{}");
                         co_await socket.write(timeout);
                     }};
    run([&](Client& client) -> awaitable<> {
        for (int i = 0; i < 2; ++i) {
            const auto reply = co_await client.send(post_to(idle.url()), Deadline::after(5s));
            BOOST_REQUIRE_MESSAGE(reply.has_value(), (reply ? "" : reply.error().message));
            BOOST_TEST(reply->status == 200U);
        }
        BOOST_TEST(idle.connections() == 2);
        const auto reply = co_await client.send(post_to(always.url()), Deadline::after(5s));
        BOOST_REQUIRE(reply.has_value());
        BOOST_TEST(reply->status == 408U);
        BOOST_TEST(always.connections() == 1);
    });
}

BOOST_AUTO_TEST_SUITE_END()
