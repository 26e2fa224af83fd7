// /v1/schemes: how providers sign: the catalog, and a tenant's own.
#include "hub/input/body.hpp"
#include "hub/api/protocol/audit_change.hpp"
#include "hub/api/protocol/collection.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/precondition.hpp"
#include "signing/schemes/scheme_traits.hpp"

#include <algorithm>

namespace katydid::api {
namespace schemes {
namespace {

namespace json = boost::json;

constexpr std::string_view read_scope = "sources:read";
constexpr std::string_view write_scope = "sources:write";

json::object to_json(const signing::Scheme& scheme, std::string_view origin)
{
    return {{"name", signing::scheme_name(scheme)},
            {"title", signing::scheme_title(scheme)},
            {"origin", origin},
            {"issues_secret", signing::traits_of(scheme).issues_secret},
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
    const auto cursor = read_name_cursor(request, response);
    if (!limit || !cursor) co_return response;
    std::vector<std::pair<std::string, json::object>> all;
    for (const auto& name : signing::scheme_names())
        if (name > *cursor) all.emplace_back(name, to_json(*signing::find_scheme(name), "catalog"));
    for (const auto& own : context.tables.schemes().own(caller.tenant))
        if (own->name > *cursor) all.emplace_back(own->name, to_json(*own));
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
        return input::faults_response({{"/toml", error.message}});
    return error_response(error);
}

awaitable<http::Response> create(const Context& context, const Caller& caller, http::Request&,
                                 const json::object& body)
{
    const std::string name{body.at("name").as_string()};
    const std::string toml{body.at("toml").as_string()};
    if (const auto fault = signing::name_fault(name); !fault.empty())
        co_return input::faults_response({{"/name", fault}});
    const auto put = co_await context.registry.schemes.put(caller.tenant, name, toml, 0);
    if (!put) co_return refused(put.error());
    auto detail = describe_change({}, json::object{{"toml", toml}});
    co_await audit_change(context, caller, "scheme.created", name, std::move(detail));
    auto created = object_response(201, to_json(**put));
    created.with("Location", "/v1/schemes/" + name);
    co_return with_etag(std::move(created), (*put)->version);
}

struct Refusal {
    const registry::OwnScheme& known;  ///< that the change started from
    const Error& error;
};

/// 412 where the caller named a version that is not there any more, else the error's own status.
http::Response conflict(const Context& context, const Caller& caller, const http::Request& request,
                        const Refusal& refusal)
{
    const auto now = context.tables.schemes().find_own(caller.tenant, refusal.known.name);
    return change_refused(request, refusal.error, refusal.known.version, now ? now->version : 0);
}

awaitable<http::Response> replace(const Context& context, const Caller& caller,
                                  http::Request& request, const json::object& body)
{
    const std::string name{request.parameter("name")};
    const auto known = context.tables.schemes().find_own(caller.tenant, name);
    if (!known) co_return http::Response::problem(404, "There is no such scheme of your own.");
    if (auto failed = check_if_match(request, known->version)) co_return std::move(*failed);
    const std::string toml{body.at("toml").as_string()};
    const auto put = co_await context.registry.schemes.put(caller.tenant, name, toml,
                                                           known->version);
    if (!put && put.error() != errc::conflict) co_return refused(put.error());
    if (!put) {
        const Refusal refusal{*known, put.error()};
        co_return conflict(context, caller, request, refusal);
    }
    auto detail = describe_change(json::object{{"toml", known->toml}},
                                  json::object{{"toml", toml}});
    co_await audit_change(context, caller, "scheme.changed", name, std::move(detail));
    co_return with_etag(object_response(200, to_json(**put)), (*put)->version);
}

awaitable<http::Response> remove(const Context& context, const Caller& caller,
                                 http::Request& request)
{
    const std::string name{request.parameter("name")};
    const auto known = context.tables.schemes().find_own(caller.tenant, name);
    if (!known) co_return http::Response::problem(404, "There is no such scheme of your own.");
    if (auto failed = check_if_match(request, known->version)) co_return std::move(*failed);
    const auto base = asked_version(request, known->version);
    const auto removed = co_await context.registry.schemes.remove(caller.tenant, name, base);
    if (!removed) {
        const Refusal refusal{*known, removed.error()};
        co_return conflict(context, caller, request, refusal);
    }
    Deletion deletion{"scheme.deleted", name, json::object{{"toml", known->toml}}};
    auto answer = answer_deletion(context, caller, std::move(deletion));
    co_return co_await std::move(answer);
}

}  // namespace
}  // namespace schemes

void add_scheme_routes(Routes& routes)
{
    using namespace schemes;
    Collection schemes{routes, {"/v1/schemes", "name", "Scheme", read_scope, write_scope}};
    schemes.add_list({"listSchemes", "Signature schemes: the catalog's, the settings' and your own",
                      "a page, by name"},
                     list);
    schemes.add_creation({"createScheme", "Describe a signature scheme of your own", "made",
                          "there is one of that name"},
                         create);
    schemes.add_show({"getScheme", "One scheme with its description", "the scheme"}, show);
    schemes.add_change(
        "PUT", "ReplacedScheme",
        {"replaceScheme", "Replace the description; counts from the next request on",
         "as it is now",
         "a setting made it, a subscription that signs could not, or another call changed it"},
        replace);
    schemes.add_removal({"deleteScheme", "Delete a scheme of your own", "gone",
                         "it is in use, or a setting made it"},
                        remove);
}

}  // namespace katydid::api
