// jq, by libjq. It cannot be interrupted and cannot be told how much memory it may take, so a
// program that goes too far ends the worker, which says why by its exit code.
#include "hub/transform/worker/engine.hpp"

#include "hub/core/text/text.hpp"
#include "hub/transform/wire.hpp"
#include "hub/transform/worker/cpu_limit.hpp"
#include "hub/transform/worker/result.hpp"

#include <charconv>
#include <list>

#include <unistd.h>

extern "C" {
#include <jq.h>
#include <jv.h>
}

namespace katydid::transform::worker {
namespace {

constexpr auto compile_time_max = std::chrono::milliseconds{500};

/// In the program's first line, so that its lines keep their numbers. What would look outside is
/// refused by name; import and include must come first in a program, so here they are mistakes.
constexpr std::string_view prefix
    = "def now: error(\"now: a transform has no clock, use .event\"); "
      "def input: error(\"input: a transform has one input\"); def inputs: input; "
      "def modulemeta: error(\"modulemeta: a transform has no files\"); "
      "def get_search_list: []; def env: {}; def stderr: .; def debug: .; ";

/// A value of jq with an owner.
class Value {
public:
    explicit Value(jv value) noexcept : value_{value} {}
    Value(Value&& other) noexcept : value_{std::exchange(other.value_, jv_invalid())} {}
    Value(const Value&) = delete;
    Value& operator=(const Value&) = delete;
    Value& operator=(Value&&) = delete;
    ~Value() { jv_free(value_); }

    [[nodiscard]] jv_kind kind() const noexcept { return jv_get_kind(value_); }
    [[nodiscard]] bool is_valid() const noexcept { return kind() != JV_KIND_INVALID; }
    [[nodiscard]] jv copy() const noexcept { return jv_copy(value_); }
    [[nodiscard]] Value member(const char* name) const
    {
        return Value{jv_object_get(copy(), jv_string(name))};
    }
    /// A string as it is, anything else as JSON.
    [[nodiscard]] std::string text() const
    {
        const Value string{kind() == JV_KIND_STRING ? copy() : jv_dump_string(copy(), 0)};
        return {jv_string_value(string.value_),
                static_cast<std::size_t>(jv_string_length_bytes(string.copy()))};
    }

private:
    jv value_;
};

Value string_value(std::string_view text)
{
    return Value{jv_string_sized(text.data(), static_cast<int>(text.size()))};
}

Value parse(std::string_view json)
{
    return Value{jv_parse_sized(json.data(), static_cast<int>(json.size()))};
}

/// "jq: error: syntax error, unexpected '}' (…) at <top-level>, line 3:" and more lines.
Fault compile_fault(std::string message)
{
    constexpr std::string_view place = " at <top-level>, line ";
    Fault fault;
    if (const auto at = message.find(place); at != message.npos) {
        const auto* const digits = message.data() + at + place.size();
        std::from_chars(digits, message.data() + message.size(), fault.line);
        message.resize(at);
    }
    constexpr std::string_view lead = "jq: error: ";
    if (message.starts_with(lead)) message.erase(0, lead.size());
    constexpr std::string_view advice = " (Unix shell quoting issues?)";  // there is no shell
    if (const auto at = message.find(advice); at != message.npos) message.erase(at, advice.size());
    fault.message = message.substr(0, message.find('\n'));
    return fault;
}

Value to_argument(const Input& input)
{
    auto headers = jv_object();
    for (const auto& [name, value] : input.headers)
        headers = jv_object_set(headers, string_value(lower_case(name)).copy(),
                                string_value(value).copy());
    auto payload = parse(input.payload);
    const auto body = payload.is_valid() ? payload.copy() : string_value(input.payload).copy();
    auto argument = jv_object_set(jv_object(), jv_string("payload"), body);
    argument = jv_object_set(argument, jv_string("headers"), headers);
    return Value{jv_object_set(argument, jv_string("event"), parse(input.event).copy())};
}

std::optional<std::string> text_of(const Value& result, const char* name)
{
    const auto value = result.member(name);
    if (!value.is_valid() || value.kind() == JV_KIND_NULL) return std::nullopt;
    if (value.kind() != JV_KIND_STRING) throw result_fault(std::string{name} + " must be a text");
    return value.text();
}

Headers headers_of(const Value& value)
{
    Headers headers;
    if (!value.is_valid() || value.kind() == JV_KIND_NULL) return headers;
    if (value.kind() != JV_KIND_OBJECT) throw result_fault("headers must be an object");
    const auto object = value.copy();
    for (int at = jv_object_iter(object); jv_object_iter_valid(object, at);
         at = jv_object_iter_next(object, at)) {
        const Value name{jv_object_iter_key(object, at)};
        const Value field{jv_object_iter_value(object, at)};
        headers.push_back({name.text(), field.text()});
    }
    jv_free(object);
    return headers;
}

void note_members(Output& output, const Value& result)
{
    const auto object = result.copy();
    bool is_enough = false;
    for (int at = jv_object_iter(object); jv_object_iter_valid(object, at) && !is_enough;
         at = jv_object_iter_next(object, at))
        is_enough = !note_member(output, Value{jv_object_iter_key(object, at)}.text());
    jv_free(object);
}

Output to_output(const Value& result)
{
    if (result.kind() != JV_KIND_OBJECT)
        throw result_fault("it must yield an object: {payload, headers, path, cancel}, each of "
                           "which may be left out");
    Output output;
    if (const auto payload = result.member("payload"); payload.is_valid())
        output.payload = payload.text();
    output.headers = headers_of(result.member("headers"));
    output.path = text_of(result, "path");
    output.cancel = text_of(result, "cancel");
    note_members(output, result);
    require_sendable(output);
    return output;
}

struct Compiled {
    explicit Compiled(std::string text) : source{std::move(text)}, state{jq_init()}
    {
        jq_set_nomem_handler(state, [](void*) { ::_exit(exit_memory); }, nullptr);
    }
    ~Compiled() { jq_teardown(&state); }
    Compiled(const Compiled&) = delete;
    Compiled& operator=(const Compiled&) = delete;

