// A schema's text becomes nodes; what could not be enforced, or costs too much, is refused here.
#include "hub/schema/compiler.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace katydid::schema {
namespace {

namespace json = boost::json;

constexpr std::size_t nodes_max = 2'000;
constexpr std::size_t depth_max = 64;
constexpr std::size_t pointer_bytes_max = 4'096;

// What the parts of a compilation cost, in units of a WorkBudget.
constexpr std::uint64_t node_work = 200;
constexpr std::uint64_t byte_work = 20;              ///< of an expression's text
constexpr std::uint64_t copy_work = 100;             ///< of what is before "{0,45}", 45 times
constexpr std::uint64_t unicode_class_work = 6'000;  ///< "\\pL" is hundreds of ranges
constexpr std::uint64_t instruction_work = 40;       ///< of what RE2 makes of it

/// What RE2 may use for an expression, then for one that does not fit into that.
constexpr std::int64_t expression_bytes[] = {256 * 1024, 1024 * 1024};
constexpr std::int64_t expression_bytes_max = 32 * 1024 * 1024;  ///< of all in a schema
constexpr std::int64_t instruction_bytes = 16;

/// Says something to people only, so there is nothing to enforce.
bool is_annotation(std::string_view keyword)
{
    constexpr std::array<std::string_view, 9> known{"$comment",  "title",       "description",
                                                    "default",   "examples",    "readOnly",
                                                    "writeOnly", "definitions", "$defs"};
    return std::ranges::find(known, keyword) != known.end();
}

/// What RE2 does before it counts anything: it reads the text, makes sets of characters and copies
/// what is repeated.
std::uint64_t reading_work(std::string_view text)
{
    std::uint64_t work = text.size() * byte_work;
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
        if (text[i] == '\\' && (text[i + 1] == 'p' || text[i + 1] == 'P'))
            work += unicode_class_work;
        if (text[i] != '{') continue;
        const auto range = text.substr(i + 1, text.find('}', i) - i - 1);
        const auto comma = range.find(',');
        const auto most = comma == std::string_view::npos ? range : range.substr(comma + 1);
        std::uint64_t copies = 0;
        const auto [end, error] = std::from_chars(most.data(), most.data() + most.size(), copies);
        if (error == std::errc{}) work += std::min<std::uint64_t>(copies, 1'000) * copy_work;
    }
    return work;
}

}  // namespace

JsonSchemaPtr Compiler::run(std::string_view pointer)
{
    const std::shared_ptr<JsonSchema> schema{new JsonSchema};
    schema_ = schema.get();
    schema->root_ = node_at(std::string{pointer}, "");
    schema->compile_work_ = work_.used();
    return faults_.empty() ? schema : nullptr;
}

void Compiler::fault(const std::string& pointer, std::string detail)
{
    if (faults_.size() < faults_max) faults_.push_back({pointer, std::move(detail)});
}

void Compiler::fault_too_large(const std::string& pointer)
{
    fault(pointer, "makes the schema too large: its regular expressions and lists of values take "
                   "too long to prepare, or too much memory");
}

std::optional<Pattern> Compiler::expression(std::string_view text, const std::string& pointer)
{
    constexpr std::size_t shown_max = 200;
    auto& known = expressions_[std::string{text}];
    if (!known) known = compile_expression(text, pointer);
    if (!known) return std::nullopt;
    return Pattern{std::string{text.substr(0, shown_max)}, known};
}

/// Paid for before it is done. Where RE2 gives up, it has used all that it was given.
std::shared_ptr<const RE2> Compiler::compile_expression(std::string_view text,
                                                        const std::string& pointer)
{
    std::string why;
    for (const auto bytes : expression_bytes) {
        expression_bytes_ += bytes;
        if (expression_bytes_ > expression_bytes_max || !work_.spend(reading_work(text))) {
            fault_too_large(pointer);
            return nullptr;
        }
        RE2::Options options;
        options.set_log_errors(false);
        options.set_max_mem(bytes);
        auto re2 = std::make_shared<const RE2>(re2::StringPiece{text.data(), text.size()}, options);
        const auto instructions = re2->ok() ? re2->ProgramSize() : bytes / instruction_bytes / 4;
        const bool is_paid = work_.spend(static_cast<std::uint64_t>(instructions)
                                         * instruction_work);
        if (re2->ok() && is_paid) return re2;
        why = re2->error();
        if (re2->ok() || re2->error_code() != RE2::ErrorPatternTooLarge) break;
        expression_bytes_ -= bytes;
    }
    if (why.empty()) fault_too_large(pointer);
    else fault(pointer, "is no expression that RE2 takes: " + why);
    return nullptr;
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
    if (!work_.spend(node_work)) {
        fault_too_large(pointer);
        return nullptr;
    }
    if (schema_->nodes_.size() >= nodes_max || depth_ >= depth_max
        || pointer.size() > pointer_bytes_max) {
        fault(pointer.substr(0, pointer_bytes_max),
              "the schema is too large: at most 2000 schemas, 64 levels deep");
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
    node.expected = expected_of(node);
    const bool has_branch = node.then != nullptr || node.otherwise != nullptr;
    if (has_branch && node.condition == nullptr)
        fault(pointer, "\"then\" and \"else\" need an \"if\"");
    if (node.additional_items != nullptr && node.tuple.empty())
        fault(pointer, "\"additionalItems\" needs \"items\" as a list");
}

void Compiler::read_reference(const json::object& object, Node& node, const std::string& pointer)
{
    for (const auto& member : object)
        if (member.key() == "errorMessage") read_keyword(member, node, pointer);
        else if (member.key() != "$ref" && !is_annotation(member.key()))
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
                                  std::string_view pointer, WorkBudget* whole)
{
    WorkBudget work{compile_work_max, whole};
    return Compiler{root, faults, work}.run(pointer);
}

}  // namespace katydid::schema
