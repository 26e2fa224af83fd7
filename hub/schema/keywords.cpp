// What each keyword of a schema puts into its node.
#include "hub/schema/compiler.hpp"

#include <algorithm>
#include <cmath>

namespace katydid::schema {
namespace {

namespace json = boost::json;

constexpr std::size_t shown_max = 400;  ///< of the schema's own words in a fault

constexpr std::pair<std::string_view, unsigned> kinds[] = {
    {"null", kind_null},       {"boolean", kind_boolean},
    {"integer", kind_integer}, {"number", kind_integer | kind_number},
    {"string", kind_string},   {"array", kind_array},
    {"object", kind_object},
};

/// "a, b or c"
std::string one_of(const std::vector<std::string>& words)
{
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i)
        text += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
    return text;
}

void allow(Compiler& at, const json::value* values, std::size_t count, Node& node,
           const std::string& pointer)
{
    std::unordered_set<std::string> allowed;
    for (std::size_t i = 0; i < count; ++i) {
        auto text = canonical(values[i], at.work());
        if (!text) return at.fault_too_large(pointer);
        if (!node.allowed || node.allowed->contains(*text)) allowed.insert(std::move(*text));
    }
    node.allowed = std::move(allowed);
    std::vector<std::string> all;
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < count && bytes <= shown_max; ++i)
        bytes += all.emplace_back(json::serialize(values[i])).size();
    node.allowed_text = bytes > shown_max ? "must be one of the values of \"enum\""
                                          : "must be " + one_of(all);
}

void take_type(Compiler& at, const json::value& value, Node& node, const std::string& pointer)
{
    const auto add = [&](const json::value& each) {
        const auto* text = each.if_string();
        const auto* found = std::ranges::find_if(
            kinds, [&](const auto& kind) { return text != nullptr && *text == kind.first; });
        if (found == std::end(kinds)) return at.fault(pointer, "names a type that JSON has not");
        node.kinds |= found->second;
    };
    const auto* list = value.if_array();
    if (list == nullptr) return add(value);
    for (const auto& each : *list) add(each);
    if (list->empty()) at.fault(pointer, "must name a type");
}

void take_enum(Compiler& at, const json::value& value, Node& node, const std::string& pointer)
{
    const auto* list = value.if_array();
    if (list == nullptr || list->empty()) return at.fault(pointer, "must be a list of values");
    allow(at, list->data(), list->size(), node, pointer);
}

void take_const(Compiler& at, const json::value& value, Node& node, const std::string& pointer)
{
    allow(at, &value, 1, node, pointer);
}

template <std::optional<Number> Node::* field>
void take_number(Compiler& at, const json::value& value, Node& node, const std::string& pointer)
{
    node.*field = number_of(value);
    if (!(node.*field)) at.fault(pointer, "must be a number");
}

void take_multiple(Compiler& at, const json::value& value, Node& node, const std::string& pointer)
{
    node.multiple_of = number_of(value);
    if (!node.multiple_of || *node.multiple_of <= 0)
        at.fault(pointer, "must be a number greater than 0");
}

template <std::optional<std::uint64_t> Node::* field>
void take_count(Compiler& at, const json::value& value, Node& node, const std::string& pointer)
{
    const auto number = number_of(value);
    if (!number || !is_whole(value) || *number < 0)
        return at.fault(pointer, "must be a whole number, 0 or more");
    node.*field = static_cast<std::uint64_t>(*number);
}

template <const Node* Node::* field>
void take_schema(Compiler& at, const json::value& value, Node& node, const std::string& pointer)
{
    node.*field = at.compile(value, pointer);
}

template <std::vector<const Node*> Node::* field>
void take_schemas(Compiler& at, const json::value& value, Node& node, const std::string& pointer)
{
    const auto* list = value.if_array();
    if (list == nullptr || list->empty()) return at.fault(pointer, "must be a list of schemas");
    for (std::size_t i = 0; i < list->size(); ++i)
        (node.*field).push_back(at.compile((*list)[i], pointer + "/" + std::to_string(i)));
}

void take_items(Compiler& at, const json::value& value, Node& node, const std::string& pointer)
{
    if (value.is_array()) take_schemas<&Node::tuple>(at, value, node, pointer);
    else node.items = at.compile(value, pointer);
}

void take_unique(Compiler& at, const json::value& value, Node& node, const std::string& pointer)
{
    if (!value.is_bool()) return at.fault(pointer, "must be true or false");
    node.unique = value.get_bool();
}

void take_pattern(Compiler& at, const json::value& value, Node& node, const std::string& pointer)
{
    const auto* text = value.if_string();
    if (text == nullptr) return at.fault(pointer, "must be a text");
    node.pattern = at.expression(*text, pointer);
}

void take_format(Compiler& at, const json::value& value, Node& node, const std::string& pointer)
{
    const auto* text = value.if_string();
    node.format = text == nullptr ? nullptr : find_format(*text);
    if (node.format == nullptr)
        at.fault(pointer, "is a format that is not enforced; these are: " + format_names());
}

/// A text, or texts for some keywords: {"required": {"name": "…"}, "minProperties": "…"}.
void take_message(Compiler& at, const json::value& value, Node& node, const std::string& pointer)
{
    if (json::serialize(value).size() > 10 * shown_max)
        return at.fault(pointer, "must have at most 4000 bytes");
    if (const auto* text = value.if_string()) {
        node.message = *text;
        return;
    }
    const auto* texts = value.if_object();
    if (texts == nullptr) return at.fault(pointer, "must be a text or an object");
    for (const auto& [keyword, said] : *texts) {
        if (keyword == "minProperties" && said.is_string()) {
            node.empty_message = said.get_string();
        } else if (keyword == "required" && said.is_object()) {
            for (const auto& [name, text] : said.get_object())
                if (text.is_string()) node.missing.emplace(name, text.get_string());
        } else {
            at.fault(pointer_to(pointer, keyword),
                     "is not said by this hub: \"required\" has texts by name, "
                     "\"minProperties\" one");
        }
    }
}

