// /v1/schemes: how providers sign: the catalog, and a tenant's own.
#include "hub/api/input.hpp"
#include "hub/api/note_change.hpp"
#include "hub/api/output.hpp"
#include "hub/api/precondition.hpp"
#include "hub/api/route.hpp"
#include "signing/scheme_traits.hpp"

#include <algorithm>

namespace katydid::api {
namespace {

namespace json = boost::json;

constexpr std::string_view read_scope = "sources:read";
constexpr std::string_view write_scope = "sources:write";
constexpr std::size_t toml_bytes_max = 64 * 1024;

constexpr const char* scheme_schema = R"json({
  "type": "object",
  "required": ["name", "title", "origin", "signs"],
  "properties": {
    "name": {"type": "string"},
    "title": {"type": "string"},
    "origin": {"type": "string", "enum": ["catalog", "settings", "own"]},
    "signs": {"type": "boolean", "description": "whether the hub can sign with it too"},
    "updated_at": {"type": "string", "format": "date-time"},
    "toml": {"type": "string"}
  },
  "additionalProperties": false
})json";

constexpr const char* new_scheme_schema = R"json({
  "type": "object",
  "required": ["name", "toml"],
  "properties": {
    "name": {"type": "string", "minLength": 1, "maxLength": 64},
    "toml": {"type": "string", "minLength": 1, "maxLength": 65536,
             "description": "as GET /v1/schemes/{name} shows those of the catalog"}
  },
  "additionalProperties": false
})json";

constexpr const char* replaced_scheme_schema = R"json({
  "type": "object",
  "required": ["toml"],
  "properties": {"toml": {"type": "string", "minLength": 1, "maxLength": 65536}},
  "additionalProperties": false
})json";

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
        co_return with_etag(object_response(200, object), own->version);
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
    auto detail = describe_change({}, json::object{{"toml", *toml}});
    co_await note_change(context, caller, "scheme.created", *name, std::move(detail));
    auto created = object_response(201, to_json(**put));
    created.with("Location", "/v1/schemes/" + *name);
    co_return with_etag(std::move(created), (*put)->version);
}

awaitable<http::Response> replace(const Context& context, const Caller& caller,
                                  http::Request& request)
{
    http::Response response;
    const std::string name{request.parameter("name")};
    const auto known = context.tables.schemes().find_own(caller.tenant, name);
    if (!known) co_return http::Response::problem(404, "There is no such scheme of your own.");
    if (auto failed = check_if_match(request, known->version)) co_return std::move(*failed);
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
    auto detail = describe_change(json::object{{"toml", known->toml}},
                                  json::object{{"toml", *toml}});
    co_await note_change(context, caller, "scheme.changed", name, std::move(detail));
    co_return with_etag(object_response(200, to_json(**put)), (*put)->version);
}

awaitable<http::Response> remove(const Context& context, const Caller& caller,
                                 http::Request& request)
{
    const std::string name{request.parameter("name")};
    const auto known = context.tables.schemes().find_own(caller.tenant, name);
    if (!known) co_return http::Response::problem(404, "There is no such scheme of your own.");
    if (auto failed = check_if_match(request, known->version)) co_return std::move(*failed);
    const auto removed = co_await context.registry.remove_scheme(caller.tenant, name);
    if (!removed) co_return error_response(removed.error());
    auto detail = describe_change(json::object{{"toml", known->toml}}, {});
    co_await note_change(context, caller, "scheme.deleted", name, std::move(detail));
    http::Response response;
    response.status = 204;
    co_return response;
}

}  // namespace

void add_scheme_routes(Routes& routes)
{
    const std::string one = "/v1/schemes/{name}";
    auto& document = routes.document();
    document.add_schema("Scheme", scheme_schema);
    document.add_schema("NewScheme", new_scheme_schema);
    document.add_schema("ReplacedScheme", replaced_scheme_schema);
    document.add_page_schema("SchemePage", "Scheme");
    routes.add("GET", "/v1/schemes", read_scope,
               {"listSchemes",
                "Signature schemes: the catalog's, the settings' and your own",
                {{200, "SchemePage", "a page, by name"}},
                {limit_parameter(), cursor_parameter()}},
               list);
    Spec creation{"createScheme",
                  "Describe a signature scheme of your own",
                  {{201, "Scheme", "made"}, {409, "", "there is one of that name"}}};
    creation.bodies = json_body("NewScheme");
    routes.add("POST", "/v1/schemes", write_scope, std::move(creation), create);
    routes.add("GET", one, read_scope,
               {"getScheme", "One scheme with its description", {{200, "Scheme", "the scheme"}}},
               show);
    Spec replacement{"replaceScheme",
                     "Replace the description; counts from the next request on",
                     {{200, "Scheme", "as it is now"},
                      {409, "", "a setting made it, or a subscription that signs could not"}}};
    replacement.bodies = json_body("ReplacedScheme");
    replacement.is_conditional = true;
    routes.add("PUT", one, write_scope, std::move(replacement), replace);
    Spec removal{"deleteScheme",
                 "Delete a scheme of your own",
                 {{204, "", "gone"}, {409, "", "it is in use, or a setting made it"}}};
    removal.is_conditional = true;
    routes.add("DELETE", one, write_scope, std::move(removal), remove);
}

}  // namespace katydid::api
