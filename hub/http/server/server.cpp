#include "hub/http/server/server.hpp"

#include "certs/tls.hpp"
#include "hub/core/async/event.hpp"
#include "hub/http/server/connection.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>

#include <sys/socket.h>

#include <list>

namespace katydid::http {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr milliseconds accept_pause{100};  ///< when the process is out of descriptors
constexpr std::string_view full_answer
    = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n"
      "Connection: close\r\n\r\n";

ServerObserver& silent_observer()
{
    static ServerObserver observer;
    return observer;
}

std::string to_text(const tcp::endpoint& endpoint)
{
    const auto address = endpoint.address().to_string();
    const auto host = endpoint.address().is_v6() ? "[" + address + "]" : address;
    return host + ":" + std::to_string(endpoint.port());
}

/// A socket that listens already. Throws Failure.
tcp::acceptor take_over(const boost::asio::any_io_executor& executor, int descriptor)
{
    tcp::acceptor acceptor{executor};
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    const bool is_socket = ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size)
                           == 0;
    const bool is_tcp = address.ss_family == AF_INET || address.ss_family == AF_INET6;
    error_code error;
    if (is_socket && is_tcp)
        acceptor.assign(address.ss_family == AF_INET ? tcp::v4() : tcp::v6(), descriptor, error);
    if (!is_socket || !is_tcp || error)
        throw Failure{{errc::conflict, "descriptor " + std::to_string(descriptor)
                                           + " is not a listening TCP socket"}};
    return acceptor;
}

/// Throws Failure with the address and the system's reason.
tcp::acceptor listen_on(const boost::asio::any_io_executor& executor, const tcp::endpoint& endpoint,
                        const ServerOptions& options)
{
    if (options.listen_descriptor >= 0) return take_over(executor, options.listen_descriptor);
    tcp::acceptor acceptor{executor};
    error_code error;
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address{true}, error);
    if (!error && options.reuse_port) {
        const int on = 1;
        if (::setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0)
            error = {errno, boost::system::system_category()};
    }
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
    if (error)
        throw Failure{
            {errc::conflict, "cannot listen on " + to_text(endpoint) + ": " + error.message()}};
    return acceptor;
}

}  // namespace

struct Server::Impl : std::enable_shared_from_this<Impl> {
    using Connections = std::list<std::unique_ptr<Connection>>;

    Impl(const boost::asio::any_io_executor& on, const tcp::endpoint& listen, const Router& router,
         ServerOptions options, ServerObserver* observer)
        : executor{on},
          acceptor{listen_on(on, listen, options)},
          shared{router, options, observer != nullptr ? *observer : silent_observer(), Watchdog{on},
                 Admission{std::move(options.load)}},
          pause{on}
    {}

    awaitable<> accept();
    void serve(tcp::socket socket);
    void reject_connection(tcp::socket socket, const Peer& peer, std::string_view why);
    void forget(Connections::iterator connection);
    void stop_accepting();
    void cut_all();
    awaitable<> drain(Deadline deadline);

    boost::asio::any_io_executor executor;
    tcp::acceptor acceptor;
    ServerShared shared;
    Connections connections;
    boost::asio::steady_timer pause;  ///< of the accept loop
    AsyncEvent empty;                 ///< set when the last connection has ended
};

awaitable<> Server::Impl::accept()
{
    while (acceptor.is_open()) {
        auto [error, socket] = co_await acceptor.async_accept(use_tuple);
        if (error && !acceptor.is_open()) co_return;
        if (error) {
            pause.expires_after(accept_pause);
            co_await pause.async_wait(use_tuple);
            continue;
        }
        serve(std::move(socket));
    }
}

void Server::Impl::serve(tcp::socket socket)
{
    error_code error;
    const auto remote = socket.remote_endpoint(error);
    if (error) return;  // gone already
    Peer peer{remote.address(), remote.port(), shared.options.tls != nullptr, {}, {}};
    if (connections.size() >= shared.options.connections_max) {
        reject_connection(std::move(socket), peer, "too many connections");
        return;
    }
    auto admitted = shared.admission.enter(peer.address);
    if (!admitted) {
        reject_connection(std::move(socket), peer, "too many connections of one address");
        return;
    }
    shared.observer.on_open(peer);
    connections.push_front(std::make_unique<Connection>(shared, std::move(socket), std::move(peer),
                                                        std::move(*admitted)));
    empty.reset();
    const auto connection = connections.begin();
    const auto on_end = [self = shared_from_this(), connection](const std::exception_ptr&) {
        self->forget(connection);  // an exception here is the cancellation of cut_all()
    };
    asio::co_spawn(executor, (*connection)->run(),
                   boost::asio::bind_cancellation_slot((*connection)->slot(), on_end));
}

/// Over the cap: a short answer if the kernel takes it at once, and the end.
void Server::Impl::reject_connection(tcp::socket socket, const Peer& peer, std::string_view why)
{
    shared.observer.on_refused(peer, 503, why);
    error_code ignored;
    if (shared.options.tls) return;
    socket.non_blocking(true, ignored);
    socket.write_some(boost::asio::buffer(full_answer), ignored);
    socket.shutdown(tcp::socket::shutdown_send, ignored);
}

void Server::Impl::forget(Connections::iterator connection)
{
    shared.observer.on_close((*connection)->peer());
    connections.erase(connection);
    if (connections.empty()) empty.set();
}

void Server::Impl::stop_accepting()
{
    error_code ignored;
    acceptor.close(ignored);
    pause.cancel();
}

void Server::Impl::cut_all()
{
    for (auto next = connections.begin(); next != connections.end();) {
        const auto connection = next++;  // may be gone after its cut
        (*connection)->cut();
    }
}

awaitable<> Server::Impl::drain(Deadline deadline)
{
    const auto self = shared_from_this();
    shared.draining = true;
    stop_accepting();
    co_await asio::post(executor, asio::use_awaitable);  // a connection accepted just now is served
    for (const auto& connection : connections) connection->drain();
    if (connections.empty()) empty.set();
    co_await empty.wait(deadline.at);
    cut_all();
    co_await empty.wait();
    shared.watchdog.trim();
}

Server::Server(boost::asio::any_io_executor executor, tcp::endpoint listen, const Router& router,
               ServerOptions options, ServerObserver* observer)
    : impl_{std::make_shared<Impl>(executor, listen, router, std::move(options), observer)}
{}

Server::~Server()
{
    impl_->stop_accepting();
    impl_->cut_all();
    impl_->shared.watchdog.trim();
}

tcp::endpoint Server::local_endpoint() const { return impl_->acceptor.local_endpoint(); }

std::size_t Server::open_connections() const noexcept { return impl_->connections.size(); }

std::size_t Server::requests_under_way() const noexcept { return impl_->shared.under_way; }

std::size_t Server::resting_connections() const noexcept { return impl_->shared.resting; }

void Server::start()
{
    const auto on_end = [self = impl_](const std::exception_ptr& failure) {
        if (failure)
            self->shared.observer.on_refused({}, 0, "accepting ended: " + describe(failure));
    };
    asio::co_spawn(impl_->executor, impl_->accept(), on_end);
}

awaitable<> Server::drain(Deadline deadline) { return impl_->drain(deadline); }

}  // namespace katydid::http
