// A new connection to a receiver: resolve, judge every address, connect, TLS.
#pragma once

#include "certs/tls.hpp"
#include "hub/http/egress.hpp"
#include "hub/http/outbound.hpp"
#include "hub/http/resolver.hpp"

namespace katydid::http {

/// Opens connections, only to addresses that the egress policy allows.
///
/// Resolves once, refuses when any address is denied, connects to an address and never to the
/// name, and looks at the peer's address after connecting.
/// Thread safety: none. Outlives its dials.
class Dialer {
public:
    struct Options {
        EgressPolicy policy;
        std::shared_ptr<Resolver> resolver;
        std::shared_ptr<certs::ClientTls> tls;  ///< null: the system's trust store
        milliseconds connect_timeout{5'000};    ///< for each address, and for the TLS handshake
    };
    using Dialled = result<std::unique_ptr<Outbound>>;

    Dialer(Watchdog& dog, Options options) : dog_{dog}, options_{std::move(options)} {}

    /// Errors: refused, resolve_failed, connect_failed, tls_failed, timed_out.
    /// Cancellation: terminal.
    /// \param connect_timeout  instead of the one in the options; 0: that one
    awaitable<Dialled> dial(Url url, std::string pool_key, Deadline deadline,
                            milliseconds connect_timeout = milliseconds{0});

    [[nodiscard]] const EgressPolicy& policy() const noexcept { return options_.policy; }

private:
    using Addresses = std::vector<boost::asio::ip::address>;
    awaitable<result<Addresses>> find_addresses(const Url& url, Deadline deadline);
    /// How long to wait: for everything, and for one step of connecting.
    struct Patience {
        Deadline deadline;
        milliseconds step;
        [[nodiscard]] SteadyTime limit() const;
    };
    awaitable<result<void>> connect(Outbound& connection, const Url& url,
                                    const boost::asio::ip::address& address, Patience patience);
    awaitable<result<void>> shake_hands(Outbound& connection, const Url& url, Patience patience);

    Watchdog& dog_;
    Options options_;
};

}  // namespace katydid::http
