#include "hub/http/egress/host_rule.hpp"

namespace katydid::http {
namespace {

/// Without the dot of the root: "example.com." is the same name.
std::string_view name_of(std::string_view host) noexcept
{
    if (host.ends_with('.')) host.remove_suffix(1);
    return host;
}

}  // namespace

bool HostRule::covers(const Url& url) const
{
    if (port != 0 && port != url.port) return false;
    const auto name = name_of(url.host);
    if (!is_domain) return name == host;
    return name.size() > host.size() + 1 && name.ends_with(host)
           && name[name.size() - host.size() - 1] == '.';
}

result<HostRule> parse_host_rule(std::string_view text)
{
    constexpr std::string_view below = "*.";
    HostRule rule;
    rule.is_domain = text.starts_with(below);
    const auto rest = rule.is_domain ? text.substr(below.size()) : text;
    // What stands for a host in a URL stands for one here, and nothing else does.
    const bool is_authority = rest.find_first_of("/?") == std::string_view::npos;
    const auto url = EgressPolicy::parse_url("https://" + std::string{rest});
    if (!is_authority || !url)
        return Error{errc::invalid_argument, "\"" + std::string{text}
                                                 + "\" is no host: write \"api.example.com\", "
                                                   "\"api.example.com:8443\" or \"*.example.com\""};
    rule.host = name_of(url->host);
    const auto colon = rest.rfind(':');
    const auto bracket = rest.rfind(']');
    const bool has_port = colon != std::string_view::npos
                          && (bracket == std::string_view::npos || colon > bracket);
    if (has_port) rule.port = url->port;
    return rule;
}

}  // namespace katydid::http
