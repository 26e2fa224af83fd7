// Outbound HTTP/1.1 with a keep-alive pool behind the egress guard.
#pragma once

#include "hub/core/async/asio.hpp"
#include "hub/core/attempt_timing.hpp"
#include "hub/core/clock.hpp"
#include "hub/core/error.hpp"
#include "hub/core/text/headers.hpp"
#include "hub/core/id.hpp"
#include "hub/http/egress/egress.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace katydid::certs {
class ClientTls;
}

namespace katydid::http {

class Connector;
class Resolver;

/// Whom requests trust and who they say they are, instead of ClientOptions::tls.
struct Identity {
    std::string name;  ///< connections of different names never mix
    std::shared_ptr<certs::ClientTls> tls;
};

/// Told which address the egress guard refused, and why: the failure that a sender sees names no
/// address, so that a URL cannot be used to look around.
using OnDenied = std::function<void(const Url&, const boost::asio::ip::address&, const Error&)>;

struct ClientRequest {
    TenantId tenant = default_tenant();  ///< connections are not shared between tenants
    std::string method = "POST";
    std::string url;
    Headers headers;  ///< checked once more: unsafe ones and the connection's are refused
    std::shared_ptr<const std::string> body;
    std::shared_ptr<const Identity> identity;  ///< null: whom ClientOptions trusts
    milliseconds connect_timeout{0};           ///< 0: as ClientOptions
    milliseconds first_byte_timeout{0};  ///< from the request written to the answer; 0: deadline
    /// Where to note how long each step took; it outlives the call. Null: nowhere.
    AttemptTiming* timing = nullptr;
};

struct ClientReply {
    unsigned status = 0;
    Headers headers;
    std::string body;        ///< at most body_bytes_max of it
    bool truncated = false;  ///< there was more
};

struct ClientOptions {
    std::size_t body_bytes_max = 64 * 1024;
    milliseconds body_time_max{5'000};      ///< for the answer's body; what is there then counts
    milliseconds idle_timeout{30'000};      ///< of a pooled connection
    milliseconds connect_timeout{5'000};    ///< for each address, and for the TLS handshake
    std::shared_ptr<certs::ClientTls> tls;  ///< null: the system's trust store
    std::shared_ptr<Resolver> resolver;     ///< null: the system's, behind a cache
    milliseconds dns_ttl{30'000};           ///< an answer of DNS is used for so long at most
    std::optional<Url> proxy;               ///< what every request goes through
    std::shared_ptr<Connector> connector;   ///< null: the system's
    OnDenied on_denied = nullptr;           ///< for the log; may be empty
};

/// Sends requests and reads answers. Redirects are never followed.
///
/// One exchange has one deadline. A pooled connection that the receiver closed before a byte of
/// an answer came, or with 408, is replaced once by a new one.
/// Thread safety: none; all calls on the executor's thread.
class Client {
public:
    Client(boost::asio::any_io_executor executor, EgressPolicy policy, ClientOptions options);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    /// Errors: refused (egress guard, unsafe header), resolve_failed, connect_failed, tls_failed,
    /// timed_out, protocol_error, connection_closed. The message is for people.
    /// Cancellation: terminal; the connection is closed.
    awaitable<result<ClientReply>> send(ClientRequest request, Deadline deadline);

    /// Closes every pooled connection and every one that is given back later.
    void close();
    [[nodiscard]] std::size_t idle_connections() const noexcept;

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace katydid::http
