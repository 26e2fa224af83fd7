// /v1/sessions: who is signed in. An admin sees and ends all of the tenant, others their own.
// Operators' are seen and ended by operators only: they rank above the tenant they are listed in.
#include "hub/api/access/sessions.hpp"

#include "hub/api/protocol/audit_change.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/route.hpp"

namespace katydid::api {
namespace session_rows {
namespace {

namespace json = boost::json;

json::object to_json(const SessionRow& row, const Caller& caller)
{
    return {{"id", row.id},
            {"kind", row.kind},
            {"who", safe_text(row.who)},
            {"role", to_text(row.role)},
            {"current", row.id == caller.session},
            {"created_at", to_rfc3339(row.created_at)},
            {"last_used_at", to_rfc3339(row.used_at)},
            {"expires_at", to_rfc3339(row.expires_at)}};
}

/// Those that the caller may see. Who signed in with a key or as a person sees what has the same
/// owner as the session they call with.
awaitable<result<std::vector<SessionRow>>> visible(const Context& context, const Caller& caller)
{
    const auto sessions = sessions_of(context);
    auto rows = co_await sessions.list(caller.tenant);
    if (rows && !caller.is_operator) std::erase_if(*rows, &SessionRow::is_operator);
    if (!rows || has_scope(*caller.api_key, "admin")) co_return rows;
    auto owner = caller.key.to_string();
    for (const auto& row : *rows)
        if (row.id == caller.session) owner = row.owner;
    std::erase_if(*rows, [&](const SessionRow& row) { return row.owner != owner; });
    co_return rows;
}

awaitable<http::Response> list(const Context& context, const Caller& caller, http::Request& request)
{
    http::Response response;
    const auto limit = read_limit(request, response);
    if (!limit) co_return response;
    const auto cursor = read_name_cursor(request, response);
    if (!cursor) co_return response;
    const auto rows = co_await visible(context, caller);
    if (!rows) co_return error_response(rows.error());
    auto row = rows->begin();
    if (!cursor->empty()) {
        row = std::ranges::find(*rows, *cursor, &SessionRow::id);
        if (row != rows->end()) ++row;
    }
    json::array data;
    for (; row != rows->end() && data.size() < *limit; ++row) data.push_back(to_json(*row, caller));
    const auto next = row == rows->end() ? std::string{} : std::prev(row)->id;
    co_return page(std::move(data), next);
}

awaitable<http::Response> end(const Context& context, const Caller& caller, http::Request& request)
{
    std::string id{request.parameter("id")};
    const auto rows = co_await visible(context, caller);
    if (!rows) co_return error_response(rows.error());
    const auto row = std::ranges::find(*rows, id, &SessionRow::id);
    if (row == rows->end()) co_return http::Response::problem(404, "There is no such session.");
    const auto sessions = sessions_of(context);
    const auto ended = co_await sessions.end(caller.tenant, id);
    if (!ended && ended.error() == errc::not_found)
        co_return http::Response::problem(404, "There is no such session.");
    if (!ended) co_return error_response(ended.error());
    auto detail = describe_change(to_json(*row, caller), {});
    co_await audit_change(context, caller, "session.revoked", id, std::move(detail));
    http::Response response;
    response.status = 204;
    co_return response;
}

}  // namespace
}  // namespace session_rows

void add_session_routes(Routes& routes)
{
    if (routes.context().vault == nullptr) return;
    routes.add("GET", "/v1/sessions", any_key,
               {"listSessions",
                "Who is signed in to the console: an admin sees the tenant's, others their own; "
                "operators' are seen by operators only",
                {{200, "SessionPage", "a page, newest first"}},
                {limit_parameter(), cursor_parameter()}},
               session_rows::list);
    routes.add("DELETE", "/v1/sessions/{id}", any_key,
               {"endSession", "End a session, on every hub at once", {{204, "", "it has ended"}}},
               session_rows::end);
}

}  // namespace katydid::api
