// The hub's server with its framing gate and limits, a trivial route and nothing else, to compare
// with the bare Beast server (floor-beast): gate_cost.py runs both. Usage: floor-gate [PORT]
#include "hub/http/server/server.hpp"

#include <boost/asio/io_context.hpp>

#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv)
{
    using namespace katydid;
    using boost::asio::ip::tcp;
    const auto port = static_cast<unsigned short>(argc > 1 ? std::atoi(argv[1]) : 0);
    http::Router router;
    http::Route route;
    route.method = "POST";
    route.pattern = "/api/webhooks/{source}";
    route.handle = [](http::Request&) -> awaitable<http::Response> {
        co_return http::Response::json(202, R"({"success":true})");
    };
    router.add(std::move(route));

    boost::asio::io_context loop{1};
    http::ServerOptions options;
    options.load.connections_per_address = 100'000;
    options.load.requests_per_address = {10'000'000, 10'000'000};
    options.load.is_overloaded = [] { return false; };
    options.load.turn_of = [](const http::Request&) { return std::chrono::nanoseconds{0}; };
    http::Server server{
        loop.get_executor(), {boost::asio::ip::address_v4::loopback(), port}, router, options};
    server.start();
    std::printf("{\"listen\":\"127.0.0.1:%u\"}\n", server.local_endpoint().port());
    std::fflush(stdout);
    loop.run();
    return 0;
}
