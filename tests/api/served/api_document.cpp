#include "tests/api/served/api_document.hpp"

#include <algorithm>
#include <stdexcept>

namespace katydid::test {
namespace {

namespace json = boost::json;

std::string upper(std::string_view text)
{
    std::string out{text};
    std::ranges::transform(out, out.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return out;
}

std::string header_of(const http::ClientReply& reply, std::string_view name)
{
    return std::string{header_value(reply.headers, name)};
}

std::string name_of(const json::value& reference)
{
    const std::string text{reference.as_string()};
    return text.substr(text.rfind('/') + 1);
}

}  // namespace

const json::value* Operation::body() const
{
    const auto* request = node.if_contains("requestBody");
    if (request == nullptr) return nullptr;
    return &request->at("content").at("application/json").at("schema");
}

ApiDocument::ApiDocument(json::value document)
    : document_(std::move(document))  // braces: a list of one, with g++
{
    for (const auto& path : document_.at("paths").as_object())
        for (const auto& method : path.value().as_object()) {
            Operation operation;
            operation.method = upper(method.key());
            operation.pattern = std::string{path.key()};
            operation.node = method.value().as_object();
            if (const auto* scope = operation.node.if_contains("x-required-scope"))
                operation.scope = std::string{scope->as_string()};
            for (const auto& parameter : operation.node.at("parameters").as_array())
                operation.parameters.push_back(resolve(parameter));
            operations_.push_back(std::move(operation));
        }
}

const Operation& ApiDocument::operation(std::string_view name) const
{
    for (const auto& each : operations_)
        if (each.name() == name) return each;
    throw std::runtime_error{"the document has no " + std::string{name}};
}

const json::value& ApiDocument::resolve(const json::value& schema) const
{
    const auto* object = schema.if_object();
    const auto* reference = object == nullptr ? nullptr : object->if_contains("$ref");
    if (reference == nullptr) return schema;
    return resolve(document_.at_pointer(std::string{reference->as_string()}.substr(1)));
}

const schema::JsonSchema* ApiDocument::schema_at(const std::string& pointer)
{
    auto& known = compiled_[pointer];
    if (known) return known.get();
    std::vector<Fault> faults;
    known = schema::JsonSchema::compile(document_, faults, pointer);
    if (!known)
        throw std::runtime_error{pointer + " cannot be compiled: " + faults.front().pointer + " "
                                 + faults.front().detail};
    return known.get();
}

std::string ApiDocument::judge(const Operation& operation, const http::ClientReply& reply)
{
    const auto what = operation.name() + " answered " + std::to_string(reply.status);
    const auto status = std::to_string(reply.status);
    const auto* described = operation.node.at("responses").as_object().if_contains(status);
    if (described == nullptr) return what + ", which is not described: " + reply.body;
    seen_statuses_.insert(operation.name() + " " + status);
    const auto& response = resolve(*described);
    const auto* content = response.as_object().if_contains("content");
    if (content == nullptr)
        return reply.body.empty() ? "" : what + " with a body that is not described";
    const auto type = header_of(reply, "content-type");
    if (content->as_object().contains("*/*")) return "";
    const auto* media = content->as_object().if_contains(type);
    if (media == nullptr) return what + " with the undescribed type " + type;
    json::error_code error;
    const auto value = json::parse(reply.body, error);
    if (error) return what + " with a body that is not JSON: " + reply.body;
    const auto& schema = media->at("schema");
    const auto pointer = std::string{schema.at("$ref").as_string()}.substr(1);
    const auto faults = schema_at(pointer)->check(value);
    if (!faults.empty())
        return what + ": " + faults.front().pointer + " " + faults.front().detail + " in "
               + reply.body;
    note(schema, value, "");
    return "";
}

void ApiDocument::note(const json::value& schema, const json::value& value,
                       const std::string& owner)
{
    const auto* object = schema.if_object();
    if (object == nullptr) return;
    auto name = owner;
    if (const auto* reference = object->if_contains("$ref")) name = name_of(*reference);
    const auto& node = resolve(schema).as_object();
    if (const auto* choices = node.if_contains("oneOf"))
        for (const auto& choice : choices->as_array()) {
            const auto* type = resolve(choice).as_object().if_contains("type");
            const bool is_list = type != nullptr && *type == "array";
            if (is_list == value.is_array()) note(choice, value, name);
        }
    if (const auto* items = node.if_contains("items"); items != nullptr && value.is_array())
        for (const auto& each : value.get_array()) note(*items, each, name + "[]");
    const auto* properties = node.if_contains("properties");
    if (properties == nullptr || !value.is_object()) return;
    for (const auto& member : value.get_object()) {
        seen_fields_.insert(name + "/" + std::string{member.key()});
        if (const auto* property = properties->as_object().if_contains(member.key()))
            note(*property, member.value(), name + "/" + std::string{member.key()});
    }
}

void ApiDocument::collect(const json::value& schema, const std::string& owner,
                          std::set<std::string>& into, std::set<std::string>& visited) const
{
    const auto* object = schema.if_object();
    if (object == nullptr) return;
    auto name = owner;
    if (const auto* reference = object->if_contains("$ref")) {
        name = name_of(*reference);
        if (!visited.insert(name).second) return;
    }
    const auto& node = resolve(schema).as_object();
    if (const auto* choices = node.if_contains("oneOf"))
        for (const auto& choice : choices->as_array()) collect(choice, name, into, visited);
    if (const auto* items = node.if_contains("items")) collect(*items, name + "[]", into, visited);
    if (const auto* properties = node.if_contains("properties"))
        for (const auto& property : properties->as_object()) {
            const auto field = name + "/" + std::string{property.key()};
            into.insert(field);
            collect(property.value(), field, into, visited);
        }
}

std::vector<std::string> ApiDocument::fields_never_seen() const
{
    std::set<std::string> all;
    std::set<std::string> visited;
    for (const auto& operation : operations_)
        for (const auto& described : operation.node.at("responses").as_object()) {
            const auto& response = resolve(described.value()).as_object();
            const auto* content = response.if_contains("content");
            if (content == nullptr) continue;
            for (const auto& media : content->as_object())
                if (const auto* schema = media.value().as_object().if_contains("schema"))
                    collect(*schema, "", all, visited);
        }
    std::vector<std::string> missing;
    std::ranges::set_difference(all, seen_fields_, std::back_inserter(missing));
    return missing;
}

std::vector<std::string> ApiDocument::statuses_never_seen() const
{
    std::vector<std::string> missing;
    for (const auto& operation : operations_)
        for (const auto& described : operation.node.at("responses").as_object()) {
            if (described.value().as_object().contains("$ref")) continue;  // shared by all
            const auto status = operation.name() + " " + std::string{described.key()};
            if (!seen_statuses_.contains(status)) missing.push_back(status);
        }
    return missing;
}

}  // namespace katydid::test
