// A program of JavaScript is compiled once, into a function that evaluates all of it anew for each
// run. Its global object is its own and frozen, so that a run finds nothing of another one.
#include "hub/transform/worker/engine.hpp"

#include "hub/transform/worker/cpu_limit.hpp"
#include "hub/transform/worker/json.hpp"
#include "hub/transform/worker/realm.hpp"

#include <js/CompilationAndEvaluation.h>
#include <js/Object.h>
#include <js/Promise.h>
#include <js/SourceText.h>
#include <js/experimental/JSStencil.h>

#include <list>
#include <variant>

namespace katydid::transform::worker {
namespace {

// What matched last (RegExp.$1, RegExp.input) is all that freezing does not cover, so each run
// begins with a match of nothing. (JS::ClearRegExpStatics leaves a null pointer, to be read later.)
constexpr std::string_view prefix = "(function(){/(?:)/.test('');return(function(){";
constexpr std::string_view suffix
    = "\n;return typeof transform === 'function' ? transform : undefined;})()})";
constexpr Place compiling{.compiling = true, .prefix_bytes = prefix.size()};
constexpr Place running{.compiling = false, .prefix_bytes = prefix.size()};
constexpr auto compile_time_max = std::chrono::milliseconds{500};

JSContext* interrupted = nullptr;
void interrupt() { JS_RequestInterruptCallback(interrupted); }

struct Compiled {
    Compiled(JSContext* context, std::string text, JSObject* home)
        : source{std::move(text)},
          global{context, home},
          make{context}
    {}
    std::string source;
    JS::PersistentRootedObject global;
    JS::PersistentRootedValue make;  ///< evaluates the program and returns its `transform`
};

class JavaScript final : public Engine {
public:
    JavaScript() : context_{start_javascript()}, json_{context_} { interrupted = context_; }

    std::optional<Fault> check(const Program& program) override
    {
        const auto code = compiled(program);
        if (const auto* fault = std::get_if<Fault>(&code)) return *fault;
        return std::nullopt;
    }

    Outcome run(const Program& program, const Input& input) override
    {
        const auto code = compiled(program);
        if (const auto* fault = std::get_if<Fault>(&code)) return *fault;
        const auto& program_code = *std::get<Compiled*>(code);
        const JSAutoRealm realm{context_, program_code.global};
        const CpuLimit limit{program.timeout, interrupt};
        set_clock(input.now);
        try {
            return call(program_code, input);
        } catch (const Pending&) {
            auto fault = take_fault(context_, program.timeout, running);
            // What it made in all that time is not to be the next program's burden.
            if (fault.kind == Fault::Kind::time) JS_GC(context_);
            return fault;
        } catch (const Fault& fault) {
            return fault;
        }
    }

private:
    std::variant<Compiled*, Fault> compiled(const Program& program)
    {
        for (auto at = programs_.begin(); at != programs_.end(); ++at) {
            if (at->source != program.source) continue;
            programs_.splice(programs_.begin(), programs_, at);
            return &programs_.front();
        }
        JS::RootedObject global{context_, make_frozen_global(context_)};
        if (global == nullptr) return take_fault(context_, compile_time_max, compiling);
        const JSAutoRealm realm{context_, global};
        const CpuLimit limit{compile_time_max, interrupt};
        try {
            compile(program.source, global);
        } catch (const Pending&) {
            return take_fault(context_, compile_time_max, compiling);
        }
        return &programs_.front();
    }

    void compile(const std::string& source, JS::HandleObject global)
    {
        require_script(source);
        std::string wrapped{prefix};
        wrapped.append(source).append(suffix);
        JS::RootedValue make{context_};
        require(evaluate(context_, wrapped, &make));
        if (programs_.size() == programs_max) programs_.pop_back();
        programs_.emplace_front(context_, source, global).make = make;
    }

    /// The source alone is a script: what closes the function around it early is not.
    void require_script(std::string_view source)
    {
        JS::CompileOptions options{context_};
        // So that a fault in its first line has the place it has in the function.
        options.setFileAndLine("transform", 1).setColumn(prefix.size());
        JS::SourceText<mozilla::Utf8Unit> text;
        require(text.init(context_, source.data(), source.size(), JS::SourceOwnership::Borrowed));
        const RefPtr<JS::Stencil> stencil = JS::CompileGlobalScriptToStencil(context_, options,
                                                                             text);
        require(stencil != nullptr);
    }

    Output call(const Compiled& code, const Input& input)
    {
        JS::RootedValue transform{context_};
        const auto nothing = JS::HandleValueArray::empty();
        require(JS_CallFunctionValue(context_, nullptr, code.make, nothing, &transform));
        if (!transform.isObject())
            throw Fault{.message = "it defines no function transform({payload, headers, event})"};
        JS::RootedValueArray<1> arguments{context_};
        arguments[0].setObject(*json_.to_argument(input));
        JS::RootedValue returned{context_};
        require(JS_CallFunctionValue(context_, nullptr, transform, arguments, &returned));
        if (!returned.isObject())
            throw Fault{.kind = Fault::Kind::result,
                        .message = "transform must return an object: {payload, headers, path, "
                                   "cancel}, each of which may be left out"};
        JS::RootedObject result{context_, &returned.toObject()};
        if (JS::IsPromiseObject(result))
            throw Fault{.kind = Fault::Kind::result,
                        .message = "transform returned a promise: nothing is asynchronous here, "
                                   "write it without async"};
        return json_.to_output(result);
    }

    JSContext* context_;
    Json json_;
    std::list<Compiled> programs_;  ///< used last comes first
};

}  // namespace

std::unique_ptr<Engine> make_javascript() { return std::make_unique<JavaScript>(); }

}  // namespace katydid::transform::worker
