// Which hosts a credential may go to.
#pragma once

#include "hub/http/egress/egress.hpp"

#include <string>
#include <string_view>

namespace katydid::http {

/// One host, or everything below a domain; on one port, or on any.
struct HostRule {
    std::string host;        ///< lower case, as Url::host
    std::uint16_t port = 0;  ///< 0: any
    bool is_domain = false;  ///< hosts below `host`, and not itself

    [[nodiscard]] bool covers(const Url& url) const;
};

/// "api.example.com", "api.example.com:8443", "*.example.com", "192.0.2.1" or "[2001:db8::1]".
/// Errors: invalid_argument.
result<HostRule> parse_host_rule(std::string_view text);

}  // namespace katydid::http
