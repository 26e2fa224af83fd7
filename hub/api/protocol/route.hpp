// What every route of the API does first: find out who calls, and read the request strictly.
#pragma once

#include "hub/api/access/access.hpp"
#include "hub/api/api.hpp"
#include "hub/api/openapi/document.hpp"
#include "hub/api/protocol/idempotency.hpp"
#include "hub/input/body.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace katydid::api {

/// Answers a call whose body fits the schema that the route names.
using BodyHandle = std::function<awaitable<http::Response>(
    const Context&, const Caller&, http::Request&, const boost::json::object& body)>;

/// Finds what no schema can say (FindFaults), where the schema found something: so all faults come
/// in one answer. It changes nothing.
using BodyCheck = std::function<void(const Context&, const Caller&, const http::Request&,
                                     const boost::json::object& body, std::vector<Fault>& faults)>;

/// Adds routes to a loop's router together with what /openapi.json says of them.
///
/// A described route answers only callers whose key has the scope; it refuses query parameters,
/// bodies and media types that it does not describe. The key is checked on the head, so that a
/// stranger's body is never read.
/// Thread safety: none; one per event loop, used at start.
class Routes {
public:
    Routes(http::Router& router, const Context& context);

    Document& document() { return *document_; }
    [[nodiscard]] const Context& context() const { return context_; }

    void add(std::string method, std::string pattern, std::string_view scope, Operation operation,
             Handle handle);
    /// With a JSON body that is held against the schema of operation.bodies before it is answered.
    void add(std::string method, std::string pattern, std::string_view scope, Operation operation,
             BodyHandle handle, BodyCheck check = {});
    /// Without a key.
    void add_public(std::string method, std::string pattern, Operation operation, Handle handle);
    /// Adds /openapi.json and /docs. Call last.
    void finish();

private:
    http::Router& router_;
    Context context_;
    std::shared_ptr<LoginThrottle> throttle_;
    std::shared_ptr<Document> document_ = std::make_shared<Document>();
};

/// A wrong query parameter: 422 with the pointer "?name".
[[nodiscard]] http::Response parameter_fault(std::string_view name, std::string detail);

/// `limit` of a list, 1 to 250, 50 by default. nullopt: `response` says what is wrong.
[[nodiscard]] std::optional<std::uint32_t> read_limit(const http::Request& request,
                                                      http::Response& response);

/// `cursor` of a list by name; "" for the first page. nullopt: `response` says what is wrong.
[[nodiscard]] std::optional<std::string> read_name_cursor(const http::Request& request,
                                                          http::Response& response);

/// `order`: whether it is "asc". nullopt: `response` says what is wrong.
[[nodiscard]] std::optional<bool> read_order(const http::Request& request,
                                             http::Response& response);

/// A time in a query parameter. False with `response` set when it is there and wrong.
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
    if (!id) response = parameter_fault(name, "is not a valid id");
    return id.has_value();
}

}  // namespace katydid::api
