// A client with a scripted resolver, and receivers that do what a test tells them.
#pragma once

#include "hub/http/client/client.hpp"
#include "hub/http/egress/resolver.hpp"
#include "tests/http/client/raw_server.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

namespace katydid::test {

using Addresses = std::vector<boost::asio::ip::address>;

/// Answers as told; without an answer it never does.
struct ScriptedResolver final : http::Resolver {
    awaitable<result<http::Resolved>> resolve(std::string host) override
    {
        asked.push_back(std::move(host));
        if (answer) co_return *answer;
        const auto executor = co_await asio::this_coro::executor;
        boost::asio::steady_timer never{executor, 1h};
        co_await never.async_wait(use_tuple);
        co_return Error{errc::resolve_failed, "never"};
    }

    std::vector<std::string> asked;
    std::optional<result<http::Resolved>> answer;
};

inline http::EgressPolicy open_loopback() { return {{http::parse_network("127.0.0.0/8").value()}}; }

inline http::ClientRequest post_to(std::string url, std::string body = "{}")
{
    http::ClientRequest request;
    request.url = std::move(url);
    request.headers = {{"Content-Type", "application/json"}};
    request.body = std::make_shared<const std::string>(std::move(body));
    return request;
}

inline std::string ok(const std::string& body)
{
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

struct ClientFixture {
    void run(std::function<awaitable<>(http::Client&)> body)
    {
        options.resolver = resolver;
        loop.restart();
        run_coroutine(loop, [&]() -> awaitable<> {
            http::Client client{loop.get_executor(), open_loopback(), options};
            co_await body(client);
        });
    }

    /// One request to a receiver that answers with these bytes and closes its side.
    awaitable<result<http::ClientReply>> answer_with(http::Client& client, std::string bytes,
                                                     bool close = true)
    {
        auto script = [bytes, close](RawSocket& socket, int) -> awaitable<> {
            co_await socket.read_until("{}");
            co_await socket.write(bytes);
            if (close) socket.shut();
        };
        servers.emplace_back(loop, script);
        auto reply = co_await client.send(post_to(servers.back().url()), Deadline::after(wait));
        co_return reply;
    }

    boost::asio::io_context loop{1};
    std::shared_ptr<ScriptedResolver> resolver = std::make_shared<ScriptedResolver>();
    http::ClientOptions options;
    std::list<RawServer> servers;
    std::chrono::milliseconds wait{5'000};
};

}  // namespace katydid::test
