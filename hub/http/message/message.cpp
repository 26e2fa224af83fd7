#include "hub/http/message/message.hpp"

#include "hub/core/codec/percent.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace katydid::http {
namespace {

Response with_body(unsigned status, MediaType content_type, std::string body)
{
    return {status, std::move(content_type), {}, std::move(body)};
}

}  // namespace

std::string_view Request::parameter(std::string_view name) const noexcept
{
    for (const auto& [key, value] : parameters)
        if (key == name) return value;
    return {};
}

std::optional<std::string> Request::query_parameter(std::string_view name) const
{
    std::string_view rest = query;
    while (!rest.empty()) {
        const auto end = rest.find('&');
        const auto pair = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);

        const auto equals = pair.find('=');
        if (percent_decode(pair.substr(0, equals), PlusSign::space) != name) continue;
        if (equals == std::string_view::npos) return std::string{};
        return percent_decode(pair.substr(equals + 1), PlusSign::space);
    }
    return std::nullopt;
}

Response Response::json(unsigned status, std::string body)
{
    return with_body(status, "application/json", std::move(body));
}

Response Response::text(unsigned status, std::string body)
{
    return with_body(status, "text/plain; charset=utf-8", std::move(body));
}

Response Response::problem(unsigned status, std::string_view detail)
{
    const boost::json::object body{{"type", "about:blank"},
                                   {"title", std::string_view{reason_phrase(status)}},
                                   {"status", status},
                                   {"detail", detail}};
    return with_body(status, "application/problem+json", boost::json::serialize(body));
}

Response Response::plain_error(unsigned status, std::string_view text)
{
    const boost::json::object body{{"error", text}};
    return with_body(status, "application/json", boost::json::serialize(body));
}

Response& Response::with(std::string name, std::string value)
{
    headers.push_back({std::move(name), std::move(value)});
    return *this;
}

std::string_view reason_phrase(unsigned status) noexcept
{
    switch (status) {
    case 100: return "Continue";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 402: return "Payment Required";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 425: return "Too Early";
    case 426: return "Upgrade Required";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 451: return "Unavailable For Legal Reasons";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    case 507: return "Insufficient Storage";
    default: return "Unknown";
    }
}

}  // namespace katydid::http
