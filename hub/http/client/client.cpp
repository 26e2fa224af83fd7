#include "hub/http/client/client.hpp"

#include "hub/core/text/reserved.hpp"
#include "hub/http/client/dialer.hpp"
#include "hub/http/client/round_trip.hpp"
#include "hub/http/egress/resolver_cache.hpp"

#include <algorithm>
#include <unordered_map>

namespace katydid::http {
namespace {

constexpr std::size_t checked_urls_max = 1'024;              ///< that are remembered
constexpr std::size_t joined_request_bytes_max = 15 * 1024;  ///< head and body in one TLS record

bool needs_length(std::string_view method) noexcept
{
    return method == "POST" || method == "PUT" || method == "PATCH";
}

/// Everything in front of the body. Errors: refused.
/// \param absolute  the whole URL as the target, as a proxy wants it (RFC 9112, section 3.2.2)
result<std::string> render_head(const ClientRequest& request, const Url& url, bool absolute)
{
    constexpr std::size_t head_bytes_usual = 768;
    if (!is_header_safe(request.method, "") || request.method == "CONNECT")
        return Error{errc::refused, "the method is not one to send"};
    std::string head;
    head.reserve(head_bytes_usual);
    const auto authority = url.authority();
    head.append(request.method).append(" ");
    if (absolute) head.append("http://").append(authority);
    head.append(url.target).append(" HTTP/1.1\r\nHost: ");
    head.append(authority).append("\r\n");
    for (const auto& header : request.headers) {
        if (!is_header_safe(header.name, header.value) || is_connection_header(header.name))
            return Error{errc::refused, "the header \"" + header.name + "\" may not be sent"};
        head.append(header.name).append(": ").append(header.value).append("\r\n");
    }
    const auto body_bytes = request.body ? request.body->size() : 0;
    if (body_bytes > 0 || needs_length(request.method))
        head.append("Content-Length: ").append(std::to_string(body_bytes)).append("\r\n");
    head.append("\r\n");
    return head;
}

/// Connections of different tenants, hosts, ports and identities never mix.
std::string pool_key(const ClientRequest& request, const Url& url)
{
    const auto& bytes = request.tenant.bytes();
    std::string key;
    key.reserve(bytes.size() + url.host.size() + 8);
    key.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    key.append(url.tls ? "s" : "p").append(url.host).append(" ").append(std::to_string(url.port));
    if (request.identity) key.append(" ").append(request.identity->name);
    return key;
}

/// A request as it is written, with all that must live until it is.
struct OutgoingRequest {
    std::shared_ptr<void> client;
    std::string head;
    std::shared_ptr<const std::string> body;  ///< null: there is none, or it is after the head
    bool is_head = false;

    OutgoingRequest(std::shared_ptr<void> of, std::string head_bytes,
                    std::shared_ptr<const std::string> body_bytes, bool asks_for_head)
        : client{std::move(of)},
          head{std::move(head_bytes)},
          body{std::move(body_bytes)},
          is_head{asks_for_head}
    {}
    [[nodiscard]] Transport::Buffers bytes() const
    {
        return {boost::asio::buffer(head),
                body ? boost::asio::buffer(*body) : boost::asio::const_buffer{}};
    }
};

/// An exchange may also end by an exception (cancellation) while its upload is under way.
struct UploadGuard {
    const RoundTripEnd& end;
    std::unique_ptr<Outbound>& connection;
    std::shared_ptr<void> keep;

    UploadGuard(const RoundTripEnd& of, std::unique_ptr<Outbound>& on, std::shared_ptr<void> owner)
        : end{of},
          connection{on},
          keep{std::move(owner)}
    {}
    UploadGuard(const UploadGuard&) = delete;
    UploadGuard& operator=(const UploadGuard&) = delete;
    ~UploadGuard() { orphan(end, connection, keep); }
};

/// Whether this is what a receiver says of a connection that was idle for too long: its 408
/// crossed our request (RFC 9110, section 15.5.9).
bool ends_idle(const result<ClientReply>& reply, const ResponseParser& parser)
{
    return reply && reply->status == 408 && !parser.is_keep_alive();
}

}  // namespace

struct Client::Impl {
    Impl(const boost::asio::any_io_executor& executor, EgressPolicy policy,
         const ClientOptions& options)
        : own_resolver{options.resolver ? nullptr
                                        : make_resolver_cache(make_system_resolver(),
                                                              {.ttl_max = options.dns_ttl})},
          watchdog{executor},
          dialer{watchdog,
                 {std::move(policy), own_resolver ? own_resolver : options.resolver, options.tls,
                  options.connect_timeout, options.proxy, options.connector, options.on_denied}},
          limits{{.body_bytes_max = options.body_bytes_max}, options.body_time_max},
          pool{options.idle_timeout}
    {}

