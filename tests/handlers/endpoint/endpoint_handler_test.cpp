#include "handlers/endpoint/endpoint_handler.hpp"

#include "hub/core/subscription/subscription.hpp"
#include "tests/handlers/events.hpp"
#include "tests/support/run_coroutine.hpp"

#include "signing/verify.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::handlers;
using namespace katydid::handlers::endpoint;
using namespace katydid::test;
using namespace std::chrono_literals;
using boost::asio::ip::tcp;

namespace {

constexpr std::string_view secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

signing::KeyRingPtr make_ring(std::string_view text)
{
    signing::KeyRing ring;
    ring.keys.push_back({KeyId{}, Secret{std::string{text}}, std::nullopt, std::nullopt});
    return std::make_shared<const signing::KeyRing>(std::move(ring));
}

/// Accepts one connection, reads one request, sends scripted bytes and closes.
class Receiver {
public:
    explicit Receiver(const asio::any_io_executor& executor)
        : acceptor_{executor, tcp::endpoint{asio::ip::address_v4::loopback(), 0}}
    {}

    std::string url(const std::string& path = "/hook")
    {
        return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + path;
    }

    /// \param again  sends the answer over and over until the sender has enough
    void serve(std::string answer, bool again = false)
    {
        asio::co_spawn(acceptor_.get_executor(), run(std::move(answer), again),
                       [this](const std::exception_ptr&) { ended = true; });
    }

    /// Reads the request and then resets the connection.
    void serve_reset()
    {
        asio::co_spawn(acceptor_.get_executor(), reset(),
                       [this](const std::exception_ptr&) { ended = true; });
    }

    [[nodiscard]] std::string header(std::string_view name) const
    {
        const auto at = head.find("\r\n" + std::string{name} + ": ");
        if (at == std::string::npos) return {};
        const auto begin = at + name.size() + 4;
        return head.substr(begin, head.find("\r\n", begin) - begin);
    }

    std::string head;
    std::string body;
    bool ended = false;
    std::uint64_t sent = 0;

private:
    awaitable<> read(tcp::socket& socket)
    {
        std::string buffer;
        auto [error, size] = co_await asio::async_read_until(socket, asio::dynamic_buffer(buffer),
                                                             "\r\n\r\n", use_tuple);
        if (error) co_return;
        head = buffer.substr(0, size);
        const auto at = head.find("Content-Length: ");
        const auto length = at == std::string::npos ? 0U : std::stoul(head.substr(at + 16));
        body = buffer.substr(size);
        while (body.size() < length) {
            std::array<char, 4'096> chunk{};
            auto [failed, count] = co_await socket.async_read_some(asio::buffer(chunk), use_tuple);
            if (failed) co_return;
            body.append(chunk.data(), count);
        }
    }

    awaitable<> run(std::string answer, bool again)
    {
        auto socket = co_await acceptor_.async_accept(asio::use_awaitable);
        co_await read(socket);
        do {
            const auto bytes = asio::buffer(answer);
            auto [error, size] = co_await asio::async_write(socket, bytes, use_tuple);
            sent += size;
            if (error) co_return;
        } while (again);
        std::array<char, 1> rest{};
        [[maybe_unused]] const auto closed = co_await socket.async_read_some(asio::buffer(rest),
                                                                             use_tuple);
    }

    awaitable<> reset()
    {
        auto socket = co_await acceptor_.async_accept(asio::use_awaitable);
        co_await read(socket);
        socket.set_option(asio::socket_base::linger{true, 0});
        socket.close();
    }

    tcp::acceptor acceptor_;
};

struct Bench {
    Bench()
        : client{loop.get_executor(), {{*http::parse_network("127.0.0.0/8")}}, options()},
          handler{
              {client, system_clock(), {system_clock(), [this](SubscriptionId) { return ring; }}}},
          receiver{loop.get_executor()}
    {}

    static http::ClientOptions options()
    {
        http::ClientOptions options;
        options.body_time_max = 300ms;
        return options;
    }

    Outcome send(Dialect dialect, Event event, std::chrono::milliseconds timeout = 5s)
    {
        auto subscription = std::make_shared<Subscription>();
        subscription->dialect = dialect;
        subscription->handler.url = receiver.url();
        subscription->handler.headers = {{"X-Own", "yes"}};
        Call call{std::make_shared<const Event>(std::move(event)), subscription,
                  *DeliveryId::parse(delivery_id_text), 2, Deadline::after(timeout)};
        Outcome outcome;
        run_coroutine(loop, [&]() -> awaitable<> {
            outcome = co_await handler.handle(std::move(call));
            client.close();
        });
        return outcome;
    }

