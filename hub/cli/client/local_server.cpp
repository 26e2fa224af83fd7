#include "hub/cli/client/local_server.hpp"

#include "hub/cli/client/session.hpp"

#include <boost/asio/io_context.hpp>

namespace katydid::cli {
namespace {

http::EgressPolicy policy_for(const std::string& url, const LocalServer::Options& options)
{
    if (const auto parsed = http::EgressPolicy::parse_url(url); !parsed)
        throw CommandEnd{wrong_usage, url + ": " + parsed.error().message};
    if (!options.insecure) return anywhere();
    if (!names_this_machine(url))
        throw CommandEnd{wrong_usage,
                         "--insecure is for servers of this machine (localhost, 127.0.0.1, ::1), "
                         "not for "
                             + url + ": name its authority with --local-ca-file"};
    return this_machine();
}

}  // namespace

LocalServer::LocalServer(asio::any_io_executor executor, std::string url, Options options)
    : url_{std::move(url)},
      options_{std::move(options)},
      client_{std::move(executor), policy_for(url_, options_),
              client_options(options_.ca_file, options_.insecure)}
{}

std::string LocalServer::remedy_of(const Error& error) const
{
    if (error == errc::connect_failed) return "Is a server listening at " + url_ + "?";
    if (error == errc::timed_out) return "The server is slow, or waits for something itself.";
    if (error == errc::resolve_failed) return "Is the name of the server right?";
    const bool is_tls = url_.starts_with("https://");
    if (error == errc::tls_failed && error.message.find("certificate") != std::string::npos)
        return names_this_machine(url_)
                   ? "--insecure accepts a certificate that the server made for itself; "
                     "--local-ca-file names the authority to trust."
                   : "--local-ca-file names the authority to trust.";
    if (error == errc::tls_failed) return "Does the port speak TLS? If not, write http://.";
    if (!is_tls && (error == errc::protocol_error || error == errc::connection_closed))
        return "If that port speaks TLS, write https://.";
    return "Does the server speak HTTP at " + url_ + "?";
}

awaitable<LocalAnswer> LocalServer::post(Headers headers, std::string body)
{
    http::ClientRequest request;
    request.url = url_;
    request.headers = std::move(headers);
    request.body = std::make_shared<const std::string>(std::move(body));
    const auto begun = system_clock().steady_now();
    auto reply = co_await client_.send(std::move(request), Deadline::after(options_.timeout));
    LocalAnswer answer;
    answer.duration = std::chrono::round<milliseconds>(system_clock().steady_now() - begun);
    if (!reply) {
        answer.error = reply.error().message;
        answer.remedy = remedy_of(reply.error());
        co_return answer;
    }
    answer.status = reply->status;
    answer.headers = std::move(reply->headers);
    answer.body = std::move(reply->body);
    co_return answer;
}

LocalAnswer post_once(const std::string& url, const LocalServer::Options& options, Headers headers,
                      std::string body)
{
    asio::io_context loop{1};
    LocalServer server{loop.get_executor(), url, options};
    LocalAnswer answer;
    std::exception_ptr failure;
    bool ended = false;
    asio::co_spawn(loop, server.post(std::move(headers), std::move(body)),
                   [&](std::exception_ptr thrown, LocalAnswer got) {
                       failure = std::move(thrown);
                       answer = std::move(got);
                       ended = true;
                   });
    while (!ended && loop.run_one() > 0) {}
    server.close();
    if (failure) std::rethrow_exception(failure);
    return answer;
}

}  // namespace katydid::cli
