#include "hub/api/protocol/route.hpp"

#include "hub/api/openapi/docs_page.hpp"
#include "hub/api/protocol/idempotency.hpp"
#include "hub/input/body.hpp"
#include "hub/api/openapi/operation_json.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/request_check.hpp"
#include "hub/api/access/origin.hpp"
#include "hub/api/access/reach.hpp"
#include "hub/api/access/sessions.hpp"
#include "hub/api/access/tickets.hpp"
#include "hub/observe/log.hpp"

#include <boost/asio/co_spawn.hpp>

#include <charconv>

namespace katydid::api {
namespace {

/// Written while the answer goes out: nothing waits for it, and losing one does not matter.
void write_use(const Context& context, const asio::any_io_executor& executor, const Caller& caller)
{
    auto& store = context.store;
    auto put = store.put_record(to_record(caller.tenant, caller.key, context.clock.now()));
    asio::co_spawn(executor, std::move(put), [](std::exception_ptr failure, result<void> written) {
        if (failure) log::debug("key_use.not_written", describe(failure));
        else if (!written) log::debug("key_use.not_written", written.error().message);
    });
}

/// One route: what the router calls.
struct BoundRoute {
    Context context;
    std::shared_ptr<LoginThrottle> throttle;
    std::string name;  ///< "POST /v1/events"
    std::string scope;
    Operation operation;
    Handle handle;

    [[nodiscard]] std::optional<std::string> ticket_of(const http::Request& request) const
    {
        if (!operation.takes_ticket || context.vault == nullptr) return std::nullopt;
        return request.query_parameter("ticket");
    }

    /// The cookie's token, where it counts: a key in the header comes first.
    [[nodiscard]] std::string session_of(const http::Request& request) const
    {
        const bool counts = context.takes_sessions && request.header("authorization").empty();
        return counts ? session_cookie_of(request) : std::string{};
    }

    [[nodiscard]] std::variant<Caller, http::Response> judge(const http::Request& head) const
    {
        const auto ticket = ticket_of(head);
        const auto token = session_of(head);
        if (ticket || !token.empty())
            if (auto refusal = refuse_origin(head, context.allowed_origins))
                return std::move(*refusal);
        if (ticket) return tickets_of(context).admit(head, *ticket, scope);
        if (!token.empty()) return sessions_of(context).admit(head, token, scope);
        return authorise(head, context.tables, context.clock.now(), scope);
    }

    [[nodiscard]] std::optional<http::Response> refuse(const http::Request& head) const
    {
        auto access = judge(head);
        auto* refusal = std::get_if<http::Response>(&access);
        if (refusal == nullptr) return std::nullopt;
        return throttle->slow_down(std::move(*refusal), head, context.clock);
    }

    awaitable<http::Response> carry_out(const Caller& caller, http::Request& request) const
    {
        const auto is_key = [](const Header& header) {
            return equal_names(header.name, "idempotency-key");
        };
        const auto key = std::ranges::find_if(request.headers, is_key);
        if (request.method != "POST" || !operation.is_repeatable || key == request.headers.end())
            return handle(context, caller, request);
        return answer_once(context, caller, request, key->value, handle);
    }

