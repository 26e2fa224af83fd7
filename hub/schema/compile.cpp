// A schema's text becomes nodes; what could not be enforced is refused here.
#include "hub/schema/node.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <unordered_map>

namespace katydid::schema {
namespace {

namespace json = boost::json;

constexpr std::size_t nodes_max = 2'000;
constexpr std::size_t depth_max = 64;
constexpr std::int64_t pattern_bytes_max = 1 << 20;  ///< of a compiled expression

constexpr std::pair<std::string_view, unsigned> kinds[] = {
    {"null", kind_null},       {"boolean", kind_boolean},
    {"integer", kind_integer}, {"number", kind_integer | kind_number},
    {"string", kind_string},   {"array", kind_array},
    {"object", kind_object},
};

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

/// Thread safety: none; one per compilation.
class Compiler {
public:
    Compiler(const json::value& root, std::vector<Fault>& faults) : root_{root}, faults_{faults} {}

    JsonSchemaPtr run(std::string_view pointer)
    {
        const std::shared_ptr<JsonSchema> schema{new JsonSchema};
        schema_ = schema.get();
        schema->root_ = node_at(std::string{pointer}, "");
        return faults_.empty() ? schema : nullptr;
    }

private:
    using Take = void (Compiler::*)(const json::value&, Node&, const std::string&);

    void fault(const std::string& pointer, std::string detail)
    {
        if (faults_.size() < faults_max) faults_.push_back({pointer, std::move(detail)});
    }

    /// Of a pointer that `$ref` or the caller names; each is compiled once, so cycles end.
    const Node* node_at(const std::string& pointer, const std::string& asked_at)
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

    const Node* compile(const json::value& value, const std::string& pointer)
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

    void read(const json::object& object, Node& node, const std::string& pointer)
    {
        if (object.contains("$ref")) return read_reference(object, node, pointer);
        for (const auto& member : object) {
            const std::string_view keyword = member.key();
            const auto place = pointer_to(pointer, keyword);
            if (is_annotation(keyword)) continue;
            if (keyword == "$schema" || keyword == "$id") {
                read_identity(keyword, member.value(), pointer, place);
                continue;
            }
            const auto& table = keywords();
            const auto found = table.find(keyword);
            if (found == table.end())
                fault(place,
                      "\"" + std::string{keyword} + "\" is not enforced by this hub: take it out");
            else (this->*found->second)(member.value(), node, place);
        }
        const bool has_branch = node.then != nullptr || node.otherwise != nullptr;
        if (has_branch && node.condition == nullptr)
            fault(pointer, "\"then\" and \"else\" need an \"if\"");
        if (node.additional_items != nullptr && node.tuple.empty())
            fault(pointer, "\"additionalItems\" needs \"items\" as a list");
    }

    void read_reference(const json::object& object, Node& node, const std::string& pointer)
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

    void read_identity(std::string_view keyword, const json::value& value,
                       const std::string& pointer, const std::string& place)
    {
        const auto* text = value.if_string();
        if (!pointer.empty()) return fault(place, "may stand at the top only");
        if (text == nullptr) return fault(place, "must be a text");
        if (keyword == "$schema" && text->find("draft-07") == json::string::npos)
            fault(place, "must be draft 7: \"http://json-schema.org/draft-07/schema#\"");
    }

    void take_type(const json::value& value, Node& node, const std::string& pointer)
    {
        const auto add = [&](const json::value& each) {
            const auto* text = each.if_string();
            const auto* found = std::ranges::find_if(
                kinds, [&](const auto& kind) { return text != nullptr && *text == kind.first; });
            if (found == std::end(kinds)) return fault(pointer, "names a type that JSON has not");
            node.kinds |= found->second;
            node.kind_names += (node.kind_names.empty() ? "" : " or ") + std::string{found->first};
        };
        const auto* list = value.if_array();
        if (list == nullptr) return add(value);
        for (const auto& each : *list) add(each);
        if (list->empty()) fault(pointer, "must name a type");
    }

