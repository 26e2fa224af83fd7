#include "hub/http/client/dialer.hpp"

#include "hub/http/client/tunnel.hpp"

#include <boost/asio/ssl/error.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>

namespace katydid::http {
namespace {

using boost::asio::ip::address;
using boost::asio::ip::tcp;
using boost::system::error_code;

/// What the resolver throws (no thread could be started) is an answer too: all who wait get it.
awaitable<result<Resolved>> ask_for(std::shared_ptr<Resolver> resolver, std::string host)
{
    std::exception_ptr failure;
    try {
        auto answer = co_await resolver->resolve(std::move(host));
        co_return answer;
    } catch (...) {
        failure = std::current_exception();
    }
    co_return Error{errc::resolve_failed, describe(failure)};
}

SteadyTime now() noexcept { return std::chrono::steady_clock::now(); }

/// Notes how long a step took when it ends, however it ends.
class StepClock {
public:
    StepClock(AttemptTiming* timing, AttemptTiming::Step AttemptTiming::* step)
        : timing_{timing},
          step_{step},
          start_{timing != nullptr ? now() : SteadyTime{}}
    {}
    StepClock(const StepClock&) = delete;
    StepClock& operator=(const StepClock&) = delete;
    ~StepClock()
    {
        if (timing_ != nullptr)
            timing_->*step_ = std::chrono::round<std::chrono::microseconds>(now() - start_);
    }

private:
    AttemptTiming* timing_;
    AttemptTiming::Step AttemptTiming::* step_;
    SteadyTime start_;
};

std::string tls_reason(SSL* ssl, const error_code& error)
{
    const long verdict = SSL_get_verify_result(ssl);
    if (verdict != X509_V_OK)
        return std::string{"its certificate is not accepted: "}
               + X509_verify_cert_error_string(verdict);
    if (error == boost::asio::error::eof || error == boost::asio::ssl::error::stream_truncated
        || error == boost::asio::error::connection_reset)
        return "it closed the connection during the handshake";
    const char* reason = ERR_reason_error_string(static_cast<unsigned long>(error.value()));
    const bool is_tls_error = error.category() == boost::asio::error::get_ssl_category();
    if (is_tls_error && reason != nullptr) return reason;
    return error.message();
}

/// SNI for names (RFC 6066, section 3), and who the certificate must be for.
bool expect_host(SSL* ssl, const std::string& host)
{
    error_code not_literal;
    const auto literal = boost::asio::ip::make_address(host, not_literal);
    X509_VERIFY_PARAM* rules = SSL_get0_param(ssl);
    X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (!not_literal) return X509_VERIFY_PARAM_set1_ip_asc(rules, literal.to_string().c_str()) == 1;
    return SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                    const_cast<char*>(host.c_str()))
               == 1
           && X509_VERIFY_PARAM_set1_host(rules, host.c_str(), host.size()) == 1;
}

Error too_slow(const Url& url, Deadline deadline, std::string_view what)
{
    const auto code = now() >= deadline.at ? errc::timed_out : errc::connect_failed;
    return {code, std::string{what} + " " + url.authority() + " took too long"};
}

}  // namespace

SteadyTime Dialer::Timeouts::limit() const { return std::min(deadline.at, now() + step); }

awaitable<Dialer::Dialled> Dialer::dial(Url url, std::string pool_key, Deadline deadline,
                                        DialOptions dial_options)
{
    const bool is_own = dial_options.connect_timeout.count() > 0;
    Timeouts timeouts{deadline, is_own ? dial_options.connect_timeout : options_.connect_timeout,
                      std::move(dial_options.tls), dial_options.timing};
    if (!timeouts.tls && url.tls) timeouts.tls = default_tls();
    auto dialled = co_await dial_addresses(url, pool_key, timeouts);
    co_return dialled;
}

std::shared_ptr<certs::ClientTls> Dialer::default_tls()
{
    if (!options_.tls) {
        const certs::ClientTls::Options system_store;
        options_.tls = std::make_shared<certs::ClientTls>(system_store);
    }
    return options_.tls;
}

awaitable<Dialer::Dialled> Dialer::dial_addresses(const Url& url, const std::string& pool_key,
                                                  Timeouts timeouts)
{
    const auto executor = co_await asio::this_coro::executor;
    const auto deadline = timeouts.deadline;
    const auto addresses = co_await find_addresses(url, timeouts);
    if (!addresses) co_return addresses.error();
    Error last{errc::resolve_failed, url.host + " has no address"};
    for (const auto& each : *addresses) {
        auto connection = std::make_unique<Outbound>(dog_, tcp::socket{executor}, pool_key);
        const auto connected = co_await connect(*connection, url, each, timeouts);
        if (connected) co_return connection;
        last = connected.error();
        const bool another_may_help = last == errc::connect_failed && now() < deadline.at;
        if (!another_may_help) break;
    }
    if (last == errc::connect_failed && options_.resolver)
        options_.resolver->forget(options_.proxy ? options_.proxy->host : url.host);
    co_return last;
}