    asio::io_context loop{1};
    signing::KeyRingPtr ring = make_ring(secret);
    http::Client client;
    EndpointHandler handler;
    Receiver receiver;
};

Event plain_event() { return make_event("", "ticket.sold", R"({"id":"t1"})"); }

}  // namespace

BOOST_AUTO_TEST_SUITE(handlers_endpoint)

// Goal: a receiver can verify what arrives, and finds everything api.md promises.
BOOST_AUTO_TEST_CASE(signed_delivery)
{
    Bench bench;
    bench.receiver.serve("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"ok\":true}");
    const auto outcome = bench.send(Dialect::standard, plain_event());
    BOOST_TEST(outcome.is_success());
    BOOST_TEST(outcome.status == 200U);
    BOOST_TEST(outcome.response == "{\"ok\":true}");
    const auto& receiver = bench.receiver;
    BOOST_TEST(receiver.body == R"({"id":"t1"})");
    BOOST_TEST(receiver.header("webhook-id") == event_id_text);
    BOOST_TEST(receiver.header("katydid-attempt") == "2");
    BOOST_TEST(receiver.header("Content-Type") == "application/json");
    BOOST_TEST(receiver.header("X-Own") == "yes");
    BOOST_TEST(receiver.header("User-Agent").starts_with("Katydid/"));
    const Headers headers{{"webhook-id", receiver.header("webhook-id")},
                          {"webhook-timestamp", receiver.header("webhook-timestamp")},
                          {"webhook-signature", receiver.header("webhook-signature")}};
    const signing::RequestView request{"POST", "/hook", {}, headers, receiver.body};
    const auto verdict = signing::verify(*signing::find_scheme("standard-webhooks"), request,
                                         *bench.ring, system_clock().now());
    BOOST_TEST(std::holds_alternative<signing::Verified>(verdict));
}

