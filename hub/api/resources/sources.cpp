// /v1/sources: who may post webhooks, and how they sign.
#include "hub/api/protocol/collection.hpp"
#include "hub/api/resources/key_json.hpp"
#include "hub/api/protocol/audit_change.hpp"
#include "hub/api/protocol/named.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/precondition.hpp"
#include "hub/input/source_input.hpp"
#include "hub/api/protocol/table_page.hpp"

namespace katydid::api {
namespace sources {
namespace {

namespace json = boost::json;

constexpr std::string_view read_scope = "sources:read";
constexpr std::string_view write_scope = "sources:write";

json::object to_json(const registry::SourceEntry& entry, Timestamp now)
{
    const auto& source = entry.source;
    const std::string tenant = source.tenant == default_tenant() ? ""
                                                                 : source.tenant.to_string() + "/";
    json::object object{{"id", source.id.to_string()},
                        {"path", "/api/webhooks/" + tenant + source.name},
                        {"keys", keys_json(*entry.keys, now)},
                        {"has_verify_token", !source.settings.verify_token_sha256.empty()}};
    for (auto& [name, value] : katydid::to_json(source)) object[name] = std::move(value);
    for (auto& [name, value] : katydid::to_json(source.settings)) object[name] = std::move(value);
    object.erase("settings");
    object.erase("verify_token_sha256");
    return object;
}

input::SourceRules rules_for(const Context& context, const Caller& caller,
                             const registry::SourceEntryPtr& known)
{
    return {caller.tenant, context.tables.schemes(), known ? known->keys.get() : nullptr,
            context.clock.now(), context.asks_for_certificates};
}

/// A BodyCheck of both a new source and a change.
void check(const Context& context, const Caller& caller, const http::Request& request,
           const json::object& body, std::vector<Fault>& faults)
{
    http::Response unused;
    const auto known = source_in_path(context, caller, request, unused);
    Source base;
    base.tenant = caller.tenant;
    static_cast<void>(input::read_source(body, known ? known->source : base,
                                         rules_for(context, caller, known), faults));
}

awaitable<http::Response> create(const Context& context, const Caller& caller, http::Request&,
                                 const json::object& body)
{
    Source base;
    base.tenant = caller.tenant;
    std::vector<Fault> faults;
    auto input = input::read_source(body, base, rules_for(context, caller, nullptr), faults);
    if (!input) co_return input::faults_response(faults);
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
    const auto entry = source_in_path(context, caller, request, response);
    if (!entry) co_return response;
    co_return with_etag(object_response(200, to_json(*entry, context.clock.now())),
                        entry->source.version);
}

awaitable<http::Response> change(const Context& context, const Caller& caller,
                                 http::Request& request, const json::object& body)
{
    http::Response response;
    const auto entry = source_in_path(context, caller, request, response);
    if (!entry) co_return response;
    if (auto failed = check_if_match(request, entry->source.version)) co_return std::move(*failed);
    std::vector<Fault> faults;
    auto input = input::read_source(body, entry->source, rules_for(context, caller, entry), faults);
    if (!input) co_return input::faults_response(faults);
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
    const auto entry = source_in_path(context, caller, request, response);
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
}  // namespace sources

void add_source_routes(Routes& routes)
{
    using namespace sources;
    Collection sources{routes, {"/v1/sources", "id", "Source", read_scope, write_scope}};
    sources.add_creation({"createSource", "Let a provider post webhooks",
                          "made; `secret` is shown this once", "the name is taken"},
                         create, check);
    sources.add_list({"listSources", "All sources of the tenant", "a page"}, list);
    sources.add_show({"getSource", "One source", "the source"}, show);
    sources.add_change("PATCH", "ChangedSource",
                       {"changeSource", "Change what the body names", "as it is now",
                        "a setting made it, or another call changed it"},
                       change, check);
    sources.add_removal(
        {"deleteSource", "Delete it with its keys; its events stay", "gone", "a setting made it"},
        remove);
}

}  // namespace katydid::api
