#include "hub/cli/client/reach.hpp"

#include "certs/tls.hpp"

namespace katydid::cli {
namespace {

constexpr std::size_t body_bytes_max = 64 * 1024 * 1024;

http::EgressPolicy networks(const char* v4, const char* v6)
{
    http::EgressPolicy policy;
    policy.allowed = {http::parse_network(v4).value(), http::parse_network(v6).value()};
    return policy;
}

}  // namespace

http::EgressPolicy anywhere() { return networks("0.0.0.0/0", "::/0"); }
http::EgressPolicy this_machine() { return networks("127.0.0.0/8", "::1/128"); }

bool names_this_machine(const std::string& url)
{
    const auto parsed = http::EgressPolicy::parse_url(url);
    if (!parsed) return false;
    if (parsed->host == "localhost" || parsed->host.ends_with(".localhost")) return true;
    boost::system::error_code not_literal;
    const auto address = boost::asio::ip::make_address(parsed->host, not_literal);
    return !not_literal && address.is_loopback();
}

http::ClientOptions client_options(const std::string& ca_file, bool trusts_anyone)
{
    http::ClientOptions options;
    options.body_bytes_max = body_bytes_max;
    options.body_time_max = milliseconds{120'000};
    certs::ClientTls::Options tls;
    tls.ca_file = ca_file;
    tls.trusts_anyone = trusts_anyone;
    options.tls = std::make_shared<certs::ClientTls>(std::move(tls));
    return options;
}

}  // namespace katydid::cli
