#include "hub/filter/compile.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>

namespace katydid::filter {
namespace {

namespace json = boost::json;

constexpr std::size_t depth_max = 16;
constexpr std::size_t steps_max = 512;
constexpr std::size_t list_max = 200;
constexpr std::size_t key_bytes_max = 256;
constexpr std::size_t text_bytes_max = 1'024;

constexpr std::array<std::string_view, 6> event_fields{"id",      "type", "source",
                                                       "subject", "key",  "external_id"};

enum class Operand : std::uint8_t { scalar, scalars, ordered, texts, flag, filter, filters };

struct Operator {
    std::string_view name;
    Operand operand;
    Op op;          ///< of the test, or of what joins the parts
    bool negative;  ///< asked of an array as a whole, not of one of its elements
};

constexpr std::array<Operator, 15> operators{{
    {"$eq", Operand::scalar, Op::equals, false},
    {"$neq", Operand::scalar, Op::none, true},
    {"$gt", Operand::ordered, Op::greater, false},
    {"$gte", Operand::ordered, Op::at_least, false},
    {"$lt", Operand::ordered, Op::less, false},
    {"$lte", Operand::ordered, Op::at_most, false},
    {"$in", Operand::scalars, Op::any, false},
    {"$nin", Operand::scalars, Op::none, true},
    {"$startsWith", Operand::texts, Op::starts_with, false},
    {"$endsWith", Operand::texts, Op::ends_with, false},
    {"$contains", Operand::texts, Op::contains, false},
    {"$exist", Operand::flag, Op::exists, true},
    {"$or", Operand::filters, Op::any, false},
    {"$and", Operand::filters, Op::all, false},
    {"$not", Operand::filter, Op::none, true},
}};

const Operator* find_operator(std::string_view name)
{
    const auto* const found = std::ranges::find(operators, name, &Operator::name);
    return found == operators.end() ? nullptr : found;
}

bool is_operator(std::string_view key) { return key.starts_with('$'); }

/// Where in the document a part of the filter stands.
enum class Scope : std::uint8_t { document, headers, event, inside };

std::string to_lower(std::string_view text)
{
    std::string lower{text};
    for (auto& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return lower;
}

class Compiler {
public:
    explicit Compiler(std::vector<Fault>& faults) : faults_{faults} {}

    Program take() { return std::move(program_); }

    /// Everything that one object asks of one place.
    void level(const json::object& object, const std::string& pointer, Scope scope,
               std::size_t depth);

private:
    /// Opens a step and closes it when what is below it has been written.
    class Open {
    public:
        Open(Program& program, Op op) : program_{program}, index_{program.steps.size()}
        {
            program.steps.emplace_back().op = op;
        }
        ~Open() { step().end = static_cast<std::uint32_t>(program_.steps.size()); }
        Open(const Open&) = delete;
        Open& operator=(const Open&) = delete;
        Step& step() { return program_.steps[index_]; }

    private:
        Program& program_;
        std::size_t index_;
    };

    void fault(const std::string& pointer, std::string detail)
    {
        faults_.push_back({pointer, std::move(detail)});
    }
    void member(const json::key_value_pair& member, const std::string& pointer, Scope scope,
                std::size_t depth);
    void field(std::string_view key, const json::value& value, std::string pointer, Scope scope,
               std::size_t depth);
    void part(const json::value& value, const std::string& pointer, Scope scope, std::size_t depth);
    void test(Op op, const json::value& operand, const std::string& pointer);
    void operation(const Operator& op, const json::value& operand, const std::string& pointer,
                   Scope scope, std::size_t depth);
    void list(const Operator& op, const json::value& operand, const std::string& pointer,
              Scope scope, std::size_t depth);
    std::optional<Scope> enter(std::string_view key, const std::string& pointer, Scope scope);

    std::vector<Fault>& faults_;
    Program program_;
};

void Compiler::level(const json::object& object, const std::string& pointer, Scope scope,
                     std::size_t depth)
{
    if (object.empty())
        return fault(pointer, "is empty: name what must match, or use {\"$exist\": true}");
    if (depth > depth_max) return fault(pointer, "is nested deeper than 16 levels");
    if (program_.steps.size() > steps_max) return fault(pointer, "has more than 512 tests");
    std::vector<const json::key_value_pair*> positive;
    for (const auto& each : object) {
        const auto* op = find_operator(each.key());
        if (op != nullptr && op->negative) member(each, pointer, scope, depth);
        else positive.push_back(&each);
    }
    if (positive.empty()) return;
    const auto* op = find_operator(positive.front()->key());
    const bool is_test = op != nullptr && op->operand != Operand::filters;
    // A single test looks at an array's elements by itself, and the document is no array.
    if (scope == Scope::document || (positive.size() == 1 && is_test)) {
        for (const auto* each : positive) member(*each, pointer, scope, depth);
        return;
    }
    const Open some{program_, Op::some};
    for (const auto* each : positive) member(*each, pointer, scope, depth);
}

void Compiler::member(const json::key_value_pair& member, const std::string& pointer, Scope scope,
                      std::size_t depth)
{
    const std::string_view key = member.key();
    auto here = pointer_to(pointer, key);
    if (!is_operator(key)) return field(key, member.value(), std::move(here), scope, depth);
    const auto* op = find_operator(key);
    if (op == nullptr)
        return fault(here, "is not an operator: use $eq, $neq, $gt, $gte, $lt, $lte, $in, $nin, "
                           "$startsWith, $endsWith, $contains, $exist, $or, $and or $not");
    const bool joins = op->operand == Operand::filter || op->operand == Operand::filters;
    if (scope == Scope::document && !joins)
        return fault(here, "tests a value: put it below a field of \"payload\", \"headers\" or "
                           "\"event\"");
    operation(*op, member.value(), here, scope, depth + 1);
}

/// Goes down; a chain of objects with one field each becomes one step.
void Compiler::field(std::string_view key, const json::value& value, std::string pointer,
                     Scope scope, std::size_t depth)
{
    Open at{program_, Op::at};
    at.step().keys_first = static_cast<std::uint32_t>(program_.keys.size());
    const auto* target = &value;
    while (true) {
        const auto inner = enter(key, pointer, scope);
        if (!inner) return;
        program_.keys.push_back(scope == Scope::headers ? to_lower(key) : std::string{key});
        ++at.step().keys_count;
        scope = *inner;
        ++depth;
        const auto* object = target->if_object();
        const bool is_chain = object != nullptr && object->size() == 1 && depth <= depth_max
                              && !is_operator(object->begin()->key());
        if (!is_chain) break;
        key = object->begin()->key();
        target = &object->begin()->value();
        pointer = pointer_to(pointer, key);
    }
    part(*target, pointer, scope, depth);
}

/// What is below a field of that name, or nullopt with a fault.
std::optional<Scope> Compiler::enter(std::string_view key, const std::string& pointer, Scope scope)
{
    if (key.empty() || key.size() > key_bytes_max) {
        fault(pointer, "a name has 1 to 256 bytes");
        return std::nullopt;
    }
    if (scope == Scope::document) {
        if (key == "payload") return Scope::inside;
        if (key == "headers") return Scope::headers;
        if (key == "event") return Scope::event;
        fault(pointer,
              "must be \"payload\", \"headers\", \"event\", \"$or\", \"$and\" or \"$not\"");
        return std::nullopt;
    }
    if (scope == Scope::event && std::ranges::find(event_fields, key) == event_fields.end()) {
        fault(pointer, "must be \"id\", \"type\", \"source\", \"subject\", \"key\" or "
                       "\"external_id\"");
        return std::nullopt;
    }
    return Scope::inside;
}

/// An object asks for more; a scalar is a literal that must be equal.
void Compiler::part(const json::value& value, const std::string& pointer, Scope scope,
                    std::size_t depth)
{
    if (const auto* object = value.if_object()) return level(*object, pointer, scope, depth);
    if (scope == Scope::document) return fault(pointer, "must be an object");
    if (value.is_array())
        return fault(pointer, "a list is no literal: write {\"$in\": […]} for one of them");
    test(Op::equals, value, pointer);
}

void Compiler::test(Op op, const json::value& operand, const std::string& pointer)
{
    auto scalar = to_scalar(operand);
    if (!scalar) return fault(pointer, "must be a text, a number, true, false or null");
    const auto* text = std::get_if<std::string>(&*scalar);
    if (text != nullptr && text->size() > text_bytes_max)
        return fault(pointer, "must have at most 1024 bytes");
    Open step{program_, op};
    step.step().operand = std::move(*scalar);
}

void Compiler::operation(const Operator& op, const json::value& operand, const std::string& pointer,
                         Scope scope, std::size_t depth)
{
    switch (op.operand) {
    case Operand::scalar: {
        if (op.op == Op::equals) return test(op.op, operand, pointer);
        const Open none{program_, Op::none};
        return test(Op::equals, operand, pointer);
    }
    case Operand::ordered:
        if (!operand.is_number() && !operand.is_string())
            return fault(pointer, "must be a number or a text");
        return test(op.op, operand, pointer);
    case Operand::texts:
        if (operand.is_string()) return test(op.op, operand, pointer);
        return list(op, operand, pointer, scope, depth);
    case Operand::flag: {
        if (!operand.is_bool()) return fault(pointer, "must be true or false");
        if (operand.get_bool()) {
            const Open exists{program_, Op::exists};
            return;
        }
        const Open none{program_, Op::none};
        const Open exists{program_, Op::exists};
        return;
    }
    case Operand::filter: {
        const Open none{program_, Op::none};
        const Open all{program_, Op::all};
        return part(operand, pointer, scope, depth);
    }
    case Operand::scalars:
    case Operand::filters: return list(op, operand, pointer, scope, depth);
    }
}

void Compiler::list(const Operator& op, const json::value& operand, const std::string& pointer,
                    Scope scope, std::size_t depth)
{
    const auto* array = operand.if_array();
    if (array == nullptr || array->empty() || array->size() > list_max)
        return fault(pointer, "must be a list of 1 to 200 entries");
    const Open join{program_, op.operand == Operand::texts ? Op::any : op.op};
    for (std::size_t i = 0; i < array->size(); ++i) {
        const auto& each = (*array)[i];
        const auto here = pointer + "/" + std::to_string(i);
        if (op.operand == Operand::filters) {
            const Open all{program_, Op::all};
            part(each, here, scope, depth);
        } else if (op.operand == Operand::scalars) {
            test(Op::equals, each, here);
        } else if (each.is_string()) {
            test(op.op, each, here);
        } else {
            fault(here, "must be a text");
        }
    }
}

}  // namespace

std::optional<Program> compile(const json::value& filter, std::vector<Fault>& faults)
{
    const auto* object = filter.if_object();
    if (object == nullptr) {
        faults.push_back({"", "must be an object such as {\"payload\": {\"status\": \"paid\"}}"});
        return std::nullopt;
    }
    const auto before = faults.size();
    Compiler compiler{faults};
    compiler.level(*object, "", Scope::document, 0);
    if (faults.size() != before) return std::nullopt;
    return compiler.take();
}

}  // namespace katydid::filter
