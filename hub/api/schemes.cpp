// /v1/schemes: how providers sign: the catalog, and a tenant's own.
#include "hub/api/input.hpp"
#include "hub/api/note_change.hpp"
#include "hub/api/output.hpp"
#include "hub/api/route.hpp"
#include "signing/scheme_traits.hpp"

#include <algorithm>

namespace katydid::api {
namespace {

namespace json = boost::json;

constexpr std::string_view read_scope = "sources:read";
constexpr std::string_view write_scope = "sources:write";
constexpr std::size_t toml_bytes_max = 64 * 1024;

json::object to_json(const signing::Scheme& scheme, std::string_view origin)
{
    return {{"name", signing::scheme_name(scheme)},
            {"title", signing::scheme_title(scheme)},
            {"origin", origin},
            {"signs", signing::why_it_cannot_sign(scheme).empty()}};
}

json::object to_json(const registry::OwnScheme& own)
{
    auto object = to_json(*own.scheme, own.read_only ? "settings" : "own");
    object["updated_at"] = to_rfc3339(own.updated_at);
    return object;
}

awaitable<http::Response> list(const Context& context, const Caller& caller, http::Request& request)
{
    http::Response response;
    const auto limit = read_limit(request, response);
    if (!limit) co_return response;
    const auto cursor = request.query_parameter("cursor").value_or("");
    std::vector<std::pair<std::string, json::object>> all;
    for (const auto& name : signing::scheme_names())
        if (name > cursor) all.emplace_back(name, to_json(*signing::find_scheme(name), "catalog"));
    for (const auto& own : context.tables.schemes().own(caller.tenant))
        if (own->name > cursor) all.emplace_back(own->name, to_json(*own));
    std::ranges::sort(all, {}, [](const auto& each) { return each.first; });
    const bool is_last = all.size() <= *limit;
    if (!is_last) all.resize(*limit);
    json::array data;
    for (auto& [name, object] : all) data.push_back(std::move(object));
    co_return page(std::move(data), is_last ? "" : all.back().first);
}

awaitable<http::Response> show(const Context& context, const Caller& caller, http::Request& request)
{
    const auto name = request.parameter("name");
    if (const auto own = context.tables.schemes().find_own(caller.tenant, name)) {
        auto object = to_json(*own);
        object["toml"] = own->toml;
        co_return object_response(200, object);
    }
    const auto scheme = signing::find_scheme(name);
    if (!scheme)
        co_return http::Response::problem(404, "There is no such scheme: GET /v1/schemes lists "
                                               "them.");
    auto object = to_json(*scheme, "catalog");
    object["toml"] = signing::scheme_toml(*scheme);
    co_return object_response(200, object);
}

/// What the registry says of a description that cannot work belongs to its field.
http::Response refused(const Error& error)
{
    if (error == errc::invalid_argument || error == errc::too_large)
        return faults_response({{"/toml", error.message}});
    return error_response(error);
}

awaitable<http::Response> create(const Context& context, const Caller& caller,
                                 http::Request& request)
{
    http::Response response;
    const auto body = read_object(request, response);
    if (!body) co_return response;
    std::vector<Fault> faults;
    ObjectReader reader{*body, "", faults};
    const auto name = reader.text("name", 64);
    const auto toml = reader.text("toml", toml_bytes_max);
    if (!reader.contains("name")) reader.fault("name", "is missing: name the scheme");
    if (!reader.contains("toml")) reader.fault("toml", "is missing: the description as TOML");
    if (const auto fault = name ? signing::name_fault(*name) : ""; !fault.empty())
        reader.fault("name", fault);
    reader.finish();
    if (!faults.empty()) co_return faults_response(faults);
    const auto put = co_await context.registry.put_scheme(caller.tenant, *name, *toml, true);
    if (!put) co_return refused(put.error());
    co_await note_change(context, caller, "scheme.created", *name);
    auto created = object_response(201, to_json(**put));
    created.with("Location", "/v1/schemes/" + *name);
    co_return created;
}

awaitable<http::Response> replace(const Context& context, const Caller& caller,
                                  http::Request& request)
{
    http::Response response;
    const std::string name{request.parameter("name")};
    const auto body = read_object(request, response);
    if (!body) co_return response;
    std::vector<Fault> faults;
    ObjectReader reader{*body, "", faults};
    const auto toml = reader.text("toml", toml_bytes_max);
    if (!reader.contains("toml")) reader.fault("toml", "is missing: the description as TOML");
    reader.finish();
    if (!faults.empty()) co_return faults_response(faults);
    const auto put = co_await context.registry.put_scheme(caller.tenant, name, *toml, false);
    if (!put) co_return refused(put.error());
    co_await note_change(context, caller, "scheme.changed", name);
    co_return object_response(200, to_json(**put));
}

awaitable<http::Response> remove(const Context& context, const Caller& caller,
                                 http::Request& request)
{
    const std::string name{request.parameter("name")};
    const auto removed = co_await context.registry.remove_scheme(caller.tenant, name);
    if (!removed) co_return error_response(removed.error());
    co_await note_change(context, caller, "scheme.deleted", name);
    http::Response response;
    response.status = 204;
    co_return response;
}

}  // namespace

void add_scheme_routes(http::Router& router, const Context& context)
{
    const std::string one = "/v1/schemes/{name}";
    add_route(router, context, "GET", "/v1/schemes", read_scope, list);
    add_route(router, context, "POST", "/v1/schemes", write_scope, create);
    add_route(router, context, "GET", one, read_scope, show);
    add_route(router, context, "PUT", one, write_scope, replace);
    add_route(router, context, "DELETE", one, write_scope, remove);
}

}  // namespace katydid::api