// Goal: in `raw` the sender's headers go on, and none of them instead of one that the
// subscription sets.
BOOST_AUTO_TEST_CASE(configured_headers_win_over_the_senders)
{
    Bench bench;
    bench.receiver.serve("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    auto event = make_event("shop", "order.paid", "{}");
    event.headers = {{"x-own", "no"},          {"X-Shop", "berlin"},
                     {"X-OWN", "never"},       {"x_own", "nor this"},
                     {"X_Kept", "kept"},       {"Katydid_Event_Type", "x"},
                     {"Content_Length", "99"}, {"Authorization_", "kept"}};
    BOOST_TEST(bench.send(Dialect::raw, std::move(event)).is_success());
    BOOST_TEST(bench.receiver.header("X-Own") == "yes");
    BOOST_TEST(bench.receiver.header("X-Shop") == "berlin");
    BOOST_TEST(bench.receiver.header("x-own") == "");
    BOOST_TEST(bench.receiver.header("X-OWN") == "");
    for (const auto* name : {"x_own", "Katydid_Event_Type", "Content_Length"})
        BOOST_TEST(bench.receiver.header(name) == "", name);
    for (const auto* name : {"X_Kept", "Authorization_"})
        BOOST_TEST(bench.receiver.header(name) == "kept", name);
}

// Goal: ATLVS's partner receiver gets the hex signature of the very body it reads.
BOOST_AUTO_TEST_CASE(signed_for_atlvs)
{
    Bench bench;
    bench.ring = make_ring("partner-secret");
    bench.receiver.serve("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    BOOST_TEST(bench.send(Dialect::atlvs, plain_event()).is_success());
    const auto& receiver = bench.receiver;
    BOOST_TEST(receiver.header("X-Webhook-Event") == "ticket.sold");
    BOOST_TEST(receiver.header("X-Webhook-Id") == event_id_text);
    const Headers headers{{"X-Webhook-Signature", receiver.header("X-Webhook-Signature")}};
    const signing::RequestView request{"POST", "/hook", {}, headers, receiver.body};
    const auto verdict = signing::verify(*signing::find_scheme("atlvs"), request, *bench.ring,
                                         system_clock().now());
    BOOST_TEST(std::holds_alternative<signing::Verified>(verdict));
}

// Goal: the status decides; Retry-After is read.
BOOST_AUTO_TEST_CASE(answers)
{
    struct Row {
        std::string answer;
        AttemptClass outcome;
        unsigned status;
        std::optional<milliseconds> wait;
    };
    const std::vector<Row> rows{
        {"HTTP/1.1 204 No Content\r\n\r\n", AttemptClass::success, 204, {}},
        {"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
         AttemptClass::rejected,
         302,
         {}},
        {"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n", AttemptClass::rejected, 410, {}},
        {"HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n",
         AttemptClass::throttled, 429, milliseconds{7s}},
        {"HTTP/1.1 503 Busy\r\nRetry-After: 9\r\nContent-Length: 0\r\n\r\n",
         AttemptClass::throttled, 503, milliseconds{9s}},
        {"HTTP/1.1 500 Broken\r\nContent-Length: 2\r\n\r\nno", AttemptClass::rejected, 500, {}}};
    for (const auto& row : rows) {
        Bench bench;
        bench.receiver.serve(row.answer);
        const auto outcome = bench.send(Dialect::standard, plain_event());
        BOOST_TEST((outcome.outcome == row.outcome), row.answer);
        BOOST_TEST(outcome.status == row.status);
        BOOST_TEST((outcome.retry_after == row.wait), row.answer);
        BOOST_TEST(outcome.error.empty() == outcome.is_success());
    }
}

// Goal: a receiver that never answers becomes a timeout, not a hang.
BOOST_AUTO_TEST_CASE(silent_receiver)
{
    Bench bench;
    bench.receiver.serve("");
    const auto outcome = bench.send(Dialect::standard, plain_event(), 100ms);
    BOOST_TEST((outcome.outcome == AttemptClass::timed_out), outcome.error);
}

BOOST_AUTO_TEST_CASE(resetting_receiver)
{
    Bench bench;
    bench.receiver.serve_reset();
    const auto outcome = bench.send(Dialect::standard, plain_event());
    BOOST_TEST(!outcome.is_success());
    BOOST_TEST(outcome.status == 0U);
    BOOST_TEST((outcome.outcome == AttemptClass::connect_failed), outcome.error);
}

// Goal: an answer of a gigabyte is read in small part and kept in less.
BOOST_AUTO_TEST_CASE(endless_answer)
{
    Bench bench;
    bench.receiver.serve("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n"
                             + std::string(1024 * 1024, 'x'),
                         true);
    const auto outcome = bench.send(Dialect::standard, plain_event());
    BOOST_TEST(outcome.status == 200U);
    BOOST_TEST(outcome.response.size() <= response_bytes_max + 4);
    BOOST_TEST(bench.receiver.sent < 64U * 1024 * 1024);
}

// Goal: an event that a dialect cannot say dies at once with the reason; nothing is sent.
BOOST_AUTO_TEST_CASE(no_counterpart)
{
    Bench bench;
    const auto outcome = bench.send(Dialect::grasshopper, make_event("", "budget.alert", "{}"));
    BOOST_TEST(outcome.final);
    BOOST_TEST(outcome.error == "no counterpart in dialect grasshopper");
    BOOST_TEST(bench.receiver.head.empty());
}

// Goal: a missing key is fixed by a person, so the delivery waits for its retry.
BOOST_AUTO_TEST_CASE(no_key)
{
    Bench bench;
    bench.ring = nullptr;
    const auto outcome = bench.send(Dialect::standard, plain_event());
    BOOST_TEST(!outcome.is_success());
    BOOST_TEST(!outcome.final);
    BOOST_TEST(outcome.error == "the subscription has no key to sign with");
}

// Goal: the egress guard's word is the attempt's, and nothing leaves.
BOOST_AUTO_TEST_CASE(refused_by_the_guard)
{
    const auto outcome = outcome_of(Error{errc::refused, "the address is not allowed"});
    BOOST_TEST((outcome.outcome == AttemptClass::refused));
    BOOST_TEST(outcome.error == "the address is not allowed");
    const auto class_of = [](errc code) { return outcome_of(Error{code, "x"}).outcome; };
    BOOST_TEST((class_of(errc::tls_failed) == AttemptClass::tls_failed));
    BOOST_TEST((class_of(errc::protocol_error) == AttemptClass::protocol_error));
    BOOST_TEST((class_of(errc::connection_closed) == AttemptClass::connect_failed));
}

BOOST_AUTO_TEST_SUITE_END()
