#include "hub/bridge/forwarder.hpp"

#include "hub/http/server/server.hpp"
#include "tests/support/run_coroutine.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::bridge;
using namespace std::chrono_literals;

namespace {

/// ATLVS at a URL without a path, and the hub's forwarder to it.
struct Line {
    Line()
    {
        http::Route route;
        route.method = "POST";
        route.pattern = "/{rest*}";
        route.handle = [this](http::Request& request) -> awaitable<http::Response> {
            got.push_back(request);
            co_return http::Response::json(201, R"({"id":"sal_1"})");
        };
        router.add(std::move(route));
        server = std::make_unique<http::Server>(
            loop.get_executor(), asio::ip::tcp::endpoint{asio::ip::address_v4::loopback(), 0},
            router, http::ServerOptions{});
        server->start();
        Upstream::Parts parts{client, system_clock(), Platform::atlvs, url(),
                              Secret{"the-hubs-key"}};
        upstream.emplace(std::move(parts));
        forwarder.emplace(Forwarder::Parts{
            *upstream, pending, privacy.atlvs(), system_clock(), 5s,
            [](Event) -> awaitable<result<void>> { co_return result<void>{}; }, [] {}});
    }

    [[nodiscard]] std::string url() const
    {
        return "http://127.0.0.1:" + std::to_string(server->local_endpoint().port());
    }

    void run(std::function<awaitable<>()> body)
    {
        test::run_coroutine(loop, [this, &body]() -> awaitable<> {
            co_await body();
            client.close();
            co_await server->drain(Deadline::after(1s));
        });
    }

    asio::io_context loop{1};
    http::Router router;
    std::vector<http::Request> got;
    std::unique_ptr<http::Server> server;
    http::Client client{loop.get_executor(), {{http::parse_network("127.0.0.0/8").value()}}, {}};
    privacy::PrivacyTables privacy;
    PendingWrites pending;
    std::optional<Upstream> upstream;
    std::optional<Forwarder> forwarder;
};

Event make_sale(Origin origin, std::string path)
{
    Event event;
    event.origin = origin;
    event.source = "bridge";
    event.type = "bridge.sale";
    event.external_id = "bridge.sale:1";
    event.headers = {{"katydid-bridge-path", std::move(path)}, {"idempotency-key", "1"}};
    event.payload = std::make_shared<const std::string>(R"({"eventId":"e"})");
    return event;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bridge_forwarder)

// Goal: the hub's key goes out for what the bridge stored and for nothing else; the path is the
// table's, whatever the event's headers say.
BOOST_AUTO_TEST_CASE(only_the_bridges_own_events)
{
    Line line;
    line.run([&]() -> awaitable<> {
        for (const auto origin : {Origin::published, Origin::received, Origin::hub}) {
            const auto forged = make_sale(origin, "/admin/users");
            const auto outcome = co_await line.forwarder->forward(forged);
            BOOST_TEST(outcome.final);
            BOOST_TEST(!outcome.is_success());
        }
        BOOST_TEST(line.got.empty());
        for (const std::string path : {"/admin/users", ":1/x", "@127.0.0.1:1/", ".evil.example/"}) {
            const auto own = make_sale(Origin::bridge, path);
            const auto outcome = co_await line.forwarder->forward(own);
            BOOST_TEST(outcome.is_success(), outcome.error);
        }
        auto booking = make_sale(Origin::bridge, "/x");
        booking.type = "bridge.booking";
        const auto lost = co_await line.forwarder->forward(booking);
        BOOST_TEST(lost.final);
        booking.headers.push_back({"katydid-bridge-id", "../../admin"});
        const auto outcome = co_await line.forwarder->forward(booking);
        BOOST_TEST(outcome.is_success(), outcome.error);
    });
    BOOST_TEST_REQUIRE(line.got.size() == 5U);
    for (std::size_t i = 0; i < 4; ++i) BOOST_TEST(line.got[i].target == "/business/sales");
    BOOST_TEST(line.got[4].target == "/production/resources/..%2F..%2Fadmin/bookings");
    BOOST_TEST(line.got[0].header("authorization") == "Bearer the-hubs-key");
}

// Goal: whatever a target is, the key goes to the configured scheme, host and port.
BOOST_AUTO_TEST_CASE(the_key_stays_at_its_origin)
{
    Line line;
    line.run([&]() -> awaitable<> {
        for (const std::string target :
             {"", ":1/x", "1/x", "@127.0.0.1:1/", ".evil.example/", "?x=/", "#/"}) {
            Upstream::Call call;
            call.endpoint = "/x";
            call.target = target;
            const auto reply = co_await line.upstream->send(std::move(call), Deadline::after(5s));
            BOOST_TEST((reply.has_error() && reply.error() == errc::refused), target);
        }
    });
    BOOST_TEST(line.got.empty());
}

BOOST_AUTO_TEST_SUITE_END()
