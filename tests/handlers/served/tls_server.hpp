// An HTTPS server of a test with its own thread, that asks for client certificates.
#pragma once

#include "certs/tls.hpp"
#include "hub/http/server/server.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace katydid::test {

/// Takes every POST, remembers it, and answers what the test says.
///
/// Thread safety: requests() from any thread; `answer` is called on the server's.
class TlsServer {
public:
    using Answer = std::function<http::Response(const http::Request&)>;

    TlsServer(certs::ServerTls::Options tls, Answer answer) : answer_{std::move(answer)}
    {
        http::Route route;
        route.method = "POST";
        route.pattern = "/{rest*}";
        route.handle = [this](http::Request& request) -> awaitable<http::Response> {
            {
                const std::lock_guard lock{mutex_};
                requests_.push_back(request);
            }
            co_return answer_(request);
        };
        router_.add(std::move(route));
        http::ServerOptions options;
        options.tls = std::make_shared<certs::ServerTls>(std::move(tls));
        const boost::asio::ip::tcp::endpoint any{boost::asio::ip::address_v4::loopback(), 0};
        server_ = std::make_unique<http::Server>(loop_.get_executor(), any, router_, options);
        server_->start();
        port_ = server_->local_endpoint().port();
        thread_ = std::thread{[this] { loop_.run(); }};
    }

    ~TlsServer()
    {
        asio::co_spawn(loop_, server_->drain(Deadline::after(std::chrono::seconds{1})),
                       [this](std::exception_ptr) { work_.reset(); });
        thread_.join();
    }
    TlsServer(const TlsServer&) = delete;
    TlsServer& operator=(const TlsServer&) = delete;

    [[nodiscard]] std::string url(const std::string& path) const
    {
        return "https://127.0.0.1:" + std::to_string(port_) + path;
    }
    [[nodiscard]] std::vector<http::Request> requests() const
    {
        const std::lock_guard lock{mutex_};
        return requests_;
    }

private:
    mutable std::mutex mutex_;
    std::vector<http::Request> requests_;
    Answer answer_;
    boost::asio::io_context loop_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{
        loop_.get_executor()};
    http::Router router_;
    std::unique_ptr<http::Server> server_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

}  // namespace katydid::test
