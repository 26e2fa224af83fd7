#include "hub/cli/client/hub_client.hpp"

#include "certs/tls.hpp"
#include "hub/core/codec/percent.hpp"
#include "hub/http/client/client.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json/parse.hpp>

#include <optional>

namespace katydid::cli {
namespace {

constexpr std::size_t body_bytes_max = 64 * 1024 * 1024;

http::EgressPolicy anywhere()
{
    http::EgressPolicy policy;
    policy.allowed = {http::parse_network("0.0.0.0/0").value(),
                      http::parse_network("::/0").value()};
    return policy;
}

http::ClientOptions client_options(const HubAddress& address)
{
    http::ClientOptions options;
    options.body_bytes_max = body_bytes_max;
    options.body_time_max = milliseconds{120'000};
    options.tls = std::make_shared<certs::ClientTls>(
        certs::ClientTls::Options{address.ca_file, {}, {}});
    return options;
}

}  // namespace

struct HubClient::Impl {
    explicit Impl(const HubAddress& address)
        : client{loop.get_executor(), anywhere(), client_options(address)}
    {}

    awaitable<> ask(http::ClientRequest request, Deadline deadline)
    {
        auto reply = co_await client.send(std::move(request), deadline);
        answer = std::move(reply);
    }

    /// Until `done`, and no longer: pooled connections keep timers of their own.
    template <class Done>
    void run_until(Done done)
    {
        loop.restart();
        while (!done() && loop.run_one() > 0) {}
    }

    asio::io_context loop{1};
    http::Client client;
    std::optional<result<http::ClientReply>> answer;
};

HubClient::HubClient(HubAddress address)
    : address_{std::move(address)},
      impl_{std::make_unique<Impl>(address_)}
{
    while (address_.url.ends_with('/')) address_.url.pop_back();
}

HubClient::~HubClient()
{
    impl_->client.close();
    impl_->loop.restart();
    impl_->loop.poll();
}

result<HubAnswer> HubClient::send(HubCall call)
{
    http::ClientRequest request;
    request.method = std::move(call.method);
    request.url = address_.url + call.path;
    if (!address_.url.starts_with("http://") && !address_.url.starts_with("https://"))
        return Error{errc::invalid_argument,
                     "the hub's URL (" + address_.url + ") must begin with http:// or https://"};
    if (const auto url = http::EgressPolicy::parse_url(request.url); !url) return url.error();
    request.headers = std::move(call.headers);
    if (!address_.api_key.empty())
        request.headers.push_back({"Authorization", "Bearer " + address_.api_key});
    if (!address_.tenant.empty()) request.headers.push_back({"Katydid-Tenant", address_.tenant});
    if (!call.body.empty()) {
        if (find_header(request.headers, "content-type") == nullptr)
            request.headers.push_back({"Content-Type", "application/json"});
        request.body = std::make_shared<const std::string>(std::move(call.body));
    }
    impl_->answer.reset();
    std::exception_ptr failure;
    bool ended = false;
    asio::co_spawn(impl_->loop, impl_->ask(std::move(request), Deadline::after(call.timeout)),
                   [&](std::exception_ptr thrown) {
                       failure = std::move(thrown);
                       ended = true;
                   });
    impl_->run_until([&] { return ended; });
    if (failure) return Error{errc::internal, describe(failure)};
    auto& reply = *impl_->answer;
    if (!reply) return reply.error();
    HubAnswer answer{reply->status, {}, std::move(reply->body), std::move(reply->headers)};
    boost::json::error_code error;
    auto parsed = boost::json::parse(answer.body, error);
    if (!error) answer.json = std::move(parsed);
    return answer;
}

void HubClient::pause(milliseconds time)
{
    boost::asio::steady_timer timer{impl_->loop, time};
    bool rung = false;
    timer.async_wait([&](const boost::system::error_code&) { rung = true; });
    impl_->run_until([&] { return rung; });
}

Query& Query::add(std::string_view name, std::string_view value)
{
    if (value.empty()) return *this;
    text_.append(text_.empty() ? "?" : "&").append(name).append("=").append(percent_encode(value));
    return *this;
}

}  // namespace katydid::cli
