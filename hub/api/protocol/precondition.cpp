#include "hub/api/protocol/precondition.hpp"

#include "hub/api/protocol/output.hpp"
#include "hub/core/text/text.hpp"

#include <algorithm>

namespace katydid::api {
namespace {

http::Response precondition_failed()
{
    return http::Response::problem(
        412, "It was changed since you read it: read it again, then repeat the change with its new "
             "ETag in If-Match.");
}

bool has_if_match(const http::Request& request)
{
    return std::ranges::any_of(
        request.headers, [](const Header& header) { return equal_names(header.name, "if-match"); });
}

}  // namespace

std::string etag_of(std::uint64_t version) { return '"' + std::to_string(version) + '"'; }

http::Response with_etag(http::Response response, std::uint64_t version)
{
    response.with("ETag", etag_of(version));
    return response;
}

std::optional<http::Response> check_if_match(const http::Request& request, std::uint64_t version)
{
    if (!has_if_match(request)) return std::nullopt;
    const auto tags = split_list(request.header("if-match"));
    const auto own = etag_of(version);
    const bool fits = std::ranges::any_of(
        tags, [&](const std::string& tag) { return tag == "*" || tag == own; });
    if (fits) return std::nullopt;
    return precondition_failed();
}

std::optional<std::uint64_t> asked_version(const http::Request& request, std::uint64_t version)
{
    return has_if_match(request) ? std::optional{version} : std::nullopt;
}

http::Response change_refused(const http::Request& request, const Error& error, std::uint64_t base,
                              std::uint64_t now)
{
    if (error == errc::conflict && has_if_match(request) && base != now)
        return precondition_failed();
    return error_response(error);
}

}  // namespace katydid::api
