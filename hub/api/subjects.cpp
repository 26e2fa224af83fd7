// /v1/subjects: what is stored about one person.
#include "hub/api/output.hpp"
#include "hub/api/route.hpp"

namespace katydid::api {
namespace {

namespace json = boost::json;

/// The audit entry names the number of events and not the person: it outlives the erasure.
awaitable<result<void>> note_erasure(const Context& context, const Caller& caller,
                                     const store::Erased& erased)
{
    const json::object detail{{"events", erased.events},
                              {"deliveries_cancelled", erased.deliveries_cancelled}};
    store::AuditEntry entry;
    entry.tenant = caller.tenant;
    entry.at = context.clock.now();
    entry.actor = caller.key.to_string();
    entry.action = "subject.erased";
    entry.detail = json::serialize(detail);
    auto noted = co_await context.store.audit(std::move(entry));
    co_return noted;
}

awaitable<http::Response> erase(const Context& context, const Caller& caller,
                                http::Request& request)
{
    std::string subject{request.parameter("subject")};
    if (subject.empty()) co_return http::Response::problem(404, "Name a subject in the path.");
    const auto erased = co_await context.store.erase_subject(caller.tenant, std::move(subject),
                                                             context.clock.now());
    if (!erased) co_return error_response(erased.error());
    const auto noted = co_await note_erasure(context, caller, *erased);
    if (!noted) co_return error_response(noted.error());
    const json::object body{{"events", erased->events},
                            {"deliveries_cancelled", erased->deliveries_cancelled}};
    co_return object_response(200, body);
}

}  // namespace

void add_subject_routes(http::Router& router, const Context& context)
{
    add_route(router, context, "POST", "/v1/subjects/{subject}/erase", "subjects:erase", erase);
}

}  // namespace katydid::api
