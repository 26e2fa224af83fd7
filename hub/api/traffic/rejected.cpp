// /v1/rejected: webhooks that were refused, why, and a second chance for them.
#include "hub/api/protocol/audit_change.hpp"
#include "hub/api/protocol/named.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/route.hpp"
#include "hub/receive/credentials.hpp"
#include "hub/receive/receiver.hpp"
#include "hub/core/codec/encoding.hpp"

namespace katydid::api {
namespace rejected {
namespace {

namespace json = boost::json;

constexpr std::string_view read_scope = "sources:read";
constexpr std::string_view write_scope = "sources:write";

json::object to_json(const store::Rejected& row)
{
    return {{"id", row.id.to_string()},    {"source", row.source.to_string()},
            {"at", to_rfc3339(row.at)},    {"reason", row.reason},
            {"diagnosis", row.diagnosis},  {"client", safe_text(row.remote)},
            {"method", row.method},        {"path", safe_text(row.target)},
            {"body_bytes", row.body_bytes}};
}

awaitable<http::Response> list(const Context& context, const Caller& caller, http::Request& request)
{
    http::Response response;
    store::RejectedQuery query;
    query.tenant = caller.tenant;
    const auto limit = read_limit(request, response);
    if (!limit || !read_source(context, caller, request, query.source, response)
        || !read_id(request, "cursor", query.cursor, response))
        co_return response;
    query.limit = *limit;
    const auto rows = co_await context.store.rejected(query);
    if (!rows) co_return error_response(rows.error());
    json::array data;
    for (const auto& row : *rows) data.push_back(to_json(row));
    co_return page(std::move(data), rows->size() == *limit ? rows->back().id.to_string() : "");
}

awaitable<result<store::Rejected>> find(const Context& context, const Caller& caller,
                                        const http::Request& request)
{
    const auto id = RejectedId::parse(request.parameter("id"));
    if (!id) co_return Error{errc::not_found, "There is no such rejected webhook."};
    auto row = co_await context.store.rejected(caller.tenant, *id);
    if (!row && row.error() == errc::not_found)
        co_return Error{errc::not_found, "There is no such rejected webhook."};
    if (row) row->tenant = caller.tenant;
    co_return row;
}

awaitable<http::Response> show(const Context& context, const Caller& caller, http::Request& request)
{
    const auto row = co_await find(context, caller, request);
    if (!row) co_return error_response(row.error());
    auto object = to_json(*row);
    auto kept = receive::open(*row, *context.vault);
    if (!kept) {
        object["unreadable"] = kept.error().message;
        co_return object_response(200, object);
    }
    const auto source = context.tables.source(caller.tenant, row->source);
    receive::hide_credentials(source.get(), kept->headers, kept->body);
    json::array headers;
    for (const auto& header : kept->headers)
        headers.push_back(
            json::object{{"name", safe_text(header.name)}, {"value", safe_text(header.value)}});
    object["headers"] = std::move(headers);
    object["body_base64"] = encode(Encoding::base64, kept->body);
    co_return object_response(200, object);
}

awaitable<http::Response> remove(const Context& context, const Caller& caller,
                                 http::Request& request)
{
    const auto row = co_await find(context, caller, request);
    if (!row) co_return error_response(row.error());
    const auto removed = co_await context.store.delete_rejected(caller.tenant, row->id);
    if (!removed) co_return error_response(removed.error());
    Deletion deletion{"rejected.deleted",
                      row->id.to_string(),
                      {{"source", row->source.to_string()}, {"reason", row->reason}}};
    auto answer = answer_deletion(context, caller, std::move(deletion));
    co_return co_await std::move(answer);
}

awaitable<http::Response> replay(const Context& context, const Caller& caller,
                                 http::Request& request)
{
    const auto row = co_await find(context, caller, request);
    if (!row) co_return error_response(row.error());
    auto kept = receive::open(*row, *context.vault);
    if (!kept) co_return http::Response::problem(409, kept.error().message);
    auto replayed = co_await context.receiver->replay(*row, std::move(*kept));
    if (!replayed) co_return error_response(replayed.error());
    if (const auto* refusal = std::get_if<signing::Refusal>(&*replayed))
        co_return http::Response::problem(
            409, "It is still refused: " + refusal->diagnosis + ". What can be done: "
                     + std::string{signing::remedy_of(refusal->reason)} + ".");
    const auto& appended = std::get<store::Appended>(*replayed);
    const auto removed = co_await context.store.delete_rejected(caller.tenant, row->id);
    if (!removed && removed.error() != errc::not_found) co_return error_response(removed.error());
    co_await audit_change(context, caller, "rejected.replayed", row->id.to_string());
    co_return object_response(200, json::object{{"id", appended.event.to_string()},
                                                {"duplicate", appended.duplicate},
                                                {"deliveries", appended.deliveries}});
}

}  // namespace
}  // namespace rejected

void add_rejected_routes(Routes& routes)
{
    using namespace rejected;
    const auto& context = routes.context();
    const std::string one = "/v1/rejected/{id}";
    routes.add("GET", "/v1/rejected", read_scope,
               {"listRejected",
                "Webhooks that were refused, and why",
                {{200, "RejectedPage", "a page, newest first"}},
                {named_parameter("source"), limit_parameter(), cursor_parameter()}},
               list);
    if (context.vault == nullptr || context.receiver == nullptr) return;
    routes.add("GET", one, read_scope,
               {"getRejected",
                "One of them with its headers and its body",
                {{200, "Rejected", "the rejected webhook; credentials are hidden"}}},
               show);
    routes.add("DELETE", one, write_scope, {"deleteRejected", "Throw it away", {{204, "", "gone"}}},
               remove);
    routes.add(
        "POST", one + "/replay", write_scope,
        {"replayRejected",
         "Judge it once more, e.g. with the right secret",
         {{200, "Accepted", "it was let in"}, {409, "", "it is still refused, or cannot be read"}}},
        replay);
}

}  // namespace katydid::api
