#include "hub/http/server/connection.hpp"

#include "certs/tls.hpp"
#include "hub/http/server/handshake.hpp"
#include "hub/http/server/request_reader.hpp"
#include "hub/http/server/take_over.hpp"
#include "hub/http/transport.hpp"

#include <openssl/ssl.h>

namespace katydid::http {
namespace {

using boost::system::error_code;
using Want = RequestReader::Want;

constexpr std::size_t joined_bytes_max = 16 * 1024;  ///< head and body in one TLS record
/// More than a message of a WebSocket, so that who sends one too large learns why it was closed.
constexpr std::size_t linger_bytes_max = 2 * 1024 * 1024;
constexpr milliseconds linger_time{2'000};         ///< for a peer that may still be sending
constexpr milliseconds newcomer_time{1'000};       ///< for a first request while the server drains
constexpr milliseconds linger_time_complete{300};  ///< for one whose request was read whole
/// Connections come to rest together, so that the watchdog looks at them ten times a second.
using RestStep = std::chrono::duration<std::int64_t, std::deci>;
constexpr std::string_view continue_line = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr std::string_view speaks_tls = "this port speaks TLS: use https://";
constexpr std::string_view generic_failure
    = "HTTP/1.1 500 Internal Server Error\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

SteadyTime now() noexcept { return std::chrono::steady_clock::now(); }

boost::asio::const_buffer view(std::string_view text) noexcept
{
    return {text.data(), text.size()};
}

}  // namespace

struct Connection::Impl {
    Impl(ServerShared& shared_by_all, boost::asio::ip::tcp::socket socket, Peer remote,
         Admission::Slot let_in)
        : shared{shared_by_all},
          transport{std::move(socket)},
          peer{std::move(remote)},
          admitted{std::move(let_in)},
          watch{shared.watchdog, [this] { transport.cancel(); }}
    {}

    awaitable<> run();
    awaitable<bool> shake_hands();
    awaitable<bool> serve_one();
    awaitable<> hand_over(std::shared_ptr<TakeOver> next, unsigned status);
    awaitable<Want> read_request(Want want);
    awaitable<> refuse(const RequestReader::Refusal& refusal);
    awaitable<error_code> write(Transport::Buffers buffers);
    awaitable<> linger();

    Transport::Buffers render(const Response& response);
    Response fail(const std::exception_ptr& failure);
    void make_reader() { reader = std::make_unique<RequestReader>(shared.router, peer, &admitted); }
    void watch_head();
    void watch_body(std::size_t bytes_read);
    void begin_body();
    void begin_answer();

    ServerShared& shared;
    Transport transport;
    Peer peer;
    Admission::Slot admitted;
    Watch watch;
    std::unique_ptr<RequestReader> reader;  ///< null while it rests
    boost::asio::cancellation_signal cancellation;
    std::string head_out;
    SteadyTime started{};   ///< when the head was complete
    SteadyTime body_due{};  ///< when the rest of the body is too slow
    SteadyTime idle_due{};  ///< when the wait for a next request ends
    bool keep_alive = true;
    bool idle = false;        ///< waits for the first byte of a request
    bool is_resting = false;  ///< and has no reader
    bool served_any = false;
    std::size_t pipelined = 0;  ///< requests in a row for which nothing was read
    bool was_cut = false;
};

awaitable<> Connection::Impl::run()
{
    bool again = true;
    if (shared.options.tls) {
        make_reader();
        const bool shaken = co_await shake_hands();
        again = shaken;
    } else {
        watch_head();  // a new connection may stay silent
        is_resting = true;
    }
    while (again) {
        // Most connections rest most of the time, so here, where one coroutine is all that waits.
        if (is_resting) {
            idle = true;
            ++shared.resting;
            const auto [error] = co_await transport.socket().async_wait(
                boost::asio::ip::tcp::socket::wait_read, use_tuple);
            --shared.resting;
            idle = false;
            if (error || watch.expired()) co_return;
        }
        if (!reader) make_reader();
        const bool alive = co_await serve_one();
        again = alive;
    }
}

awaitable<bool> Connection::Impl::shake_hands()
{
    auto& tls = transport.use_tls(shared.options.tls->context());
    watch.set(now() + shared.options.head_timeout);
    const auto [error] = co_await tls.async_handshake(boost::asio::ssl::stream_base::server,
                                                      use_tuple);
    watch.clear();
    if (is_no_tls(error)) {
        transport.drop_tls();
        const RequestReader::Refusal refusal{400, std::string{speaks_tls}};
        co_await refuse(refusal);
        co_return false;
    }
    if (error) {
        shared.observer.on_refused(peer, 0, "the TLS handshake failed: " + error.message());
        co_return false;
    }
    if (const char* name = SSL_get_servername(tls.native_handle(), TLSEXT_NAMETYPE_host_name))
        peer.server_name = name;
    peer.client_subject = client_subject(tls.native_handle());
    co_return true;
}

/// Reads one request and answers it, or has the connection rest. False when it has ended.
awaitable<bool> Connection::Impl::serve_one()
{
    reader->begin();
    if (!std::exchange(is_resting, false)) watch_head();
    Want want = reader->advance();
    ++pipelined;
    if (want == Want::head_bytes || want == Want::body_bytes) {
        pipelined = 0;
        const Want reached = co_await read_request(want);
        want = reached;
        if (is_resting) co_return true;
    }
    watch.clear();
    served_any = true;
    if (want == Want::close) co_return false;
    if (want == Want::refusal) {
        co_await refuse(reader->refusal());
        co_return false;
    }

    started = now();
    auto& request = reader->request();
    auto answered = std::move(reader->early());
    if (!answered) {
        begin_answer();
        std::exception_ptr failure;
        try {
            auto by_route = co_await reader->route()->handle(request);
            answered.emplace(std::move(by_route));
        } catch (...) {
            failure = std::current_exception();
        }
        --shared.under_way;
        if (failure && was_cut) co_return false;
        if (failure) answered = fail(failure);
    }
    auto& response = *answered;
    if (response.take_over && reader->has_more()) {
        response = shared.router.error(request.path, 400,
                                       "bytes came before the hub answered the request");
        response.close = true;
    }
    if (response.take_over) {
        co_await hand_over(std::move(response.take_over), response.status);
        co_return false;
    }

    keep_alive = reader->facts().keep_alive && reader->is_complete() && !response.close
                 && !shared.draining && pipelined < admitted.pipelined_max();
    const auto buffers = render(response);
    error_code error;
    const auto written = transport.write_now(buffers, error);
    if (!error && written < boost::asio::buffer_size(buffers)) {
        const auto rest = without_front(buffers, written);
        const auto failed = co_await write(rest);
        error = failed;
    }
    shared.observer.on_response(request, reader->route(), response.status, now() - started);
    if (error) co_return false;
    if (!keep_alive) co_await linger();
    co_return keep_alive;
}

/// The connection goes to a session, and ends with it.
awaitable<> Connection::Impl::hand_over(std::shared_ptr<TakeOver> next, unsigned status)
{
    shared.observer.on_response(reader->request(), reader->route(), status, now() - started);
    reader->give_back_memory();
    co_await next->run(transport);
    if (!was_cut) co_await linger();
}

/// The route is about to answer.
void Connection::Impl::begin_answer()
{
    ++shared.under_way;
    reader->request().has_left = [this] { return transport.has_peer_left(); };
    shared.observer.on_request(reader->request());
}

/// Until the first byte of a next request the connection is idle; then the head has its time.
void Connection::Impl::watch_head()
{
    const auto& options = shared.options;
    const bool waits = served_any && reader->is_empty();
    const bool newcomer = !served_any && shared.draining;
    const auto moment = now();
    const auto due = moment
                     + (waits      ? options.idle_timeout
                        : newcomer ? newcomer_time
                                   : options.head_timeout);
    idle_due = waits ? due : SteadyTime::min();
    // Most of a TLS connection's memory is OpenSSL's, and stays.
    const bool may_rest = waits && transport.tls() == nullptr;
    watch.set(may_rest ? std::min<SteadyTime>(
                             due, std::chrono::ceil<RestStep>(moment + options.rest_after))
                       : due);
}

void Connection::Impl::begin_body()
{
    started = now();
    body_due = started + shared.options.body_grace;
    watch.set(body_due);
}

/// After the grace a body must come at the minimum rate or faster. What came faster gives no more
/// credit than the grace: a body that is almost there cannot be held for long.
void Connection::Impl::watch_body(std::size_t bytes_read)
{
    const auto& options = shared.options;
    const auto rate = std::max<std::size_t>(1, options.body_rate_min);
    const std::chrono::microseconds earned{bytes_read * 1'000'000 / rate};
    body_due = std::min<SteadyTime>(body_due + earned, now() + options.body_grace);
    watch.set(body_due);
}

/// Reads until the request is complete, need not be read any further, or nothing came for a while.
awaitable<Want> Connection::Impl::read_request(Want want)
{
    bool in_body = false;
    while (want == Want::head_bytes || want == Want::body_bytes) {
        if (want == Want::body_bytes && !in_body) {
            in_body = true;
            begin_body();
            if (reader->expects_continue()) {
                const Transport::Buffers line{view(continue_line), {}};
                const auto failed = co_await write(line);
                if (failed) co_return Want::close;
            }
        }
        const bool first = reader->is_empty();
        if (first && shared.draining && served_any) co_return Want::close;
        idle = first;
        const auto space = reader->space();
        const auto [error, bytes] = co_await transport.read_some(space);
        idle = false;
        const bool is_rest_due = first && watch.expired() && now() < idle_due;
        if (is_rest_due && bytes == 0) {
            reader.reset();
            std::string{}.swap(head_out);  // `= {}` would keep its memory
            watch.set(idle_due);
            is_resting = true;
            co_return want;
        }
        if (watch.expired() && !is_rest_due) {
            if (first) co_return Want::close;
            reader->time_out(in_body ? "the body came too slowly" : "the head took too long");
            co_return Want::refusal;
        }
        if (error) co_return Want::close;
        reader->commit(bytes);
        const bool was_waiting = served_any || shared.draining;
        if (first && was_waiting) watch.set(now() + shared.options.head_timeout);
        if (in_body) watch_body(bytes);
        want = reader->advance();
    }
    co_return want;
}

/// Answers a request that reaches no route, and ends the connection.
awaitable<> Connection::Impl::refuse(const RequestReader::Refusal& refusal)
{
    shared.observer.on_refused(peer, refusal.status, refusal.why);
    auto response = shared.router.error(reader->request().path, refusal.status, refusal.why);
    for (const auto& header : refusal.headers) response.headers.push_back(header);
    keep_alive = false;
    const auto buffers = render(response);
    const auto error = co_await write(buffers);
    if (!error) co_await linger();
}

Response Connection::Impl::fail(const std::exception_ptr& failure)
{
    const auto& request = reader->request();
    shared.observer.on_exception(request, reader->route(), describe(failure));
    return shared.router.error(request.path, 500, "the hub failed to answer; the log says why");
}

/// The bytes of a response: its head in head_out, its body where it is.
Transport::Buffers Connection::Impl::render(const Response& response)
{
    const ResponseHeadOptions options{keep_alive, reader->facts().http11, shared.date.now()};
    if (!write_response_head(head_out, response, options)) {
        shared.observer.on_exception(reader->request(), reader->route(),
                                     "the route's response has an unsafe header");
        keep_alive = false;
        head_out = generic_failure;
        return {view(head_out), {}};
    }
    if (is_bodiless(response.status) || reader->request().method == "HEAD")
        return {view(head_out), {}};
    if (transport.tls() != nullptr && response.body.size() <= joined_bytes_max) {
        head_out += response.body;
        return {view(head_out), {}};
    }
    return {view(head_out), view(response.body)};
}

awaitable<error_code> Connection::Impl::write(Transport::Buffers buffers)
{
    watch.set(now() + shared.options.idle_timeout);
    const auto [error, bytes] = co_await transport.write_all(buffers);
    watch.clear();
    co_return error;
}

/// Lets the answer reach a peer that is still sending: closing with unread bytes would reset the
/// connection (RFC 9112, section 9.6). What comes is dropped, within bounds.
awaitable<> Connection::Impl::linger()
{
    watch.set(now() + (reader->is_complete() ? linger_time_complete : linger_time));
    if (auto* tls = transport.tls()) {
        const auto [error] = co_await tls->async_shutdown(use_tuple);
        if (watch.expired() || error == boost::asio::error::operation_aborted) co_return;
    }
    error_code ignored;
    transport.socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
    std::size_t dropped = 0;
    while (dropped < linger_bytes_max) {
        const auto space = reader->space();
        const auto [error, bytes] = co_await transport.socket().async_read_some(space, use_tuple);
        if (error || watch.expired()) co_return;
        dropped += bytes;
    }
}

Connection::Connection(ServerShared& shared, boost::asio::ip::tcp::socket socket, Peer peer,
                       Admission::Slot admitted)
    : impl_{std::make_unique<Impl>(shared, std::move(socket), std::move(peer), std::move(admitted))}
{}

Connection::~Connection() = default;

awaitable<> Connection::run() { return impl_->run(); }

void Connection::drain()
{
    auto& self = *impl_;
    if (!self.idle) return;
    error_code ignored;
    const bool has_sent = self.transport.socket().available(ignored) > 0;
    if (has_sent) return;  // its next request is here already: it is answered, then the end
    if (self.served_any) self.transport.cancel();
    else self.watch.set(now() + newcomer_time);
}

void Connection::cut()
{
    impl_->was_cut = true;
    impl_->transport.close();
    impl_->cancellation.emit(boost::asio::cancellation_type::terminal);
}

const Peer& Connection::peer() const noexcept { return impl_->peer; }

boost::asio::cancellation_slot Connection::slot() noexcept { return impl_->cancellation.slot(); }

}  // namespace katydid::http
