#include "hub/receive/origin.hpp"

#include "hub/core/text/text.hpp"

#include <algorithm>
#include <optional>

namespace katydid::receive {
namespace {

using boost::asio::ip::address;

/// All fields of a name as one list, in order of arrival.
std::string joined(const Headers& headers, std::string_view name)
{
    std::string list;
    for (const auto& header : headers)
        if (equal_names(header.name, name)) list += (list.empty() ? "" : ",") + header.value;
    return list;
}

/// "192.0.2.1", "192.0.2.1:80", "[2001:db8::1]:80" or a bare IPv6 address.
std::optional<address> parse_node(std::string_view text)
{
    text = trimmed(text, " \t\"");
    if (text.starts_with('[')) text = text.substr(1, text.find(']') - 1);
    else if (std::ranges::count(text, ':') == 1) text = text.substr(0, text.find(':'));
    boost::system::error_code error;
    const auto parsed = boost::asio::ip::make_address(std::string{text}, error);
    if (error) return std::nullopt;
    return parsed;
}

/// The value of one parameter of an element of Forwarded; empty when it is not there.
std::string_view parameter(std::string_view element, std::string_view name)
{
    while (!element.empty()) {
        const auto end = std::min(element.find(';'), element.size());
        const auto pair = trimmed(element.substr(0, end));
        const auto equals = pair.find('=');
        if (equals != std::string_view::npos && equal_names(trimmed(pair.substr(0, equals)), name))
            return trimmed(pair.substr(equals + 1), " \t\"");
        element.remove_prefix(std::min(end + 1, element.size()));
    }
    return {};
}

/// The addresses that proxies noted, the farthest first.
std::vector<std::string> path_of(const Headers& headers)
{
    auto nodes = split_list(joined(headers, "X-Forwarded-For"));
    if (!nodes.empty()) return nodes;
    for (const auto& element : split_list(joined(headers, "Forwarded")))
        nodes.emplace_back(parameter(element, "for"));
    return nodes;
}

/// What the proxy next to the hub noted; empty when it noted nothing. The hub trusts that proxy.
/// What stands before its own value came from farther away, in the end from the client, and a proxy
/// that appends hands it on.
std::string noted(const Headers& headers, std::string_view header, std::string_view name)
{
    if (const auto list = split_list(joined(headers, header)); !list.empty()) return list.back();
    // A proxy that speaks the one hands the other on as the client sent it.
    const bool speaks_older = std::ranges::any_of(headers, [](const Header& each) {
        return equal_names(each.name, "X-Forwarded-For")
               || equal_names(each.name, "X-Forwarded-Proto")
               || equal_names(each.name, "X-Forwarded-Host");
    });
    const auto elements = split_list(joined(headers, "Forwarded"));
    if (speaks_older || elements.empty()) return {};
    return std::string{parameter(elements.back(), name)};
}

/// A host without the port that its protocol has anyway: senders write it or not, and sign the URL
/// without it.
std::string without_default_port(std::string_view protocol, std::string host)
{
    const std::string_view port = protocol == "https" ? ":443" : ":80";
    if (host.ends_with(port)) host.resize(host.size() - port.size());
    else if (host.ends_with(':')) host.pop_back();  // the usual port (RFC 3986, section 3.2.3)
    return host;
}

}  // namespace

bool Proxies::is_trusted(const address& candidate) const noexcept
{
    return std::ranges::any_of(
        trusted_, [&](const http::AllowedNetwork& network) { return network.contains(candidate); });
}

std::string Proxies::client_of(const http::Request& request) const
{
    auto client = request.peer.address;
    if (!is_trusted(client)) return client.to_string();
    const auto nodes = path_of(request.headers);
    for (auto node = nodes.rbegin(); node != nodes.rend(); ++node) {
        const auto parsed = parse_node(*node);
        if (!parsed) break;  // the proxy hid it
        client = *parsed;
        if (!is_trusted(client)) break;
    }
    return client.to_string();
}

std::string Proxies::url_of(const http::Request& request, std::string_view public_url) const
{
    if (!public_url.empty()) {
        std::string url{public_url};
        const auto host = url.find("://");
        const auto path = url.find('/', host == std::string::npos ? 0 : host + 3);
        if (path == std::string::npos) return url + request.target;
        if (path + 1 == url.size()) return url.substr(0, path) + request.target;
        if (!request.query.empty() && url.find('?') == std::string::npos)
            url += '?' + request.query;
        return url;
    }
    std::string protocol = request.peer.tls ? "https" : "http";
    std::string host{request.header("host")};
    if (is_trusted(request.peer.address)) {
        const auto noted_protocol = noted(request.headers, "X-Forwarded-Proto", "proto");
        if (equal_names(noted_protocol, "https")) protocol = "https";
        if (equal_names(noted_protocol, "http")) protocol = "http";
        if (auto noted_host = noted(request.headers, "X-Forwarded-Host", "host");
            !noted_host.empty())
            host = std::move(noted_host);
    }
    return protocol + "://" + without_default_port(protocol, std::move(host)) + request.target;
}

}  // namespace katydid::receive
