// docs/api-reference.md is what a running hub says of itself.
#include "tests/hub/running_hub.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

using namespace katydid;
using namespace katydid::test;

namespace {

namespace json = boost::json;

const std::string page_path = KATYDID_SOURCE_DIR "/docs/api-reference.md";

std::string text_at(const json::object& object, std::string_view member)
{
    const auto* value = object.if_contains(member);
    const auto* text = value == nullptr ? nullptr : value->if_string();
    return text == nullptr ? std::string{} : std::string{*text};
}

/// "#/components/schemas/Event" → "Event".
std::string last_part(const std::string& reference)
{
    return reference.substr(reference.rfind('/') + 1);
}

std::string linked(const std::string& schema)
{
    std::string anchor = schema;
    for (char& c : anchor) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return "[" + schema + "](#" + anchor + ")";
}

void join(std::string& text, const std::string& more, const char* with = ", ")
{
    if (!more.empty()) text += (text.empty() ? "" : with) + more;
}

/// What a value is, in a few words.
std::string kind_of(const json::value& schema)
{
    const auto* object = schema.if_object();
    if (object == nullptr) return "any";
    if (const auto reference = text_at(*object, "$ref"); !reference.empty())
        return linked(last_part(reference));
    std::string kind;
    if (const auto* choices = object->if_contains("oneOf"))
        for (const auto& each : choices->as_array()) join(kind, kind_of(each), " or ");
    if (const auto* values = object->if_contains("enum"))
        for (const auto& each : values->as_array()) join(kind, "`" + json::serialize(each) + "`");
    if (const auto* value = object->if_contains("const"))
        kind = "`" + json::serialize(*value) + "`";
    if (!kind.empty()) return kind;
    const auto* type = object->if_contains("type");
    if (type == nullptr) return "any";
    if (type->is_array())
        for (const auto& each : type->get_array())
            join(kind, std::string{each.as_string()}, " or ");
    else kind = text_at(*object, "type");
    if (const auto* items = object->if_contains("items")) kind += " of " + kind_of(*items);
    if (text_at(*object, "format") == "date-time") kind += ", a time";
    return kind;
}

std::string in_cell(std::string text)
{
    for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2)
        text.insert(at, "\\");
    return text;
}

std::string parameters_of(const json::object& operation, const json::object& document)
{
    std::string names;
    for (const auto& each : operation.at("parameters").as_array()) {
        const auto* parameter = &each.as_object();
        if (const auto reference = text_at(*parameter, "$ref"); !reference.empty())
            parameter
                = &document.at("components").at("parameters").at(last_part(reference)).as_object();
        const auto in = text_at(*parameter, "in");
        if (in == "query") join(names, "`" + text_at(*parameter, "name") + "`");
        if (in == "header" && text_at(*parameter, "name") != "Katydid-Tenant")
            join(names, "*" + text_at(*parameter, "name") + "*");
    }
    return names;
}

std::string bodies_of(const json::object& operation)
{
    std::string text;
    const auto* body = operation.if_contains("requestBody");
    if (body == nullptr) return text;
    for (const auto& [type, media] : body->at("content").as_object()) {
        const auto kind = kind_of(media.at("schema"));
        join(text, type == "application/json" ? kind : "`" + std::string{type} + "`");
    }
    return text;
}

std::string answers_of(const json::object& operation)
{
    std::string text;
    std::string refusals;
    for (const auto& [status, answer] : operation.at("responses").as_object()) {
        const auto* content = answer.as_object().if_contains("content");
        if (status.front() >= '4') {
            join(refusals, std::string{status});
            continue;
        }
        std::string what{status};
        if (content != nullptr && content->as_object().contains("application/json"))
            what += " " + kind_of(content->at("application/json").at("schema"));
        join(text, what);
    }
    return refusals.empty() ? text : text + "; " + refusals;
}

std::string calls(const json::object& document)
{
    std::map<std::string, std::string> by_tag;
    for (const auto& [path, operations] : document.at("paths").as_object())
        for (const auto& [method, node] : operations.as_object()) {
            const auto& operation = node.as_object();
            std::string verb{method};
            for (char& c : verb) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
            std::string scope;
            if (const auto* required = operation.if_contains("x-required-scope"))
                scope = "`" + std::string{required->as_string()} + "`";
            auto& rows = by_tag[std::string{operation.at("tags").at(0).as_string()}];
            rows += "| `" + verb + " " + std::string{path} + "` | " + scope + " | "
                    + in_cell(text_at(operation, "summary")) + " | "
                    + parameters_of(operation, document) + " | " + in_cell(bodies_of(operation))
                    + " | " + in_cell(answers_of(operation)) + " |\n";
        }
    std::string text;
    for (const auto& [tag, rows] : by_tag)
        text += "\n### " + tag
                + "\n\n| Call | Scope | What | Query and *headers* | Body | Answers |\n"
                  "|---|---|---|---|---|---|\n"
                + rows;
    return text;
}

std::string fields(const json::object& schema)
{
    std::set<std::string> required;
    if (const auto* names = schema.if_contains("required"))
        for (const auto& name : names->as_array()) required.emplace(name.as_string());
    std::string text = "\n| Field | Is | What |\n|---|---|---|\n";
    for (const auto& [name, field] : schema.at("properties").as_object()) {
        const auto* object = field.if_object();
        const std::string mark = required.contains(std::string{name}) ? "" : " ?";
        text += "| `" + std::string{name} + "`" + mark + " | " + in_cell(kind_of(field)) + " | "
                + in_cell(object == nullptr ? "" : text_at(*object, "description")) + " |\n";
    }
    return text;
}

std::string schemas(const json::object& document)
{
    std::map<std::string, std::string> sorted;
    for (const auto& [name, schema] : document.at("components").at("schemas").as_object()) {
        const auto& object = schema.as_object();
        auto& text = sorted[std::string{name}];
        if (const auto what = text_at(object, "description"); !what.empty())
            text = "\n" + what + "\n";
        text += object.contains("properties") ? fields(object) : "\n" + kind_of(schema) + "\n";
    }
    std::string text;
    for (const auto& [name, body] : sorted) text += "\n### " + name + "\n" + body;
    return text;
}

std::string reference(const json::object& document)
{
    return "# Every call of the HTTP API\n\nWritten by `script/docs` from `/openapi.json` of a "
           "running hub; a test keeps it current. [The HTTP surface](api.md) tells what the calls "
           "are for. Operators may name a tenant with the header `Katydid-Tenant` on all of them; "
           "a `?` marks a field that may be left out.\n\n## Calls\n"
           + calls(document) + "\n## Schemas\n" + schemas(document);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hub_api_reference)

// Goal: docs/api-reference.md says what the hub serves. Fix: script/docs
BOOST_AUTO_TEST_CASE(reference_is_current)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto document = co_await person.manage_as(200, "GET", "/openapi.json");
        const auto page = reference(document.as_object());
        if (std::getenv("KATYDID_WRITE_DOCS") != nullptr) std::ofstream{page_path} << page;
        std::ifstream in{page_path};
        const std::string written{std::istreambuf_iterator<char>{in}, {}};
        BOOST_TEST((written == page), "docs/api-reference.md is behind: script/docs");
    });
}

BOOST_AUTO_TEST_SUITE_END()
