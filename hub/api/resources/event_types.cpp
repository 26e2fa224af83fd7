// /v1/event-types: the catalog, and the schemas that data must fit.
#include "hub/api/protocol/collection.hpp"
#include "hub/api/protocol/audit_change.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/precondition.hpp"
#include "hub/api/traffic/publish.hpp"
#include "hub/core/json/fields.hpp"
#include "hub/core/async/on_executor.hpp"

#include <boost/asio/thread_pool.hpp>

namespace katydid::api {
namespace event_types {
namespace {

namespace json = boost::json;

constexpr std::string_view read_scope = "events:read";
constexpr std::string_view write_scope = "event-types:write";

json::object to_json(const Context& context, const registry::EventType& type)
{
    const auto tenant = context.tables.tenant(type.tenant);
    const auto mode = tenant ? tenant->schema_mode : registry::SchemaMode::off;
    json::object object{{"name", type.name},
                        {"description", nullptr},
                        {"schema", nullptr},
                        {"schema_mode", registry::to_text(mode)},
                        {"created_at", to_rfc3339(type.created_at)},
                        {"updated_at", to_rfc3339(type.updated_at)}};
    if (!type.description.empty()) object["description"] = type.description;
    json::error_code error;
    if (!type.schema_text.empty()) object["schema"] = json::parse(type.schema_text, error);
    return object;
}

/// Compiling takes up to 40 ms, in which a loop would do nothing else: one thread does it for all.
asio::any_io_executor compiling_thread()
{
    static asio::thread_pool pool{1};
    return pool.get_executor();
}

struct Compiled {
    schema::JsonSchemaPtr schema;
    std::vector<Fault> faults;
};

/// Runs on another thread, so it has values only.
awaitable<Compiled> compile(std::string text)
{
    Compiled made;
    json::parse_options options;
    options.max_depth = 128;  // the body was read, so this is
    const auto value = json::parse(text, {}, options);
    made.schema = schema::JsonSchema::compile(value, made.faults);
    co_return made;
}

awaitable<void> compile_schema(registry::EventType& type, std::vector<Fault>& faults)
{
    if (type.schema_text.empty() || !faults.empty()) co_return;
    auto made = co_await on_executor(compiling_thread(), compile(type.schema_text));
    type.schema = std::move(made.schema);
    for (auto& each : made.faults)
        faults.push_back({"/schema" + each.pointer, std::move(each.detail)});
}

/// What both POST and PUT may say; a PUT replaces all of it.
void read_rest(const json::object& body, registry::EventType& type, std::vector<Fault>& faults)
{
    FieldReader read{body, "", faults};
    read("description", type.description);
    read.json("schema", type.schema_text);
    if (type.schema_text.size() > schema::schema_bytes_max)
        faults.push_back({"/schema", "must have at most 65536 bytes"});
}

/// A BodyCheck of both a new type and a replacement.
void check(const Context&, const Caller&, const http::Request&, const json::object& body,
           std::vector<Fault>& faults)
{
    registry::EventType type;
    if (const auto* name = body.if_contains("name"))
        if (auto fault = type_fault(name->get_string()); !fault.empty())
            faults.push_back({"/name", std::move(fault)});
    read_rest(body, type, faults);
}

http::Response no_such_type()
{
    return http::Response::problem(404, "There is no such event type.");
}

awaitable<http::Response> create(const Context& context, const Caller& caller, http::Request&,
                                 const json::object& body)
{
    std::vector<Fault> faults;
    registry::EventType type;
    type.tenant = caller.tenant;
    type.version = 0;
    type.name = body.at("name").as_string();
    if (auto fault = type_fault(type.name); !fault.empty())
        faults.push_back({"/name", std::move(fault)});
    read_rest(body, type, faults);
    co_await compile_schema(type, faults);
    if (!faults.empty()) co_return input::faults_response(faults);
    const auto name = type.name;
    if (context.tables.event_type(caller.tenant, name))
        co_return http::Response::problem(409, "There is an event type \"" + name
                                                   + "\" already. Replace it with PUT.");
    const auto put = co_await context.registry.event_types.put(std::move(type));
    if (!put) co_return error_response(put.error());
    co_await audit_change(context, caller, "event_type.created", name,
                          describe_change({}, to_json(context, **put)));
    auto created = object_response(201, to_json(context, **put));
    created.with("Location", "/v1/event-types/" + name);
    co_return with_etag(std::move(created), (*put)->version);
}

awaitable<http::Response> list(const Context& context, const Caller& caller, http::Request& request)
{
    http::Response response;
    const auto limit = read_limit(request, response);
    const auto cursor = read_name_cursor(request, response);
    if (!limit || !cursor) co_return response;
    json::array data;
    std::string next;
    for (const auto& type : context.tables.event_types(caller.tenant)) {
        if (type->name <= *cursor) continue;
        if (data.size() == *limit) co_return page(std::move(data), next);
        data.push_back(to_json(context, *type));
        next = type->name;
    }
    co_return page(std::move(data), "");
}

awaitable<http::Response> show(const Context& context, const Caller& caller, http::Request& request)
{
    const auto type = context.tables.event_type(caller.tenant, request.parameter("name"));
    if (!type) co_return no_such_type();
    co_return with_etag(object_response(200, to_json(context, *type)), type->version);
}

awaitable<http::Response> replace(const Context& context, const Caller& caller,
                                  http::Request& request, const json::object& body)
{
    const auto known = context.tables.event_type(caller.tenant, request.parameter("name"));
    if (!known) co_return no_such_type();
    if (auto failed = check_if_match(request, known->version)) co_return std::move(*failed);
    std::vector<Fault> faults;
    registry::EventType type;
    type.tenant = known->tenant;
    type.name = known->name;
    type.version = known->version;
    type.created_at = known->created_at;
    read_rest(body, type, faults);
    co_await compile_schema(type, faults);
    if (!faults.empty()) co_return input::faults_response(faults);
    const auto put = co_await context.registry.event_types.put(std::move(type));
    if (!put) {
        const auto now = context.tables.event_type(caller.tenant, known->name);
        co_return change_refused(request, put.error(), known->version, now ? now->version : 0);
    }
    co_await audit_change(context, caller, "event_type.changed", known->name,
                          describe_change(to_json(context, *known), to_json(context, **put)));
    co_return with_etag(object_response(200, to_json(context, **put)), (*put)->version);
}

awaitable<http::Response> remove(const Context& context, const Caller& caller,
                                 http::Request& request)
{
    const auto known = context.tables.event_type(caller.tenant, request.parameter("name"));
    if (!known) co_return no_such_type();
    if (auto failed = check_if_match(request, known->version)) co_return std::move(*failed);
    const auto base = asked_version(request, known->version);
    const auto removed = co_await context.registry.event_types.remove(caller.tenant, known->name,
                                                                      base);
    if (!removed && removed.error() == errc::not_found) co_return no_such_type();
    if (!removed) {
        const auto now = context.tables.event_type(caller.tenant, known->name);
        co_return change_refused(request, removed.error(), known->version, now ? now->version : 0);
    }
    Deletion deletion{"event_type.deleted", known->name, to_json(context, *known)};
    auto answer = answer_deletion(context, caller, std::move(deletion));
    co_return co_await std::move(answer);
}

}  // namespace
}  // namespace event_types

void add_event_type_routes(Routes& routes)
{
    using namespace event_types;
    Collection types{routes, {"/v1/event-types", "name", "EventType", read_scope, write_scope}};
    types.add_creation(
        {"createEventType",
         "Add a type to the catalog; PATCH /v1/tenants/{id} says whether schemas count", "made",
         "there is such a type"},
        create, check);
    types.add_list({"listEventTypes", "The catalog, by name", "a page"}, list);
    types.add_show({"getEventType", "One type", "the type"}, show);
    types.add_change("PUT", "ReplacedEventType",
                     {"replaceEventType",
                      "Replace a type's description and schema; takes effect with the next event",
                      "as it is now", "another call changed it at the same moment"},
                     replace, check);
    types.add_removal(
        {"deleteEventType", "Take a type out of the catalog; its events stay", "gone"}, remove);
}

}  // namespace katydid::api
