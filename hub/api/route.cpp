#include "hub/api/route.hpp"

#include <charconv>

namespace katydid::api {

void add_route(http::Router& router, const Context& context, std::string method,
               std::string pattern, std::string_view needed, Handle handle)
{
    const std::string scope{needed};
    http::Route route;
    route.method = std::move(method);
    route.pattern = std::move(pattern);
    route.admit = [context, scope](const http::Request& head) -> std::optional<http::Response> {
        auto access = authorise(head, context.tables, context.clock.now(), scope);
        if (auto* refusal = std::get_if<http::Response>(&access)) return std::move(*refusal);
        return std::nullopt;
    };
    route.handle = [context, scope, handle = std::move(handle)](
                       http::Request& request) -> awaitable<http::Response> {
        auto access = authorise(request, context.tables, context.clock.now(), scope);
        if (auto* refusal = std::get_if<http::Response>(&access)) co_return std::move(*refusal);
        auto response = co_await handle(context, std::get<Caller>(access), request);
        co_return response;
    };
    router.add(std::move(route));
}

std::optional<std::uint32_t> read_limit(const http::Request& request, http::Response& response)
{
    const auto text = request.query_parameter("limit");
    if (!text) return 50;
    std::uint32_t limit = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), limit);
    if (error != std::errc{} || end != text->data() + text->size() || limit < 1 || limit > 250) {
        response = http::Response::problem(422, "`limit` must be a whole number from 1 to 250.");
        return std::nullopt;
    }
    return limit;
}

bool read_time(const http::Request& request, std::string_view name, std::optional<Timestamp>& time,
               http::Response& response)
{
    const auto text = request.query_parameter(name);
    if (!text) return true;
    time = parse_rfc3339(*text);
    if (!time)
        response = http::Response::problem(
            422, "`" + std::string{name} + "` must be a time such as 2026-06-15T18:00:00Z.");
    return time.has_value();
}

}  // namespace katydid::api
