// /v1/sources: who may post webhooks, and how they sign.
#include "hub/api/protocol/collection.hpp"
#include "hub/api/resources/key_json.hpp"
#include "hub/api/protocol/audit_change.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/precondition.hpp"
#include "hub/api/input/source_input.hpp"
#include "hub/api/protocol/table_page.hpp"

namespace katydid::api {
namespace {

namespace json = boost::json;

constexpr std::string_view read_scope = "sources:read";
constexpr std::string_view write_scope = "sources:write";

constexpr const char* source_schema = R"json({
  "type": "object",
  "required": ["id", "name", "schemes", "path", "public_url", "client_subject", "gzip", "tolerance",
               "repeats", "unsigned_types", "split", "principal",
               "has_verify_token", "keys", "read_only",
               "created_at", "updated_at"],
  "properties": {
    "id": {"type": "string"},
    "name": {"type": "string"},
    "schemes": {"type": "array", "items": {"type": "string"}},
    "path": {"type": "string", "description": "where it posts to"},
    "public_url": {"type": ["string", "null"], "description": "as the provider knows it"},
    "client_subject": {"type": ["string", "null"],
                       "description": "of the client certificate it must show"},
    "gzip": {"type": "boolean", "description": "whether its bodies may come compressed"},
    "tolerance": {"type": ["string", "null"],
                  "description": "how old a signature may be; null: what the scheme allows"},
    "repeats": {"enum": ["accept", "refuse"],
                "description": "a signature that came before, under another id nobody signed"},
    "unsigned_types": {"enum": ["accept", "refuse"],
                       "description": "an event type from a header that no signature covers"},
    "split": {"type": "boolean",
              "description": "whether a batch becomes one event for each of its items"},
    "principal": {"type": ["string", "null"],
                  "description": "who must have signed, where the key is not the source's own"},
    "has_verify_token": {"type": "boolean",
                         "description": "whether a provider's check of the path can be answered"},
    "keys": {"type": "array", "items": {"$ref": "#/components/schemas/RingKey"}},
    "read_only": {"type": "boolean", "description": "made by a setting"},
    "created_at": {"type": "string", "format": "date-time"},
    "updated_at": {"type": "string", "format": "date-time"},
    "secret": {"type": "string", "description": "when it was made here: shown this once"}
  },
  "additionalProperties": false
})json";

constexpr const char* new_source_schema = R"json({
  "type": "object",
  "required": ["name", "schemes"],
  "properties": {
    "name": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[A-Za-z0-9_.-]+$"},
    "schemes": {"type": "array", "minItems": 1, "maxItems": 8,
                "items": {"type": "string", "minLength": 1}, "examples": [["stripe"]]},
    "public_url": {"type": ["string", "null"], "minLength": 1, "maxLength": 2048},
    "client_subject": {"type": ["string", "null"], "minLength": 1, "maxLength": 2048},
    "gzip": {"type": "boolean"},
    "tolerance": {"type": ["string", "null"], "examples": ["10m"]},
    "repeats": {"enum": ["accept", "refuse"]},
    "unsigned_types": {"enum": ["accept", "refuse"]},
    "split": {"type": "boolean"},
    "principal": {"type": ["string", "null"], "minLength": 1, "maxLength": 2048},
    "verify_token": {"type": ["string", "null"], "minLength": 1, "maxLength": 2048,
                     "description": "what Meta shows once to check the path; not the secret"},
    "secret": {"type": "string", "minLength": 1, "maxLength": 8192,
               "description": "absent: one is made where the scheme allows, and shown once"}
  },
  "additionalProperties": false
})json";

