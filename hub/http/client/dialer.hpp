// A new connection to a receiver: resolve, judge every address, connect, TLS.
#pragma once

#include "certs/session_store.hpp"
#include "certs/tls.hpp"
#include "hub/core/attempt_timing.hpp"
#include "hub/core/async/single_flight.hpp"
#include "hub/http/client/connector.hpp"
#include "hub/http/client/outbound.hpp"
#include "hub/http/egress/egress.hpp"
#include "hub/http/egress/resolver.hpp"

#include <functional>

namespace katydid::http {

/// Opens connections, only to addresses that the egress policy allows.
///
/// Resolves once, refuses when any address is denied, connects to an address and never to the
/// name, and looks at the peer's address after connecting. Through a proxy all this is the proxy's:
/// then only what a URL itself says was judged. TLS sessions are resumed, by pool key.
/// Thread safety: none. Outlives its dials.
class Dialer {
public:
    struct Options {
        EgressPolicy policy;
        std::shared_ptr<Resolver> resolver;
        std::shared_ptr<certs::ClientTls> tls;  ///< null: the system's trust store
        milliseconds connect_timeout{5'000};    ///< for each address, and for the TLS handshake
        std::optional<Url> proxy;               ///< of the operator; its address is not judged
        std::shared_ptr<Connector> connector;   ///< null: the system's
        std::function<void(const Url&, const boost::asio::ip::address&, const Error&)> on_denied{};
    };
    /// What one dial does otherwise than the options say.
    struct DialOptions {
        milliseconds connect_timeout{0};        ///< 0: as in the options
        std::shared_ptr<certs::ClientTls> tls;  ///< null: as in the options
        AttemptTiming* timing = nullptr;        ///< null: the steps are not noted
    };
    using Dialled = result<std::unique_ptr<Outbound>>;

    Dialer(Watchdog& dog, Options options) : dog_{dog}, options_{std::move(options)} {}

    /// Errors: refused, resolve_failed, connect_failed, tls_failed, timed_out.
    /// Cancellation: terminal.
    awaitable<Dialled> dial(Url url, std::string pool_key, Deadline deadline,
                            DialOptions dial_options);

    [[nodiscard]] const EgressPolicy& policy() const noexcept { return options_.policy; }
    [[nodiscard]] bool has_proxy() const noexcept { return options_.proxy.has_value(); }

private:
    using Addresses = std::vector<boost::asio::ip::address>;
    /// How long to wait, for everything and for one step of connecting, and whom to trust.
    struct Timeouts {
        Deadline deadline;
        milliseconds step;
        std::shared_ptr<certs::ClientTls> tls;
        AttemptTiming* timing;
        [[nodiscard]] SteadyTime limit() const;
    };
    awaitable<result<Addresses>> resolve(std::string host, Deadline deadline);
    awaitable<result<Addresses>> find_addresses(const Url& url, const Timeouts& timeouts);
    awaitable<Dialled> dial_addresses(const Url& url, const std::string& pool_key,
                                      Timeouts timeouts);
    awaitable<result<void>> connect(Outbound& connection, const Url& url,
                                    const boost::asio::ip::address& address, Timeouts timeouts);
    awaitable<result<void>> reach(Outbound& connection, const Url& url,
                                  const boost::asio::ip::address& address, Timeouts timeouts);
    awaitable<boost::system::error_code> connect_to(boost::asio::ip::tcp::socket& socket,
                                                    boost::asio::ip::tcp::endpoint endpoint);
    [[nodiscard]] std::shared_ptr<certs::ClientTls> default_tls();
    awaitable<result<void>> shake_hands(Outbound& connection, const Url& url, Timeouts timeouts);

    Watchdog& dog_;
    Options options_;
    certs::SessionStore sessions_;
    SingleFlight<std::string, result<Resolved>> lookups_;
};

}  // namespace katydid::http
