#include "hub/cli/client/hub_caller.hpp"

#include "hub/cli/client/reach.hpp"

#include <boost/json/parse.hpp>

namespace katydid::cli {

Headers credentials_of(const HubAddress& address)
{
    Headers headers;
    if (!address.api_key.empty()) headers.push_back({"Authorization", "Bearer " + address.api_key});
    if (!address.tenant.empty()) headers.push_back({"Katydid-Tenant", address.tenant});
    return headers;
}

HubAnswer to_answer(unsigned status, std::string body, Headers headers)
{
    HubAnswer answer{status, {}, std::move(body), std::move(headers)};
    boost::json::error_code error;
    auto parsed = boost::json::parse(answer.body, error);
    if (!error) answer.json = std::move(parsed);
    return answer;
}

HubCaller::HubCaller(asio::any_io_executor executor, HubAddress address)
    : address_{std::move(address)},
      client_{std::move(executor), anywhere(), client_options(address_.ca_file)}
{
    while (address_.url.ends_with('/')) address_.url.pop_back();
}

awaitable<result<HubAnswer>> HubCaller::send(HubCall call)
{
    http::ClientRequest request;
    request.method = std::move(call.method);
    request.url = address_.url + call.path;
    if (!address_.url.starts_with("http://") && !address_.url.starts_with("https://"))
        co_return Error{errc::invalid_argument,
                        "the hub's URL (" + address_.url + ") must begin with http:// or https://"};
    if (const auto url = http::EgressPolicy::parse_url(request.url); !url) co_return url.error();
    request.headers = std::move(call.headers);
    for (auto& header : credentials_of(address_)) request.headers.push_back(std::move(header));
    if (!call.body.empty()) {
        if (find_header(request.headers, "content-type") == nullptr)
            request.headers.push_back({"Content-Type", "application/json"});
        request.body = std::make_shared<const std::string>(std::move(call.body));
    }
    auto reply = co_await client_.send(std::move(request), Deadline::after(call.timeout));
    if (!reply) co_return reply.error();
    co_return to_answer(reply->status, std::move(reply->body), std::move(reply->headers));
}

}  // namespace katydid::cli
