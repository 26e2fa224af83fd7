#include "hub/api/access/origin.hpp"

#include "hub/api/access/sessions.hpp"

#include <algorithm>

namespace katydid::api {

std::optional<http::Response> refuse_origin(const http::Request& request,
                                            const std::vector<std::string>& allowed)
{
    const auto origin = request.header("origin");
    if (origin.empty() || request.header("upgrade").empty()) return std::nullopt;
    const auto scheme = is_secure(request) ? "https://" : "http://";
    const auto own = scheme + std::string{request.header("host")};
    const auto is_it = [origin](const std::string& each) { return equal_names(each, origin); };
    if (is_it(own) || std::ranges::any_of(allowed, is_it)) return std::nullopt;
    return http::Response::problem(403, "Pages of this origin may not connect here. The operator"
                                        " lists those that may in streams.allowed_origins.");
}

}  // namespace katydid::api
