// Where requests may go: the strict URL check and the deny list of networks.
#pragma once

#include "hub/core/error.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace katydid::http {

/// A URL that passed the strict check.
struct Url {
    bool tls = true;
    std::string host;  ///< lower case; an IPv6 address without brackets
    std::uint16_t port = 443;
    std::string target;                           ///< path and query, "/" when the URL has none
    [[nodiscard]] std::string authority() const;  ///< for Host: without the default port
};

/// A network an operator opened by name.
struct AllowedNetwork {
    boost::asio::ip::address address;
    unsigned prefix_bits = 0;
    [[nodiscard]] bool contains(const boost::asio::ip::address& address) const noexcept;
};

/// "127.0.0.0/8" or "::1/128" or a single address.
result<AllowedNetwork> parse_network(std::string_view text);

/// The rules of `KATYDID_EGRESS_ALLOW` and the deny list of RFC 6890's special networks.
struct EgressPolicy {
    std::vector<AllowedNetwork> allowed;  ///< there also over http and to any port

    /// Parses strictly: http or https, ASCII host, no userinfo, fragment, backslash, white space
    /// or '%' in the host, numeric hosts only as canonical addresses, port 1 to 65535.
    /// Says nothing about where the name leads. Errors: invalid_argument.
    static result<Url> parse_url(std::string_view text);

    /// Whether a request to this address may leave. Errors: refused, with a coarse sentence.
    [[nodiscard]] result<void> check(const Url& url, const boost::asio::ip::address& address) const;

    /// What can be said before DNS is asked: scheme, port and literal addresses.
    [[nodiscard]] result<Url> check_url(std::string_view text) const;
};

}  // namespace katydid::http
