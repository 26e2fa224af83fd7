#include "hub/api/openapi/document.hpp"

#include "hub/input/schemas.hpp"
#include "hub/api/openapi/operation_json.hpp"
#include "hub/core/json/write.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <stdexcept>
#include <vector>

namespace katydid::api {
namespace {

namespace json = boost::json;

constexpr std::string_view about
    = "A webhook hub: events in, signed deliveries out.\n\n"
      "**Authentication.** Send `Authorization: Bearer <key>`. The operator's key is in the file "
      "`operator.key` of the data directory and may act for any tenant by the header "
      "`Katydid-Tenant`. `POST /v1/keys` makes keys with scopes.\n\n"
      "**Lists** are pages: pass `cursor` on until it is null. **Times** are RFC 3339 in UTC, "
      "**durations** are texts such as `\"5s\"`. **What is not described here is refused**, "
      "fields and query parameters alike.\n\n"
      "**Errors** are `application/problem+json` (RFC 9457): `detail` says what to do, and "
      "`errors` where. The listener itself may also answer 408, 414, 431, 501 or 505 to what is "
      "not proper HTTP.";

struct Tag {
    const char* name;
    const char* what;
};
/// In the order in which pages show them. A path names its tag: operation_json.cpp.
constexpr Tag tags[] = {
    {"events", "Publish events; find, follow and replay them."},
    {"deliveries", "One event on its way to one subscription: its state and every attempt."},
    {"subscriptions", "Who gets which events, where, how fast and how often."},
    {"transforms", "Code that shapes events for their receivers, to be tried before it is used."},
    {"filters", "Try on recorded events what a subscription would get."},
    {"feed", "What happens, as it happens: for people and screens."},
    {"realtime", "The platforms' updates, as they happen."},
    {"replay-jobs", "Work in the background that sends many deliveries again."},
    {"event-types", "The catalog of types, with a JSON Schema for their data."},
    {"sources", "Providers that may post webhooks to the hub."},
    {"schemes", "How webhooks are signed: the catalog, and schemes of your own."},
    {"rejected", "Webhooks whose signature was refused, and why."},
    {"tenants", "Separate worlds: each has its own events, subscriptions, sources and keys."},
    {"keys", "API keys and their scopes."},
    {"tickets", "One use of one path, for browsers, which cannot send a key."},
    {"sessions", "Who is signed in to the console."},
    {"portal-links", "Entries into the console for people without a key."},
    {"subjects", "People: what they opted out of, and the erasure of their data."},
    {"limits", "What the whole hub may have in flight."},
    {"audit", "Who changed what."},
    {"stats", "Counts over time."},
    {"bridge", "Both platforms: how they are, what is cached, the writes between them."},
    {"embed-tokens", "Tokens of widgets in other pages."},
    {"settings", "What is in force, and where it comes from."},
    {"identities", "Whom deliveries trust and who they say they are."},
    {"certificates", "What the hub shows to others."},
    {"doctor", "What is likely to be wrong, and what to do."},
    {"hub", "The hub itself and its documents."},
};

void collect_references(const json::value& value, std::vector<std::string>& names)
{
    if (const auto* object = value.if_object()) {
        for (const auto& member : *object) {
            const auto* text = member.key() == "$ref" ? member.value().if_string() : nullptr;
            if (text != nullptr && text->starts_with(input::schema_path))
                names.emplace_back(text->subview(input::schema_path.size()));
            collect_references(member.value(), names);
        }
    } else if (const auto* array = value.if_array()) {
        for (const auto& each : *array) collect_references(each, names);
    }
}

/// Takes the sentences for wrong values out of a schema: they are no words of OpenAPI.
void remove_messages(json::value& value)
{
    if (auto* array = value.if_array())
        for (auto& each : *array) remove_messages(each);
    auto* object = value.if_object();
    if (object == nullptr) return;
    object->erase("errorMessage");
    for (auto& member : *object) remove_messages(member.value());
}

/// The tags that some path has.
json::array tags_of(const json::object& paths)
{
    std::set<std::string_view> used;
    for (const auto& path : paths)
        for (const auto& operation : path.value().as_object())
            used.insert(operation.value().at("tags").at(0).as_string());
    json::array array;
    for (const auto& tag : tags)
        if (used.contains(tag.name))
            array.push_back(json::object{{"name", tag.name}, {"description", tag.what}});
    return array;
}

/// `{"data": […], "cursor": …}`
json::value page_schema(std::string_view row)
{
    json::object data{{"type", "array"}, {"items", reference_to(row)}};
    json::object cursor{{"type", json::array{"string", "null"}},
                        {"description", "for the next page; null: this is the last one"}};
    return json::object{
        {"type", "object"},
        {"required", json::array{"data", "cursor"}},
        {"properties", json::object{{"data", std::move(data)}, {"cursor", std::move(cursor)}}},
        {"additionalProperties", false}};
}

json::value find_schema(const std::string& name)
{
    if (const auto* found = input::schemas().if_contains(name)) return *found;
    const auto row = name.substr(0, name.rfind("Page"));
    if (row.size() + 4 == name.size() && input::schemas().contains(row)) return page_schema(row);
    throw std::invalid_argument{"there is no schema " + name};
}

}  // namespace

Document::Document()
{
    json::object info{{"title", "Katydid"},
                      {"version", KATYDID_VERSION},
                      {"description", about},
                      {"contact", json::object{{"name", "The operator of this hub"}}},
                      {"license", json::object{{"name", "MIT"}, {"identifier", "MIT"}}}};
    document_ = {
        {"openapi", "3.1.0"},
        {"info", std::move(info)},
        {"servers", json::array{json::object{{"url", "/"}}}},
        {"security", json::array{}},
        {"paths", json::object{}},
        {"components", shared_components()},
    };
}

void Document::add_schema(std::string_view name, json::value schema)
{
    document_.at("components").at("schemas").as_object().emplace(name, std::move(schema));
}

void Document::add_page_schema(std::string_view name, std::string_view row)
{
    add_schema(name, page_schema(row));
}

void Document::add_operation(std::string_view method, std::string_view pattern,
                             std::string_view scope, const Operation& operation)
{
    std::string name{method};
    std::ranges::transform(name, name.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    auto& path = document_.at("paths").as_object()[pattern];
    if (path.is_null()) path = json::object{};
    path.as_object().emplace(name, operation_json(pattern, scope, operation));
}

void Document::close()
{
    auto& known = document_.at("components").at("schemas").as_object();
    std::map<std::string, json::value> found;
    std::vector<std::string> open;
    collect_references(document_, open);
    while (!open.empty()) {
        const auto name = std::move(open.back());
        open.pop_back();
        if (known.contains(name) || found.contains(name)) continue;
        auto schema = find_schema(name);
        collect_references(schema, open);
        found.emplace(name, std::move(schema));
    }
    // In the order of the files, each page after its row.
    for (const auto& each : input::schemas())
        for (const auto& name : {std::string{each.key()}, std::string{each.key()} + "Page"})
            if (const auto place = found.find(name); place != found.end())
                known.emplace(name, std::move(place->second));
    remove_messages(document_.at("components"));
    document_["tags"] = tags_of(document_.at("paths").as_object());
    text_ = json_text::write(document_);
}

}  // namespace katydid::api