    void take_enum(const json::value& value, Node& node, const std::string& pointer)
    {
        const auto* list = value.if_array();
        if (list == nullptr || list->empty()) return fault(pointer, "must be a list of values");
        allow({list->begin(), list->end()}, node);
    }
    void take_const(const json::value& value, Node& node, const std::string&)
    {
        allow({value}, node);
    }
    static void allow(std::vector<json::value> values, Node& node)
    {
        if (node.allowed)
            std::erase_if(values, [&](const json::value& each) {
                return std::ranges::none_of(*node.allowed,
                                            [&](const auto& other) { return equal(each, other); });
            });
        node.allowed = std::move(values);
    }

    template <std::optional<Number> Node::* field>
    void take_number(const json::value& value, Node& node, const std::string& pointer)
    {
        node.*field = number_of(value);
        if (!(node.*field)) fault(pointer, "must be a number");
    }
    void take_multiple(const json::value& value, Node& node, const std::string& pointer)
    {
        node.multiple_of = number_of(value);
        if (!node.multiple_of || *node.multiple_of <= 0)
            fault(pointer, "must be a number greater than 0");
    }
    template <std::optional<std::uint64_t> Node::* field>
    void take_count(const json::value& value, Node& node, const std::string& pointer)
    {
        const auto number = number_of(value);
        if (!number || !is_whole(value) || *number < 0)
            return fault(pointer, "must be a whole number, 0 or more");
        node.*field = static_cast<std::uint64_t>(*number);
    }
    template <const Node* Node::* field>
    void take_schema(const json::value& value, Node& node, const std::string& pointer)
    {
        node.*field = compile(value, pointer);
    }
    template <std::vector<const Node*> Node::* field>
    void take_schemas(const json::value& value, Node& node, const std::string& pointer)
    {
        const auto* list = value.if_array();
        if (list == nullptr || list->empty()) return fault(pointer, "must be a list of schemas");
        for (std::size_t i = 0; i < list->size(); ++i)
            (node.*field).push_back(compile((*list)[i], pointer + "/" + std::to_string(i)));
    }

    void take_items(const json::value& value, Node& node, const std::string& pointer)
    {
        if (value.is_array()) take_schemas<&Node::tuple>(value, node, pointer);
        else node.items = compile(value, pointer);
    }
    void take_unique(const json::value& value, Node& node, const std::string& pointer)
    {
        if (!value.is_bool()) return fault(pointer, "must be true or false");
        node.unique = value.get_bool();
    }

    std::optional<Pattern> expression(std::string_view text, const std::string& pointer)
    {
        RE2::Options options;
        options.set_log_errors(false);
        options.set_max_mem(pattern_bytes_max);
        auto compiled = std::make_unique<RE2>(re2::StringPiece{text.data(), text.size()}, options);
        if (!compiled->ok()) {
            fault(pointer, "is no expression that RE2 takes: " + compiled->error());
            return std::nullopt;
        }
        return Pattern{std::string{text}, std::move(compiled)};
    }
    void take_pattern(const json::value& value, Node& node, const std::string& pointer)
    {
        const auto* text = value.if_string();
        if (text == nullptr) return fault(pointer, "must be a text");
        node.pattern = expression(*text, pointer);
    }
    void take_format(const json::value& value, Node& node, const std::string& pointer)
    {
        const auto* text = value.if_string();
        node.format = text == nullptr ? nullptr : find_format(*text);
        if (node.format == nullptr)
            fault(pointer, "is a format that is not enforced; these are: " + format_names());
    }