    /// \param self  keeps what the exchange uses alive when the client goes first
    static awaitable<result<ClientReply>> send(std::shared_ptr<Impl> self, ClientRequest request,
                                               Deadline deadline);
    /// Of a URL that was checked before, what came of it. Errors: as EgressPolicy::check_url().
    result<std::shared_ptr<const Url>> check_url(const std::string& url);
    awaitable<result<ClientReply>>
    try_on(std::unique_ptr<Outbound> connection, std::shared_ptr<OutgoingRequest> outgoing,
           const RoundTripLimits& timeouts, Deadline deadline, bool& stale);

    std::shared_ptr<Resolver> own_resolver;  ///< null when one was handed in
    Watchdog watchdog;
    Dialer dialer;
    RoundTripLimits limits;
    Pool pool;
    std::unordered_map<std::string, std::shared_ptr<const Url>> checked_urls;
};

result<std::shared_ptr<const Url>> Client::Impl::check_url(const std::string& url)
{
    const auto known = checked_urls.find(url);
    if (known != checked_urls.end()) return known->second;
    auto checked = dialer.policy().check_url(url);
    if (!checked) return checked.error();
    if (checked_urls.size() >= checked_urls_max) checked_urls.clear();
    auto kept = std::make_shared<const Url>(std::move(*checked));
    checked_urls.emplace(url, kept);
    return kept;
}

/// \param stale  set when a pooled connection turned out to be closed before a byte came back
awaitable<result<ClientReply>> Client::Impl::try_on(std::unique_ptr<Outbound> connection,
                                                    std::shared_ptr<OutgoingRequest> outgoing,
                                                    const RoundTripLimits& timeouts,
                                                    Deadline deadline, bool& stale)
{
    RoundTripEnd end;
    const UploadGuard guard{end, connection, outgoing};
    auto reply = co_await round_trip(*connection, outgoing->bytes(), outgoing->is_head, timeouts,
                                     deadline, end);
    if (timeouts.timing != nullptr && end.answered)
        timeouts.timing->first_byte = end.first_byte_after;
    if (end.reusable) pool.give(std::move(connection));
    else {
        const bool is_gone = !end.answered && reply.has_error()
                             && reply.error() == errc::connection_closed;
        stale = connection->reused && (is_gone || ends_idle(reply, connection->parser));
    }
    orphan(end, connection, outgoing);
    connection.reset();
    if (pool.is_closed()) watchdog.trim();
    co_return reply;
}

awaitable<result<ClientReply>> Client::Impl::send(std::shared_ptr<Impl> self, ClientRequest request,
                                                  Deadline deadline)
{
    const auto checked = self->check_url(request.url);
    if (!checked) co_return Error{errc::refused, checked.error().message};
    const auto url = *checked;
    auto head = render_head(request, *url, self->dialer.has_proxy() && !url->tls);
    if (!head) co_return head.error();
    request.headers = {};  // they are in the head: not held until the receiver answers
    const bool joined = url->tls && request.body
                        && request.body->size() <= joined_request_bytes_max;
    if (joined) head->append(*request.body);
    const auto outgoing = std::make_shared<OutgoingRequest>(
        self, std::move(*head), joined ? nullptr : request.body, request.method == "HEAD");
    const auto key = pool_key(request, *url);
    auto timeouts = self->limits;
    timeouts.first_byte_time_max = request.first_byte_timeout;
    timeouts.timing = request.timing;

    auto pooled = self->pool.take(key);
    if (pooled) {
        bool stale = false;
        auto reply = co_await self->try_on(std::move(pooled), outgoing, timeouts, deadline, stale);
        if (!stale) co_return reply;
    }
    Dialer::DialOptions dial_options{request.connect_timeout,
                                     request.identity ? request.identity->tls : nullptr,
                                     request.timing};
    auto dialled = co_await self->dialer.dial(*url, key, deadline, std::move(dial_options));
    if (!dialled) co_return dialled.error();
    bool never = false;
    auto fresh = std::move(*dialled);
    auto reply = co_await self->try_on(std::move(fresh), outgoing, timeouts, deadline, never);
    co_return reply;
}

Client::Client(boost::asio::any_io_executor executor, EgressPolicy policy, ClientOptions options)
    : impl_{std::make_shared<Impl>(executor, std::move(policy), options)}
{}

Client::~Client()
{
    close();
    if (impl_->own_resolver) impl_->own_resolver->stop();
}

awaitable<result<ClientReply>> Client::send(ClientRequest request, Deadline deadline)
{
    return Impl::send(impl_, std::move(request), deadline);
}

void Client::close()
{
    impl_->pool.close();
    impl_->watchdog.trim();
}

std::size_t Client::idle_connections() const noexcept { return impl_->pool.size(); }

}  // namespace katydid::http
