#include "hub/receive/client_fetcher.hpp"

namespace katydid::receive {
namespace {

std::string host_of(std::string_view url)
{
    const auto url_checked = http::EgressPolicy::parse_url(url);
    return url_checked ? url_checked->host : std::string{"the URL"};
}

}  // namespace

awaitable<result<std::string>> ClientFetcher::fetch(std::string url)
{
    const auto host = host_of(url);
    if (!url.starts_with("https://"))
        co_return Error{errc::refused, host + " is only asked over https"};
    http::ClientRequest request;
    request.method = "GET";
    request.url = std::move(url);
    request.headers = {{"Accept", "*/*"}, {"User-Agent", "Katydid/" KATYDID_VERSION}};
    const auto deadline = Deadline::after(time_max);
    auto reply = co_await client_.send(std::move(request), deadline);
    if (!reply) {
        auto error = reply.error();
        error.message.insert(0, host + ": ");
        co_return error;
    }
    if (reply->status != 200)
        co_return Error{reply->status >= 500 ? errc::protocol_error : errc::refused,
                        host + " answered " + std::to_string(reply->status)};
    if (reply->truncated || reply->body.size() > bytes_max)
        co_return Error{errc::too_large, host + " answered more than a key is long"};
    co_return std::move(reply->body);
}

}  // namespace katydid::receive