    /// Calls `each(name, value, pointer)` for the members of an object.
    template <class Each>
    void members(const json::value& value, const std::string& pointer, Each each)
    {
        const auto* object = value.if_object();
        if (object == nullptr) return fault(pointer, "must be an object");
        for (const auto& member : *object)
            each(std::string{member.key()}, member.value(), pointer_to(pointer, member.key()));
    }
    void take_properties(const json::value& value, Node& node, const std::string& pointer)
    {
        members(value, pointer, [&](std::string name, const auto& schema, const auto& place) {
            node.properties.emplace(std::move(name), compile(schema, place));
        });
    }
    void take_patterns(const json::value& value, Node& node, const std::string& pointer)
    {
        members(value, pointer,
                [&](const std::string& name, const auto& schema, const auto& place) {
                    auto pattern = expression(name, place);
                    const auto* inner = compile(schema, place);
                    if (pattern) node.pattern_properties.push_back({std::move(*pattern), inner});
                });
    }
    std::vector<std::string> names(const json::value& value, const std::string& pointer)
    {
        std::vector<std::string> found;
        const auto* list = value.if_array();
        if (list == nullptr) fault(pointer, "must be a list of names");
        for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
            const auto* text = (*list)[i].if_string();
            if (text == nullptr) fault(pointer + "/" + std::to_string(i), "must be a text");
            else found.emplace_back(*text);
        }
        return found;
    }
    void take_required(const json::value& value, Node& node, const std::string& pointer)
    {
        node.required = names(value, pointer);
    }
    void take_dependencies(const json::value& value, Node& node, const std::string& pointer)
    {
        members(value, pointer, [&](std::string name, const auto& needs, const auto& place) {
            Node::Dependency dependency{std::move(name), {}, nullptr};
            if (needs.is_array()) dependency.required = names(needs, place);
            else dependency.node = compile(needs, place);
            node.dependencies.push_back(std::move(dependency));
        });
    }

    static const std::unordered_map<std::string_view, Take>& keywords()
    {
        using C = Compiler;
        using N = Node;
        static const std::unordered_map<std::string_view, Take> table{
            {"type", &C::take_type},
            {"enum", &C::take_enum},
            {"const", &C::take_const},
            {"minimum", &C::take_number<&N::minimum>},
            {"maximum", &C::take_number<&N::maximum>},
            {"exclusiveMinimum", &C::take_number<&N::above>},
            {"exclusiveMaximum", &C::take_number<&N::below>},
            {"multipleOf", &C::take_multiple},
            {"minLength", &C::take_count<&N::length_min>},
            {"maxLength", &C::take_count<&N::length_max>},
            {"pattern", &C::take_pattern},
            {"format", &C::take_format},
            {"items", &C::take_items},
            {"additionalItems", &C::take_schema<&N::additional_items>},
            {"contains", &C::take_schema<&N::contains>},
            {"minItems", &C::take_count<&N::items_min>},
            {"maxItems", &C::take_count<&N::items_max>},
            {"uniqueItems", &C::take_unique},
            {"properties", &C::take_properties},
            {"patternProperties", &C::take_patterns},
            {"additionalProperties", &C::take_schema<&N::additional_properties>},
            {"propertyNames", &C::take_schema<&N::property_names>},
            {"required", &C::take_required},
            {"dependencies", &C::take_dependencies},
            {"minProperties", &C::take_count<&N::properties_min>},
            {"maxProperties", &C::take_count<&N::properties_max>},
            {"allOf", &C::take_schemas<&N::all_of>},
            {"anyOf", &C::take_schemas<&N::any_of>},
            {"oneOf", &C::take_schemas<&N::one_of>},
            {"not", &C::take_schema<&N::negated>},
            {"if", &C::take_schema<&N::condition>},
            {"then", &C::take_schema<&N::then>},
            {"else", &C::take_schema<&N::otherwise>},
        };
        return table;
    }

    const json::value& root_;
    std::vector<Fault>& faults_;
    JsonSchema* schema_ = nullptr;
    std::unordered_map<std::string, const Node*> named_;
    std::size_t depth_ = 0;
};

JsonSchema::JsonSchema() = default;
JsonSchema::~JsonSchema() = default;

JsonSchemaPtr JsonSchema::compile(const json::value& root, std::vector<Fault>& faults,
                                  std::string_view pointer)
{
    return Compiler{root, faults}.run(pointer);
}

}  // namespace katydid::schema
