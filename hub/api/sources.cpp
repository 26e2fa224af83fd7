// /v1/sources: who may post webhooks, and how they sign.
#include "hub/api/key_json.hpp"
#include "hub/api/note_change.hpp"
#include "hub/api/output.hpp"
#include "hub/api/route.hpp"
#include "hub/api/table_page.hpp"
#include "hub/api/source_input.hpp"

namespace katydid::api {
namespace {

namespace json = boost::json;

constexpr std::string_view read_scope = "sources:read";
constexpr std::string_view write_scope = "sources:write";

json::object to_json(const registry::SourceEntry& entry, Timestamp now)
{
    const auto& source = entry.source;
    json::array schemes;
    for (const auto& name : source.schemes) schemes.emplace_back(name);
    const std::string tenant = source.tenant == default_tenant() ? ""
                                                                 : source.tenant.to_string() + "/";
    json::object object{{"id", source.id.to_string()},
                        {"name", source.name},
                        {"schemes", std::move(schemes)},
                        {"path", "/api/webhooks/" + tenant + source.name},
                        {"public_url", nullptr},
                        {"keys", keys_json(*entry.keys, now)},
                        {"read_only", source.read_only},
                        {"created_at", to_rfc3339(source.created_at)},
                        {"updated_at", to_rfc3339(source.updated_at)}};
    if (!entry.public_url.empty()) object["public_url"] = entry.public_url;
    return object;
}

registry::SourceEntryPtr find(const Context& context, const Caller& caller,
                              const http::Request& request, http::Response& response)
{
    const auto id = SourceId::parse(request.parameter("id"));
    auto entry = id ? context.tables.source(caller.tenant, *id) : nullptr;
    if (!entry) response = http::Response::problem(404, "There is no such source.");
    return entry;
}

awaitable<http::Response> create(const Context& context, const Caller& caller,
                                 http::Request& request)
{
    http::Response response;
    const auto body = read_object(request, response);
    if (!body) co_return response;
    store::Source base;
    base.tenant = caller.tenant;
    base.settings = "{}";
    std::vector<Fault> faults;
    const SourceRules rules{caller.tenant, context.tables.schemes(), nullptr, context.clock.now()};
    auto input = read_source(*body, base, rules, faults);
    if (!input) co_return faults_response(faults);
    auto put = co_await context.registry.put_source(std::move(input->source),
                                                    std::move(input->secret));
    if (!put) co_return error_response(put.error());
    const auto id = (*put)->source.id.to_string();
    co_await note_change(context, caller, "source.created", id);
    auto object = to_json(**put, context.clock.now());
    if (!input->generated.empty()) object["secret"] = input->generated;  // shown this once
    auto created = object_response(201, object);
    created.with("Location", "/v1/sources/" + id);
    co_return created;
}

awaitable<http::Response> list(const Context& context, const Caller& caller, http::Request& request)
{
    auto entries = context.tables.sources(caller.tenant);
    std::sort(entries.begin(), entries.end(),
              [](const auto& a, const auto& b) { return a->source.id > b->source.id; });
    const auto now = context.clock.now();
    co_return table_page(
        request, entries, [](const registry::SourceEntryPtr& entry) { return entry->source.id; },
        [now](const registry::SourceEntryPtr& entry) { return to_json(*entry, now); });
}

awaitable<http::Response> show(const Context& context, const Caller& caller, http::Request& request)
{
    http::Response response;
    const auto entry = find(context, caller, request, response);
    if (!entry) co_return response;
    co_return object_response(200, to_json(*entry, context.clock.now()));
}

awaitable<http::Response> change(const Context& context, const Caller& caller,
                                 http::Request& request)
{
    http::Response response;
    const auto entry = find(context, caller, request, response);
    if (!entry) co_return response;
    const auto body = read_object(request, response);
    if (!body) co_return response;
    std::vector<Fault> faults;
    const SourceRules rules{caller.tenant, context.tables.schemes(), entry->keys.get(),
                            context.clock.now()};
    auto input = read_source(*body, entry->source, rules, faults);
    if (!input) co_return faults_response(faults);
    auto put = co_await context.registry.put_source(std::move(input->source), std::nullopt);
    if (!put) co_return error_response(put.error());
    co_await note_change(context, caller, "source.changed", entry->source.id.to_string());
    co_return object_response(200, to_json(**put, context.clock.now()));
}

awaitable<http::Response> remove(const Context& context, const Caller& caller,
                                 http::Request& request)
{
    http::Response response;
    const auto entry = find(context, caller, request, response);
    if (!entry) co_return response;
    const auto removed = co_await context.registry.remove_source(caller.tenant, entry->source.id);
    if (!removed) co_return error_response(removed.error());
    co_await note_change(context, caller, "source.deleted", entry->source.id.to_string());
    response.status = 204;
    co_return response;
}

}  // namespace

void add_source_routes(http::Router& router, const Context& context)
{
    const std::string one = "/v1/sources/{id}";
    add_route(router, context, "POST", "/v1/sources", write_scope, create);
    add_route(router, context, "GET", "/v1/sources", read_scope, list);
    add_route(router, context, "GET", one, read_scope, show);
    add_route(router, context, "PATCH", one, write_scope, change);
    add_route(router, context, "DELETE", one, write_scope, remove);
}

}  // namespace katydid::api
