// A schema's text becomes nodes; what could not be enforced is refused here.
#include "hub/schema/compiler.hpp"

#include <algorithm>
#include <array>

namespace katydid::schema {
namespace {

namespace json = boost::json;

constexpr std::size_t nodes_max = 2'000;
constexpr std::size_t depth_max = 64;

/// Says something to people only, so there is nothing to enforce.
bool is_annotation(std::string_view keyword)
{
    constexpr std::array<std::string_view, 9> known{"$comment",  "title",       "description",
                                                    "default",   "examples",    "readOnly",
                                                    "writeOnly", "definitions", "$defs"};
    return std::ranges::find(known, keyword) != known.end();
}

}  // namespace

std::string pointer_to(std::string_view pointer, std::string_view name)
{
    std::string text{pointer};
    text += '/';
    for (const char c : name)
        if (c == '~') text += "~0";
        else if (c == '/') text += "~1";
        else text += c;
    return text;
}

JsonSchemaPtr Compiler::run(std::string_view pointer)
{
    const std::shared_ptr<JsonSchema> schema{new JsonSchema};
    schema_ = schema.get();
    schema->root_ = node_at(std::string{pointer}, "");
    return faults_.empty() ? schema : nullptr;
}

void Compiler::fault(const std::string& pointer, std::string detail)
{
    if (faults_.size() < faults_max) faults_.push_back({pointer, std::move(detail)});
}

/// Of a pointer that `$ref` or the caller names; each is compiled once, so cycles end.
const Node* Compiler::node_at(const std::string& pointer, const std::string& asked_at)
{
    if (const auto known = named_.find(pointer); known != named_.end()) return known->second;
    json::error_code error;
    const auto* value = root_.find_pointer(pointer, error);
    if (value == nullptr) {
        fault(asked_at, "points to \"#" + pointer + "\", which is not there");
        return nullptr;
    }
    return compile(*value, pointer);
}

const Node* Compiler::compile(const json::value& value, const std::string& pointer)
{
    if (const auto known = named_.find(pointer); known != named_.end()) return known->second;
    if (schema_->nodes_.size() >= nodes_max || depth_ >= depth_max) {
        fault(pointer, "the schema is too large: at most 2000 schemas, 64 levels deep");
        return nullptr;
    }
    auto& node = *schema_->nodes_.emplace_back(std::make_unique<Node>());
    named_.emplace(pointer, &node);
    if (const auto* flag = value.if_bool()) {
        node.is_never = !*flag;
        return &node;
    }
    const auto* object = value.if_object();
    if (object == nullptr) {
        fault(pointer, "must be a schema: an object, true or false");
        return &node;
    }
    ++depth_;
    read(*object, node, pointer);
    --depth_;
    return &node;
}

void Compiler::read_keyword(const json::key_value_pair& member, Node& node,
                            const std::string& pointer)
{
    const std::string_view keyword = member.key();
    const auto place = pointer_to(pointer, keyword);
    if (keyword == "$schema" || keyword == "$id")
        return read_identity(keyword, member.value(), pointer, place);
    const auto found = keywords().find(keyword);
    if (found == keywords().end())
        return fault(place,
                     "\"" + std::string{keyword} + "\" is not enforced by this hub: take it out");
    found->second(*this, member.value(), node, place);
}

void Compiler::read(const json::object& object, Node& node, const std::string& pointer)
{
    if (object.contains("$ref")) return read_reference(object, node, pointer);
    for (const auto& member : object)
        if (!is_annotation(member.key())) read_keyword(member, node, pointer);
    const bool has_branch = node.then != nullptr || node.otherwise != nullptr;
    if (has_branch && node.condition == nullptr)
        fault(pointer, "\"then\" and \"else\" need an \"if\"");
    if (node.additional_items != nullptr && node.tuple.empty())
        fault(pointer, "\"additionalItems\" needs \"items\" as a list");
}

void Compiler::read_reference(const json::object& object, Node& node, const std::string& pointer)
{
    for (const auto& member : object)
        if (member.key() != "$ref" && !is_annotation(member.key()))
            fault(pointer_to(pointer, member.key()),
                  "does not count beside \"$ref\": wrap the reference in \"allOf\"");
    const auto place = pointer_to(pointer, "$ref");
    const auto* text = object.at("$ref").if_string();
    if (text == nullptr || !text->starts_with('#'))
        return fault(place, "must point into this schema: \"#/definitions/…\"");
    node.reference = node_at(std::string{text->subview(1)}, place);
}

void Compiler::read_identity(std::string_view keyword, const json::value& value,
                             const std::string& pointer, const std::string& place)
{
    const auto* text = value.if_string();
    if (!pointer.empty()) return fault(place, "may stand at the top only");
    if (text == nullptr) return fault(place, "must be a text");
    if (keyword == "$schema" && text->find("draft-07") == json::string::npos)
        fault(place, "must be draft 7: \"http://json-schema.org/draft-07/schema#\"");
}

JsonSchema::JsonSchema() = default;
JsonSchema::~JsonSchema() = default;

JsonSchemaPtr JsonSchema::compile(const json::value& root, std::vector<Fault>& faults,
                                  std::string_view pointer)
{
    return Compiler{root, faults}.run(pointer);
}

}  // namespace katydid::schema