    std::string source;
    jq_state* state;
};

class Jq final : public Engine {
public:
    std::optional<Fault> check(const Program& program) override
    {
        try {
            static_cast<void>(compiled(program));
            return std::nullopt;
        } catch (const Fault& fault) {
            return fault;
        }
    }

    Outcome run(const Program& program, const Input& input) override
    {
        try {
            auto* const state = compiled(program);
            const CpuLimit limit{program.timeout, nullptr};
            jq_start(state, to_argument(input).copy(), 0);
            auto output = to_output(next(state));
            if (Value{jq_next(state)}.is_valid())
                throw result_fault("it yields more than one value");
            return output;
        } catch (const Fault& fault) {
            return fault;
        }
    }

private:
    static Value next(jq_state* state)
    {
        Value value{jq_next(state)};
        if (value.is_valid()) return value;
        if (jq_halted(state)) throw Fault{.message = "halt: a transform has to yield an object"};
        if (jv_invalid_has_msg(value.copy()))
            throw Fault{.message = "error: " + Value{jv_invalid_get_msg(value.copy())}.text()};
        throw result_fault("it yields nothing");
    }

    jq_state* compiled(const Program& program)
    {
        for (auto at = programs_.begin(); at != programs_.end(); ++at) {
            if (at->source != program.source) continue;
            programs_.splice(programs_.begin(), programs_, at);
            return at->state;
        }
        if (program.source.find('\0') != std::string::npos)
            throw Fault{.message = "the program has a zero byte"};
        const CpuLimit limit{compile_time_max, nullptr};
        std::list<Compiled> made;
        made.emplace_back(program.source);
        std::string first_message;
        const auto keep_first = [](void* to, jv message) {
            auto& text = *static_cast<std::string*>(to);
            const Value said{jq_format_error(message)};
            if (text.empty()) text = said.text();
        };
        auto* const state = made.front().state;
        jq_set_error_cb(state, keep_first, &first_message);
        const bool done = jq_compile(state, (std::string{prefix} + program.source).c_str()) != 0;
        jq_set_error_cb(state, [](void*, jv message) { jv_free(message); }, nullptr);
        if (!done) throw compile_fault(std::move(first_message));
        if (programs_.size() == programs_max) programs_.pop_back();
        programs_.splice(programs_.begin(), made);
        return state;
    }

    std::list<Compiled> programs_;  ///< used last comes first
};

}  // namespace

std::unique_ptr<Engine> make_jq() { return std::make_unique<Jq>(); }

}  // namespace katydid::transform::worker
