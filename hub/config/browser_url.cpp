#include "hub/config/browser_url.hpp"

#include "hub/http/egress/egress.hpp"

namespace katydid::config {

std::string browser_url_fault(std::string_view url)
{
    const auto parsed = http::EgressPolicy::parse_url(url);
    if (!parsed) return parsed.error().message;
    if (parsed->target.find('?') != std::string::npos) return "leave the query out";
    // The policy of a page names it: what separates there cannot be in it.
    if (url.find_first_of(";, '\"<>") != std::string_view::npos)
        return "has characters that a policy cannot name: \"; , ' < >\"";
    const auto& host = parsed->host;
    const bool is_own = host == "localhost" || host == "127.0.0.1" || host == "::1";
    if (!parsed->tls && !is_own) return "must be https; http is for this machine only";
    return {};
}

}  // namespace katydid::config
