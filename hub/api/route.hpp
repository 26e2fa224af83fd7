// What every route of the API does first: find out who calls.
#pragma once

#include "hub/api/access.hpp"
#include "hub/api/api.hpp"

#include <functional>
#include <optional>
#include <string>

namespace katydid::api {

using Handle
    = std::function<awaitable<http::Response>(const Context&, const Caller&, http::Request&)>;

/// A route that answers only callers whose key has the scope. The key is checked on the head, so
/// that a stranger's body is never read.
void add_route(http::Router& router, const Context& context, std::string method,
               std::string pattern, std::string_view scope, Handle handle);

/// `limit` of a list, 1 to 250, 50 by default. nullopt: `response` says what is wrong.
[[nodiscard]] std::optional<std::uint32_t> read_limit(const http::Request& request,
                                                      http::Response& response);

/// A time in a query parameter. nullopt with `response` set when it is there and wrong.
[[nodiscard]] bool read_time(const http::Request& request, std::string_view name,
                             std::optional<Timestamp>& time, http::Response& response);

/// An id in a query parameter, likewise.
template <class IdType>
[[nodiscard]] bool read_id(const http::Request& request, std::string_view name,
                           std::optional<IdType>& id, http::Response& response)
{
    const auto text = request.query_parameter(name);
    if (!text) return true;
    id = IdType::parse(*text);
    if (!id)
        response = http::Response::problem(422, "`" + std::string{name} + "` is not a valid id.");
    return id.has_value();
}

}  // namespace katydid::api