/// Calls `each(name, value, pointer)` for the members of an object.
template <class Each>
void members(Compiler& at, const json::value& value, const std::string& pointer, Each each)
{
    const auto* object = value.if_object();
    if (object == nullptr) return at.fault(pointer, "must be an object");
    for (const auto& member : *object)
        each(std::string{member.key()}, member.value(), pointer_to(pointer, member.key()));
}

void take_properties(Compiler& at, const json::value& value, Node& node, const std::string& pointer)
{
    members(at, value, pointer, [&](std::string name, const auto& schema, const auto& place) {
        node.properties.emplace(std::move(name), at.compile(schema, place));
    });
}

void take_patterns(Compiler& at, const json::value& value, Node& node, const std::string& pointer)
{
    members(at, value, pointer,
            [&](const std::string& name, const auto& schema, const auto& place) {
                auto pattern = at.expression(name, place);
                const auto* inner = at.compile(schema, place);
                if (pattern) node.pattern_properties.push_back({std::move(*pattern), inner});
            });
}

std::vector<std::string> names(Compiler& at, const json::value& value, const std::string& pointer)
{
    std::vector<std::string> found;
    const auto* list = value.if_array();
    if (list == nullptr) at.fault(pointer, "must be a list of names");
    for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
        const auto* text = (*list)[i].if_string();
        if (text == nullptr) at.fault(pointer + "/" + std::to_string(i), "must be a text");
        else found.emplace_back(*text);
    }
    return found;
}

void take_required(Compiler& at, const json::value& value, Node& node, const std::string& pointer)
{
    node.required = names(at, value, pointer);
}

void take_dependencies(Compiler& at, const json::value& value, Node& node,
                       const std::string& pointer)
{
    members(at, value, pointer, [&](std::string name, const auto& needs, const auto& place) {
        Node::Dependency dependency{std::move(name), {}, nullptr};
        if (needs.is_array()) dependency.required = names(at, needs, place);
        else dependency.node = at.compile(needs, place);
        node.dependencies.push_back(std::move(dependency));
    });
}

std::string range(std::string_view low, std::string_view high, std::string_view unit = {})
{
    return std::string{" "}.append(low).append(" to ").append(high).append(unit);
}

}  // namespace

std::string text_of(Number number)
{
    if (std::trunc(number) == number && std::fabs(number) < 1e15L)
        return std::to_string(static_cast<std::int64_t>(number));
    return json::serialize(json::value(static_cast<double>(number)));
}

std::string expected_of(const Node& node)
{
    std::vector<std::string> words;
    const auto numbers = node.minimum && node.maximum
                             ? " from" + range(text_of(*node.minimum), text_of(*node.maximum))
                             : "";
    const auto length = node.length_min && node.length_max
                            ? " of"
                                  + range(std::to_string(*node.length_min),
                                          std::to_string(*node.length_max), " characters")
                            : "";
    const auto items = node.items_min && node.items_max
                           ? " of"
                                 + range(std::to_string(*node.items_min),
                                         std::to_string(*node.items_max), " items")
                           : "";
    if ((node.kinds & kind_number) != 0) words.push_back("a number" + numbers);
    else if ((node.kinds & kind_integer) != 0) words.push_back("a whole number" + numbers);
    if ((node.kinds & kind_boolean) != 0) words.emplace_back("true or false");
    if ((node.kinds & kind_string) != 0) words.push_back("a text" + length);
    if ((node.kinds & kind_array) != 0) words.push_back("a list" + items);
    if ((node.kinds & kind_object) != 0) words.emplace_back("an object");
    if ((node.kinds & kind_null) != 0) words.emplace_back("null");
    return one_of(words);
}

const std::unordered_map<std::string_view, TakeKeyword>& keywords()
{
    using N = Node;
    static const std::unordered_map<std::string_view, TakeKeyword> table{
        {"type", take_type},
        {"enum", take_enum},
        {"const", take_const},
        {"minimum", take_number<&N::minimum>},
        {"maximum", take_number<&N::maximum>},
        {"exclusiveMinimum", take_number<&N::above>},
        {"exclusiveMaximum", take_number<&N::below>},
        {"multipleOf", take_multiple},
        {"minLength", take_count<&N::length_min>},
        {"maxLength", take_count<&N::length_max>},
        {"pattern", take_pattern},
        {"format", take_format},
        {"items", take_items},
        {"additionalItems", take_schema<&N::additional_items>},
        {"contains", take_schema<&N::contains>},
        {"minItems", take_count<&N::items_min>},
        {"maxItems", take_count<&N::items_max>},
        {"uniqueItems", take_unique},
        {"properties", take_properties},
        {"patternProperties", take_patterns},
        {"additionalProperties", take_schema<&N::additional_properties>},
        {"propertyNames", take_schema<&N::property_names>},
        {"required", take_required},
        {"dependencies", take_dependencies},
        {"minProperties", take_count<&N::properties_min>},
        {"maxProperties", take_count<&N::properties_max>},
        {"allOf", take_schemas<&N::all_of>},
        {"anyOf", take_schemas<&N::any_of>},
        {"oneOf", take_schemas<&N::one_of>},
        {"not", take_schema<&N::negated>},
        {"if", take_schema<&N::condition>},
        {"then", take_schema<&N::then>},
        {"else", take_schema<&N::otherwise>},
        {"errorMessage", take_message},
    };
    return table;
}

}  // namespace katydid::schema