/// Asks once for all dials that wait for a name. The system's resolver cannot be interrupted, so
/// its answer may come after the deadline.
awaitable<result<Dialer::Addresses>> Dialer::resolve(std::string host, Deadline deadline)
{
    auto ask = [resolver = options_.resolver, host] { return ask_for(resolver, host); };
    const auto answer = co_await lookups_.run(host, std::move(ask), deadline.at);
    if (!answer) co_return Error{errc::timed_out, "resolving " + host + " took too long"};
    if (answer->has_error()) co_return answer->error();
    co_return (*answer)->addresses;
}

/// Of the proxy, where there is one: the operator chose it, so its address is not judged.
awaitable<result<Dialer::Addresses>> Dialer::find_addresses(const Url& url,
                                                            const Timeouts& timeouts)
{
    const auto& host = options_.proxy ? options_.proxy->host : url.host;
    error_code not_literal;
    Addresses addresses{boost::asio::ip::make_address(host, not_literal)};
    if (not_literal) {
        const StepClock clock{timeouts.timing, &AttemptTiming::dns};
        auto resolved = co_await resolve(host, timeouts.deadline);
        if (!resolved) co_return resolved.error();
        addresses = std::move(*resolved);
    }
    for (const auto& each : addresses) {
        if (options_.proxy) break;
        const auto allowed = options_.policy.check(url, each);
        if (allowed) continue;
        if (options_.on_denied) options_.on_denied(url, each, allowed.error());
        co_return allowed.error();
    }
    co_return addresses;
}

awaitable<result<void>> Dialer::connect(Outbound& connection, const Url& url, const address& target,
                                        Timeouts timeouts)
{
    const auto reached = co_await reach(connection, url, target, timeouts);
    if (!reached) co_return reached.error();
    if (url.tls && options_.proxy) {
        connection.limit(timeouts.limit());
        auto port = url.port == 443 ? std::string{":443"} : std::string{};
        const auto opened = co_await open_tunnel(connection, url.authority() + port);
        if (connection.watch.expired()) co_return too_slow(url, timeouts.deadline, "a way to");
        if (!opened) co_return opened.error();
    }
    if (url.tls) {
        const auto shaken = co_await shake_hands(connection, url, timeouts);
        if (!shaken) co_return shaken.error();
    }
    connection.watch.clear();
    co_return result<void>{};
}

awaitable<error_code> Dialer::connect_to(tcp::socket& socket, tcp::endpoint endpoint)
{
    if (options_.connector) {
        const auto failed = co_await options_.connector->connect(socket, endpoint);
        co_return failed;
    }
    const auto [error] = co_await socket.async_connect(endpoint, use_tuple);
    co_return error;
}

/// A TCP connection to the receiver's address, or to the proxy's.
awaitable<result<void>> Dialer::reach(Outbound& connection, const Url& url, const address& target,
                                      Timeouts timeouts)
{
    const tcp::endpoint endpoint{target, options_.proxy ? options_.proxy->port : url.port};
    auto& socket = connection.transport.socket();
    connection.limit(timeouts.limit());
    const StepClock clock{timeouts.timing, &AttemptTiming::connect};
    const auto error = co_await connect_to(socket, endpoint);
    if (connection.watch.expired()) co_return too_slow(url, timeouts.deadline, "connecting to");
    if (error)
        co_return Error{errc::connect_failed,
                        "cannot connect to " + (options_.proxy ? "the proxy for " : std::string{})
                            + url.authority() + ": " + error.message()};
    connection.transport.tune();
    error_code gone;
    const auto peer = socket.remote_endpoint(gone);
    const bool is_allowed = options_.proxy || options_.policy.check(url, peer.address());
    const bool is_wrong = gone || !is_allowed || peer != endpoint;
    if (is_wrong && options_.on_denied)
        options_.on_denied(url, peer.address(), {errc::refused, "the connection led elsewhere"});
    if (is_wrong)
        co_return Error{errc::refused, "the connection led to an address that is not allowed"};
    co_return result<void>{};
}

awaitable<result<void>> Dialer::shake_hands(Outbound& connection, const Url& url, Timeouts timeouts)
{
    auto reading = timeouts.tls->current();
    auto& tls = connection.transport.use_tls(std::move(reading.context));
    if (!expect_host(tls.native_handle(), url.host))
        co_return Error{errc::tls_failed, "cannot expect a certificate for " + url.host};
    sessions_.attach(tls.native_handle(), connection.key + " " + std::to_string(reading.number));
    connection.limit(timeouts.limit());
    const StepClock clock{timeouts.timing, &AttemptTiming::tls};
    const auto [error] = co_await tls.async_handshake(boost::asio::ssl::stream_base::client,
                                                      use_tuple);
    if (connection.watch.expired())
        co_return too_slow(url, timeouts.deadline, "the TLS handshake with");
    if (error)
        co_return Error{errc::tls_failed, "no TLS connection to " + url.authority() + ": "
                                              + tls_reason(tls.native_handle(), error)};
    co_return result<void>{};
}

}  // namespace katydid::http
