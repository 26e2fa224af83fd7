#include "hub/filter/evaluate.hpp"

#include <boost/json.hpp>

#include <cstring>

namespace katydid::filter {
namespace {

namespace json = boost::json;

constexpr std::uint64_t step_work = 2;
constexpr std::uint64_t element_work = 1;
constexpr std::size_t bytes_per_unit = 16;  ///< of a text that is searched

std::string_view view_of(const json::string& text) { return {text.data(), text.size()}; }

/// Without budget every step fails; what that made of the whole counts for nothing.
class Evaluator {
public:
    Evaluator(const Program& program, Paths& paths, WorkBudget& whole)
        : program_{program},
          paths_{paths},
          work_{filter_work_max, &whole}
    {}

    Answer run()
    {
        const auto end = static_cast<std::uint32_t>(program_.steps.size());
        const bool held = all(0, end, {nullptr, true, true});
        if (work_.is_spent()) return Answer::cut_off;
        return held ? Answer::yes : Answer::no;
    }

private:
    /// Where we are. `fixed`: no array is above, so paths lead from here; `document`: at the top.
    struct Here {
        const json::value* value;
        bool fixed;
        bool document = false;
    };

    bool all(std::uint32_t first, std::uint32_t end, Here here)
    {
        for (auto i = first; i < end; i = program_.steps[i].end)
            if (!holds(i, here)) return false;
        return true;
    }

    bool any(std::uint32_t first, std::uint32_t end, Here here)
    {
        for (auto i = first; i < end; i = program_.steps[i].end)
            if (holds(i, here)) return true;
        return false;
    }

    bool holds(std::uint32_t index, Here here)
    {
        const auto& step = program_.steps[index];
        if (!work_.spend(step_work)) return false;
        switch (step.op) {
        case Op::all: return all(index + 1, step.end, here);
        case Op::any: return any(index + 1, step.end, here);
        case Op::none: return !any(index + 1, step.end, here);
        case Op::some: return some(index, here);
        case Op::at: return at(index, here);
        case Op::exists: return here.value != nullptr;
        default: return here.value != nullptr && test(step, *here.value);
        }
    }

    bool some(std::uint32_t index, Here here)
    {
        if (here.value == nullptr || !here.value->is_array())
            return all(index + 1, program_.steps[index].end, here);
        for (const auto& element : here.value->get_array()) {
            if (!work_.spend(element_work)) return false;
            if (some(index, {&element, false})) return true;
        }
        return false;
    }

    bool at(std::uint32_t index, Here here)
    {
        const auto& step = program_.steps[index];
        if (here.document && program_.keys[step.keys_first] == "payload"
            && paths_.document().is_too_deep()) {
            work_.exhaust();
            return false;
        }
        if (here.fixed) {
            const auto place = paths_.find(step.path);
            if (!place.through_array) return all(index + 1, step.end, {place.value, true});
        }
        if (!here.document) return walk(index, 0, here.value);
        return walk(index, 1, paths_.document().root(program_.keys[step.keys_first]));
    }

    /// Follows the names of an `at` by itself: through arrays there are many ways.
    bool walk(std::uint32_t index, std::uint32_t name, const json::value* value)
    {
        const auto& step = program_.steps[index];
        if (name == step.keys_count || value == nullptr)
            return all(index + 1, step.end, {value, false});
        if (const auto* array = value->if_array()) {
            for (const auto& element : *array) {
                if (!work_.spend(element_work)) return false;
                if (walk(index, name, &element)) return true;
            }
            return false;
        }
        const auto* object = value->if_object();
        const auto& key = program_.keys[step.keys_first + name];
        return walk(index, object == nullptr ? step.keys_count : name + 1,
                    object == nullptr ? nullptr : object->if_contains(key));
    }

    bool test(const Step& step, const json::value& value)
    {
        if (const auto* array = value.if_array()) {
            for (const auto& element : *array) {
                if (!work_.spend(element_work)) return false;
                if (test(step, element)) return true;
            }
            return false;
        }
        if (step.op == Op::equals) return is_equal(value, step.operand);
        if (step.op >= Op::starts_with) return test_text(step, value);
        const auto order = order_of(value, step.operand);
        if (!order) return false;
        switch (step.op) {
        case Op::greater: return *order > 0;
        case Op::at_least: return *order >= 0;
        case Op::less: return *order < 0;
        default: return *order <= 0;
        }
    }

    bool test_text(const Step& step, const json::value& value)
    {
        const auto* string = value.if_string();
        if (string == nullptr) return false;
        const auto text = view_of(*string);
        const auto& part = std::get<std::string>(step.operand);
        if (step.op == Op::starts_with) return text.starts_with(part);
        if (step.op == Op::ends_with) return text.ends_with(part);
        if (!work_.spend(text.size() / bytes_per_unit)) return false;
        // Linear in the text whatever it holds, which std::string_view::find is not.
        return ::memmem(text.data(), text.size(), part.data(), part.size()) != nullptr;
    }

    const Program& program_;
    Paths& paths_;
    WorkBudget work_;
};

}  // namespace

Answer evaluate(const Program& program, Paths& paths, WorkBudget& whole)
{
    return Evaluator{program, paths, whole}.run();
}

}  // namespace katydid::filter
