#include "hub/cli/client/hub_socket.hpp"

#include "hub/cli/client/reach.hpp"
#include "hub/http/egress/resolver.hpp"

namespace katydid::cli {
namespace {

http::Dialer::Options dial_options(const HubAddress& address)
{
    http::Dialer::Options options;
    options.policy = anywhere();
    options.resolver = http::make_system_resolver();
    options.tls = client_options(address.ca_file).tls;
    return options;
}

}  // namespace

HubSocket::HubSocket(asio::any_io_executor executor, HubAddress address)
    : ClientSocket{std::move(executor), dial_options(address)},
      address_{std::move(address)}
{}

awaitable<HubSocket::Opened> HubSocket::open(std::string path, std::string protocol)
{
    auto url = address_.url + path;
    stream::Socket::Opening opening{{}, std::move(protocol), credentials_of(address_)};
    auto answer = co_await ClientSocket::open(std::move(url), std::move(opening));
    Opened opened;
    if (!answer) opened.error = answer.error();
    else if (answer->error) opened.refusal = to_answer(answer->status, std::move(answer->body), {});
    co_return opened;
}

}  // namespace katydid::cli
