// A listener and its connections on one event loop.
#pragma once

#include "hub/core/async/asio.hpp"
#include "hub/core/clock.hpp"
#include "hub/http/server/admission.hpp"
#include "hub/http/server/router.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <memory>

namespace katydid::certs {
class ServerTls;
}

namespace katydid::http {

/// What the server tells about itself, for logs and metrics. Called on its loop.
class ServerObserver {
public:
    virtual ~ServerObserver() = default;
    virtual void on_open(const Peer&) {}
    virtual void on_close(const Peer&) {}
    /// Before a route answers; may set the request's trace context.
    virtual void on_request(Request&) {}
    /// After every answered request. `route` is null when none matched.
    virtual void on_response(const Request&, const Route* /*route*/, unsigned /*status*/,
                             std::chrono::nanoseconds /*duration*/)
    {}
    /// A request that never reached a route: framing, size or time.
    virtual void on_refused(const Peer&, unsigned /*status*/, std::string_view /*why*/) {}
    /// A route threw, or its response could not be written: a 500 went out.
    virtual void on_exception(const Request&, const Route* /*route*/, std::string_view /*what*/) {}
};

struct ServerOptions {
    std::size_t connections_max = 16'384;
    milliseconds head_timeout{10'000};
    milliseconds body_grace{10'000};        ///< after this, slower than body_rate_min is a 408
    std::size_t body_rate_min = 8 * 1'024;  ///< bytes per second: a megabyte in two minutes
    milliseconds idle_timeout{60'000};
    milliseconds rest_after{250};  ///< idle for so long, a connection gives its buffers back
    bool reuse_port = false;       ///< several loops listen on one address
    int listen_descriptor = -1;  ///< a listening socket to take over; the address is not bound then
    LoadLimits load;
    std::shared_ptr<certs::ServerTls> tls;  ///< null: plain HTTP
};

/// Accepts, reads, gates, routes and answers HTTP/1.1.
///
/// Thread safety: none; all calls on the executor's thread, which runs one loop.
class Server {
public:
    /// The router and the observer outlive the server's connections: drain() it before they go.
    /// Throws Failure when it cannot bind.
    Server(boost::asio::any_io_executor executor, boost::asio::ip::tcp::endpoint listen,
           const Router& router, ServerOptions options, ServerObserver* observer = nullptr);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// The address that was bound; its port is real when 0 was asked for.
    [[nodiscard]] boost::asio::ip::tcp::endpoint local_endpoint() const;
    [[nodiscard]] std::size_t open_connections() const noexcept;
    /// Requests that a route answers right now.
    [[nodiscard]] std::size_t requests_under_way() const noexcept;
    /// Those of the open ones that hold no buffers.
    [[nodiscard]] std::size_t resting_connections() const noexcept;

    /// Starts to accept. Returns at once.
    void start();

    /// Stops accepting, closes idle connections, answers what comes on the others with
    /// `Connection: close`; at the deadline the rest are cut. Ends when no connection is left.
    /// Connections that the kernel has accepted but this server has not stay with another process
    /// that holds the socket (systemd), and are lost otherwise.
    awaitable<> drain(Deadline deadline);

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace katydid::http