constexpr const char* changed_source_schema = R"json({
  "type": "object",
  "properties": {
    "name": {"type": "string", "description": "cannot be changed"},
    "schemes": {"type": "array", "minItems": 1, "maxItems": 8,
                "items": {"type": "string", "minLength": 1}},
    "public_url": {"type": ["string", "null"], "minLength": 1, "maxLength": 2048},
    "client_subject": {"type": ["string", "null"], "minLength": 1, "maxLength": 2048},
    "gzip": {"type": "boolean"},
    "tolerance": {"type": ["string", "null"], "examples": ["10m"]},
    "repeats": {"enum": ["accept", "refuse"]},
    "unsigned_types": {"enum": ["accept", "refuse"]},
    "split": {"type": "boolean"},
    "principal": {"type": ["string", "null"], "minLength": 1, "maxLength": 2048},
    "verify_token": {"type": ["string", "null"], "minLength": 1, "maxLength": 2048}
  },
  "additionalProperties": false
})json";

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
                        {"keys", keys_json(*entry.keys, now)},
                        {"read_only", source.read_only},
                        {"created_at", to_rfc3339(source.created_at)},
                        {"updated_at", to_rfc3339(source.updated_at)}};
    for (auto& [name, value] : registry::to_json(entry.settings)) object[name] = std::move(value);
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
    const SourceRules rules{caller.tenant, context.tables.schemes(), nullptr, context.clock.now(),
                            context.asks_for_certificates};
    auto input = read_source(*body, base, rules, faults);
    if (!input) co_return faults_response(faults);
    auto put = co_await context.registry.sources.put(std::move(input->source),
                                                     std::move(input->secret));
    if (!put) co_return error_response(put.error());
    const auto id = (*put)->source.id.to_string();
    auto object = to_json(**put, context.clock.now());
    co_await audit_change(context, caller, "source.created", id, describe_change({}, object));
    if (!input->generated.empty()) object["secret"] = input->generated;  // shown this once
    auto created = object_response(201, object);
    created.with("Location", "/v1/sources/" + id);
    co_return with_etag(std::move(created), (*put)->source.version);
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
    co_return with_etag(object_response(200, to_json(*entry, context.clock.now())),
                        entry->source.version);
}

awaitable<http::Response> change(const Context& context, const Caller& caller,
                                 http::Request& request)
{
    http::Response response;
    const auto entry = find(context, caller, request, response);
    if (!entry) co_return response;
    if (auto failed = check_if_match(request, entry->source.version)) co_return std::move(*failed);
    const auto body = read_object(request, response);
    if (!body) co_return response;
    std::vector<Fault> faults;
    const SourceRules rules{caller.tenant, context.tables.schemes(), entry->keys.get(),
                            context.clock.now(), context.asks_for_certificates};
    auto input = read_source(*body, entry->source, rules, faults);
    if (!input) co_return faults_response(faults);
    auto put = co_await context.registry.sources.put(std::move(input->source), std::nullopt);
    const auto now = context.clock.now();
    if (!put) {
        const auto there = context.tables.source(caller.tenant, entry->source.id);
        co_return change_refused(request, put.error(), entry->source.version,
                                 there ? there->source.version : 0);
    }
    const auto object = to_json(**put, now);
    co_await audit_change(context, caller, "source.changed", entry->source.id.to_string(),
                          describe_change(to_json(*entry, now), object));
    co_return with_etag(object_response(200, object), (*put)->source.version);
}

awaitable<http::Response> remove(const Context& context, const Caller& caller,
                                 http::Request& request)
{
    http::Response response;
    const auto entry = find(context, caller, request, response);
    if (!entry) co_return response;
    if (auto failed = check_if_match(request, entry->source.version)) co_return std::move(*failed);
    const auto& known = entry->source;
    const auto base = asked_version(request, known.version);
    const auto removed = co_await context.registry.sources.remove(caller.tenant,
                                                                  known.id.to_string(), base);
    if (!removed) {
        const auto there = context.tables.source(caller.tenant, known.id);
        co_return change_refused(request, removed.error(), known.version,
                                 there ? there->source.version : 0);
    }
    Deletion deletion{"source.deleted", known.id.to_string(), to_json(*entry, context.clock.now())};
    auto answer = answer_deletion(context, caller, std::move(deletion));
    co_return co_await std::move(answer);
}

}  // namespace

void add_source_routes(Routes& routes)
{
    auto& document = routes.document();
    Collection sources{routes, {"/v1/sources", "id", "Source", read_scope, write_scope}};
    sources.add_schemas(source_schema, new_source_schema);
    document.add_schema("RingKey", ring_key_schema);
    document.add_schema("ChangedSource", changed_source_schema);
    sources.add_creation({"createSource", "Let a provider post webhooks",
                          "made; `secret` is shown this once", "the name is taken"},
                         create);
    sources.add_list({"listSources", "All of the tenant's", "a page"}, list);
    sources.add_show({"getSource", "One source", "the source"}, show);
    sources.add_change("PATCH", "ChangedSource",
                       {"changeSource", "Change what the body names", "as it is now",
                        "a setting made it, or somebody else changed it"},
                       change);
    sources.add_removal(
        {"deleteSource", "Delete it with its keys; its events stay", "gone", "a setting made it"},
        remove);
}

}  // namespace katydid::api
