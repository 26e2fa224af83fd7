// /v1/event-types: the catalog, and the schemas that data must fit.
#include "hub/api/protocol/collection.hpp"
#include "hub/api/input/body.hpp"
#include "hub/api/protocol/audit_change.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/precondition.hpp"
#include "hub/api/resources/publish.hpp"
#include "hub/core/on_executor.hpp"

#include <boost/asio/thread_pool.hpp>

namespace katydid::api {
namespace {

namespace json = boost::json;

constexpr std::string_view read_scope = "events:read";
constexpr std::string_view write_scope = "event-types:write";
constexpr std::size_t description_bytes_max = 4'096;

constexpr const char* type_schema = R"json({
  "type": "object",
  "required": ["name", "description", "schema", "created_at", "updated_at"],
  "properties": {
    "name": {"type": "string"},
    "description": {"type": ["string", "null"]},
    "schema": {"type": ["object", "boolean", "null"],
               "description": "JSON Schema draft 7; null: any data"},
    "created_at": {"type": "string", "format": "date-time"},
    "updated_at": {"type": "string", "format": "date-time"}
  },
  "additionalProperties": false
})json";

constexpr const char* new_type_schema = R"json({
  "type": "object",
  "required": ["name"],
  "properties": {
    "name": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[A-Za-z0-9._:/-]+$"},
    "description": {"type": ["string", "null"], "minLength": 1, "maxLength": 4096},
    "schema": {"type": ["object", "boolean", "null"],
      "description": "JSON Schema draft 7; what would not be enforced is refused"}
  },
  "additionalProperties": false
})json";

constexpr const char* replaced_type_schema = R"json({
  "type": "object",
  "properties": {
    "description": {"type": ["string", "null"], "minLength": 1, "maxLength": 4096},
    "schema": {"type": ["object", "boolean", "null"], "description": "JSON Schema draft 7"}
  },
  "additionalProperties": false
})json";

json::object to_json(const registry::EventType& type)
{
    json::object object{{"name", type.name},
                        {"description", nullptr},
                        {"schema", nullptr},
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

void read_schema(ObjectReader& reader, registry::EventType& type)
{
    const auto* value = reader.take("schema");
    if (value == nullptr || value->is_null()) return;
    type.schema_text = json::serialize(*value);
    if (type.schema_text.size() > schema::schema_bytes_max)
        reader.fault("schema", "must have at most 65536 bytes");
}

/// What both POST and PUT may say; a PUT replaces all of it.
void read_rest(ObjectReader& reader, registry::EventType& type)
{
    if (reader.contains("description") && reader.take("description")->is_null())
        type.description.clear();
    else type.description = reader.text("description", description_bytes_max).value_or("");
    read_schema(reader, type);
    reader.finish();
}

http::Response no_such_type()
{
    return http::Response::problem(404, "There is no such event type.");
}

awaitable<http::Response> create(const Context& context, const Caller& caller,
                                 http::Request& request)
{
    http::Response response;
    const auto body = read_object(request, response);
    if (!body) co_return response;
    std::vector<Fault> faults;
    ObjectReader reader{*body, "", faults};
    registry::EventType type;
    type.tenant = caller.tenant;
    type.version = 0;
    type.name = reader.text("name", 200).value_or("");
    if (!body->contains("name")) reader.fault("name", "is missing: name the event type");
    else if (auto fault = type_fault(type.name); !type.name.empty() && !fault.empty())
        reader.fault("name", std::move(fault));
    read_rest(reader, type);
    co_await compile_schema(type, faults);
    if (!faults.empty()) co_return faults_response(faults);
    const auto name = type.name;
    if (context.tables.event_type(caller.tenant, name))
        co_return http::Response::problem(409, "There is an event type \"" + name
                                                   + "\" already. Replace it with PUT.");
    const auto put = co_await context.registry.event_types.put(std::move(type));
    if (!put) co_return error_response(put.error());
    co_await audit_change(context, caller, "event_type.created", name,
                          describe_change({}, to_json(**put)));
    auto created = object_response(201, to_json(**put));
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
        data.push_back(to_json(*type));
        next = type->name;
    }
    co_return page(std::move(data), "");
}

awaitable<http::Response> show(const Context& context, const Caller& caller, http::Request& request)
{
    const auto type = context.tables.event_type(caller.tenant, request.parameter("name"));
    if (!type) co_return no_such_type();
    co_return with_etag(object_response(200, to_json(*type)), type->version);
}

awaitable<http::Response> replace(const Context& context, const Caller& caller,
                                  http::Request& request)
{
    http::Response response;
    const auto known = context.tables.event_type(caller.tenant, request.parameter("name"));
    if (!known) co_return no_such_type();
    if (auto failed = check_if_match(request, known->version)) co_return std::move(*failed);
    const auto body = read_object(request, response);
    if (!body) co_return response;
    std::vector<Fault> faults;
    ObjectReader reader{*body, "", faults};
    registry::EventType type;
    type.tenant = known->tenant;
    type.name = known->name;
    type.version = known->version;
    type.created_at = known->created_at;
    read_rest(reader, type);
    co_await compile_schema(type, faults);
    if (!faults.empty()) co_return faults_response(faults);
    const auto put = co_await context.registry.event_types.put(std::move(type));
    if (!put) {
        const auto now = context.tables.event_type(caller.tenant, known->name);
        co_return change_refused(request, put.error(), known->version, now ? now->version : 0);
    }
    co_await audit_change(context, caller, "event_type.changed", known->name,
                          describe_change(to_json(*known), to_json(**put)));
    co_return with_etag(object_response(200, to_json(**put)), (*put)->version);
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
    Deletion deletion{"event_type.deleted", known->name, to_json(*known)};
    auto answer = answer_deletion(context, caller, std::move(deletion));
    co_return co_await std::move(answer);
}

}  // namespace

void add_event_type_routes(Routes& routes)
{
    Collection types{routes, {"/v1/event-types", "name", "EventType", read_scope, write_scope}};
    types.add_schemas(type_schema, new_type_schema);
    routes.document().add_schema("ReplacedEventType", replaced_type_schema);
    types.add_creation(
        {"createEventType",
         "Add a type to the catalog; PATCH /v1/tenants/{id} says whether schemas count", "made",
         "there is such a type"},
        create);
    types.add_list({"listEventTypes", "The catalog, by name", "a page"}, list);
    types.add_show({"getEventType", "One type", "the type"}, show);
    types.add_change("PUT", "ReplacedEventType",
                     {"replaceEventType",
                      "Replace a type's description and schema; takes effect with the next event",
                      "as it is now", "somebody else changed it at the same moment"},
                     replace);
    types.add_removal(
        {"deleteEventType", "Take a type out of the catalog; its events stay", "gone"}, remove);
}

}  // namespace katydid::api