    awaitable<http::Response> answer(http::Request& request) const
    {
        auto access = judge(request);
        if (auto* refusal = std::get_if<http::Response>(&access)) co_return std::move(*refusal);
        const auto& caller = std::get<Caller>(access);
        if (throttle->uses.note(caller.key, context.clock.now()) && !caller.key.is_nil()) {
            const auto executor = co_await asio::this_coro::executor;
            write_use(context, executor, caller);
        }
        if (auto token = session_of(request); !token.empty() && !ticket_of(request)) {
            const auto sessions = sessions_of(context);
            auto refusal = co_await sessions.check(std::move(token));
            if (refusal) co_return std::move(*refusal);
        }
        if (auto refusal = check_request(request, operation)) co_return std::move(*refusal);
        if (!caller.subscriptions.empty()) {
            auto beyond = co_await check_reach(context, caller, request, name);
            if (beyond) co_return std::move(*beyond);
        }
        if (auto ticket = ticket_of(request)) {
            const auto tickets = tickets_of(context);
            auto refusal = co_await tickets.spend(std::move(*ticket));
            if (refusal) co_return std::move(*refusal);
        }
        auto response = co_await carry_out(caller, request);
        if (!describes(operation, response.status))
            log::warn("api.undescribed", "a route answered with a status it does not describe",
                      {{"route", name}, {"status", response.status}});
        // Most answers quote what tenants and senders wrote.
        if (find_header(response.headers, "X-Content-Type-Options") == nullptr)
            response.with("X-Content-Type-Options", "nosniff");
        co_return response;
    }
};

}  // namespace

Routes::Routes(http::Router& router, const Context& context)
    : router_{router},
      context_{context},
      throttle_{context.throttle ? context.throttle : std::make_shared<LoginThrottle>()}
{}

void Routes::add(std::string method, std::string pattern, std::string_view scope,
                 Operation operation, Handle handle)
{
    if (method != "POST") operation.is_repeatable = false;
    document_->add_operation(method, pattern, scope, operation);
    auto name = method + " " + pattern;
    auto bound = std::make_shared<const BoundRoute>(
        BoundRoute{context_, throttle_, std::move(name), std::string{scope}, std::move(operation),
                   std::move(handle)});
    http::Route route;
    route.method = std::move(method);
    route.pattern = std::move(pattern);
    route.admit = [bound](const http::Request& head) { return bound->refuse(head); };
    route.handle = [bound](http::Request& request) { return bound->answer(request); };
    router_.add(std::move(route));
}

void Routes::add(std::string method, std::string pattern, std::string_view scope,
                 Operation operation, BodyHandle handle, BodyCheck check)
{
    Handle checked =
        [schema = operation.bodies.front().schema, is_optional = operation.body_is_optional,
         handle = std::move(handle),
         check = std::move(check)](const Context& context, const Caller& caller,
                                   http::Request& request) -> awaitable<http::Response> {
        http::Response response;
        const bool is_absent = request.body.empty() && is_optional;
        const input::FindFaults find_more = [&](const boost::json::object& rest,
                                                std::vector<Fault>& faults) {
            if (check) check(context, caller, request, rest, faults);
        };
        const auto body = input::read_body(is_absent ? "{}" : std::string_view{request.body},
                                           schema, response, find_more);
        if (!body) co_return response;
        auto answered = handle(context, caller, request, body->get_object());
        co_return co_await std::move(answered);
    };
    add(std::move(method), std::move(pattern), scope, std::move(operation), std::move(checked));
}

void Routes::add_public(std::string method, std::string pattern, Operation operation, Handle handle)
{
    operation.is_public = true;
    operation.is_repeatable = false;
    document_->add_operation(method, pattern, "", operation);
    http::Route route;
    route.method = std::move(method);
    route.pattern = std::move(pattern);
    route.handle = [context = context_, handle = std::move(handle)](http::Request& request) {
        static const Caller anonymous;
        return handle(context, anonymous, request);
    };
    router_.add(std::move(route));
}

namespace {

/// For a person who opens the hub's address in a browser.
awaitable<http::Response> enter(const Context&, const Caller&, http::Request&)
{
    const boost::json::object entry{{"name", "Katydid"},
                                    {"version", KATYDID_VERSION},
                                    {"docs", "/docs"},
                                    {"openapi", "/openapi.json"},
                                    {"api", "/v1"}};
    co_return object_response(200, entry);
}

http::Response docs_response(const DocsFile& file, const http::Request& request)
{
    const bool is_known = !file.tag.empty() && request.header("if-none-match") == file.tag;
    auto response = http::Response::text(is_known ? 304 : 200,
                                         is_known ? "" : std::string{file.bytes});
    response.content_type = std::string{file.content_type};
    response.with("Cache-Control", "no-cache");
    response.with("Content-Security-Policy", std::string{docs_policy()});
    response.with("X-Content-Type-Options", "nosniff");
    if (file.tag.empty()) return response;
    response.with("ETag", std::string{file.tag});
    response.with("Content-Encoding", "gzip");
    return response;
}

}  // namespace

void Routes::finish()
{
    add_public("GET", "/", {"getEntry", "What is here", {{200, "Entry", "where to look"}}}, enter);
    add_public("GET", "/openapi.json",
               {"getDocument", "This document", {{200, "OpenApi", "OpenAPI 3.1"}}},
               [document = document_](const Context&, const Caller&,
                                      http::Request&) -> awaitable<http::Response> {
                   auto response = http::Response::json(200, document->text());
                   response.with("Cache-Control", "no-cache");
                   co_return response;
               });
    for (const auto& file : docs_files()) {
        http::Route route;
        route.method = "GET";
        route.pattern = file.path;
        route.handle = [file](http::Request& request) -> awaitable<http::Response> {
            co_return docs_response(file, request);
        };
        router_.add(std::move(route));
    }
    Operation page{"getDocs",
                   "A page that shows this document",
                   {{200, "bytes", "HTML that loads nothing from elsewhere"}}};
    page.is_public = true;
    page.is_repeatable = false;
    document_->add_operation("GET", "/docs", "", page);
    document_->close();
}

http::Response parameter_fault(std::string_view name, std::string detail)
{
    return input::faults_response({{"?" + std::string{name}, std::move(detail)}});
}

std::optional<std::uint32_t> read_limit(const http::Request& request, http::Response& response)
{
    const auto text = request.query_parameter("limit");
    if (!text) return 50;
    std::uint32_t limit = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), limit);
    if (error != std::errc{} || end != text->data() + text->size() || limit < 1 || limit > 250) {
        response = parameter_fault("limit", "must be a whole number from 1 to 250");
        return std::nullopt;
    }
    return limit;
}

std::optional<std::string> read_name_cursor(const http::Request& request, http::Response& response)
{
    auto cursor = request.query_parameter("cursor");
    if (!cursor) return std::string{};
    if (!cursor->empty()) return cursor;
    response = parameter_fault("cursor", "is not a cursor of this list");
    return std::nullopt;
}

std::optional<bool> read_order(const http::Request& request, http::Response& response)
{
    const auto text = request.query_parameter("order").value_or("desc");
    if (text == "asc" || text == "desc") return text == "asc";
    response = parameter_fault("order", "must be \"asc\" or \"desc\"");
    return std::nullopt;
}

bool read_time(const http::Request& request, std::string_view name, std::optional<Timestamp>& time,
               http::Response& response)
{
    const auto text = request.query_parameter(name);
    if (!text) return true;
    time = parse_rfc3339(*text);
    if (!time) response = parameter_fault(name, "must be a time such as 2026-06-15T18:00:00Z");
    return time.has_value();
}

}  // namespace katydid::api
