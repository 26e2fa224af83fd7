#include "hub/transform/worker/realm.hpp"

#include "hub/transform/worker/cpu_limit.hpp"
#include "hub/transform/worker/freeze.hpp"

#include <js/CharacterEncoding.h>
#include <js/CompilationAndEvaluation.h>
#include <js/ContextOptions.h>
#include <js/Date.h>
#include <js/Exception.h>
#include <js/Initialization.h>
#include <js/LocaleSensitive.h>
#include <js/Promise.h>
#include <js/SourceText.h>

#include <stdexcept>

namespace katydid::transform::worker {
namespace {

constexpr std::size_t stack_bytes_max = 512 * 1024;

double clock_now = 0;  ///< microseconds since 1970

/// Nothing is asynchronous here: what waits for a promise waits for ever, and is thrown away.
class NoJobs final : public JS::JobQueue {
public:
    JSObject* getIncumbentGlobal(JSContext* context) override
    {
        return JS::CurrentGlobalOrNull(context);
    }
    bool enqueuePromiseJob(JSContext*, JS::HandleObject, JS::HandleObject, JS::HandleObject,
                           JS::HandleObject) override
    {
        return true;
    }
    void runJobs(JSContext*) override {}
    [[nodiscard]] bool empty() const override { return true; }

private:
    js::UniquePtr<SavedJobQueue> saveJobQueue(JSContext*) override
    {
        return js::MakeUnique<SavedJobQueue>();
    }
};

bool on_interrupt(JSContext*) { return !CpuLimit::is_over(); }

const JSClass global_class{
    "global", JSCLASS_GLOBAL_FLAGS, &JS::DefaultGlobalClassOps, nullptr, nullptr, nullptr};

}  // namespace

JSContext* start_javascript()
{
    JS::DisableJitBackend();
    JSContext* context = nullptr;
    if (JS_Init()) context = JS_NewContext(heap_bytes_max);
    if (context == nullptr) throw std::runtime_error{"SpiderMonkey does not start"};
    JS_SetGCParameter(context, JSGC_MAX_NURSERY_BYTES, 1024 * 1024);
    JS_SetGCParameter(context, JSGC_ALLOCATION_THRESHOLD, 8);  // MiB: collect early, stay small
    JS_SetNativeStackQuota(context, stack_bytes_max);
    if (!JS::InitSelfHostedCode(context) || !JS_AddInterruptCallback(context, on_interrupt)
        || !JS_SetDefaultLocale(JS_GetRuntime(context), "en-US"))
        throw std::runtime_error{"SpiderMonkey does not start"};
    const JS::RealmOptions options;
    JSObject* const home = JS_NewGlobalObject(context, &global_class, nullptr,
                                              JS::DontFireOnNewGlobalHook, options);
    if (home == nullptr) throw std::runtime_error{"SpiderMonkey does not start"};
    JS::EnterRealm(context, home);
    static NoJobs no_jobs;
    JS::SetJobQueue(context, &no_jobs);
    JS::SetReduceMicrosecondTimePrecisionCallback(
        [](double, JSContext*) -> double { return clock_now; });
    return context;
}

void set_clock(std::chrono::sys_time<std::chrono::milliseconds> now) noexcept
{
    clock_now = 1000.0 * static_cast<double>(now.time_since_epoch().count());
}

JSObject* make_frozen_global(JSContext* context)
{
    // One zone for all: it is the unit of garbage collection, the compartment that of isolation.
    JS::RealmOptions options;
    options.creationOptions().setNewCompartmentInExistingZone(JS::CurrentGlobalOrNull(context));
    options.creationOptions().setSharedMemoryAndAtomicsEnabled(false);
    options.behaviors().setClampAndJitterTime(true);
    JS::RootedObject global{context, JS_NewGlobalObject(context, &global_class, nullptr,
                                                        JS::DontFireOnNewGlobalHook, options)};
    if (global == nullptr) return nullptr;
    const JSAutoRealm realm{context, global};
    JS::RootedValue freeze{context};
    JS::RootedValue ignored{context};
    JS::RootedValueArray<1> arguments{context};
    arguments[0].setObject(*global);
    if (!evaluate(context, freeze_script, &freeze)
        || !JS_CallFunctionValue(context, nullptr, freeze, arguments, &ignored))
        return nullptr;
    return global;
}

bool evaluate(JSContext* context, std::string_view source, JS::MutableHandleValue value)
{
    JS::CompileOptions options{context};
    options.setFileAndLine("transform", 1);
    JS::SourceText<mozilla::Utf8Unit> text;
    return text.init(context, source.data(), source.size(), JS::SourceOwnership::Borrowed)
           && JS::Evaluate(context, options, text, value);
}

Fault take_fault(JSContext* context, std::chrono::milliseconds timeout, const Place& place)
{
    const bool out_of_memory = JS_IsThrowingOutOfMemory(context);
    if (CpuLimit::is_over() || !JS_IsExceptionPending(context)) {
        JS_ClearPendingException(context);
        return time_fault(timeout);
    }
    JS::ExceptionStack exception{context};
    JS::ErrorReportBuilder report{context};
    if (out_of_memory || !JS::StealPendingExceptionStack(context, &exception)
        || !report.init(context, exception, JS::ErrorReportBuilder::NoSideEffects)) {
        JS_ClearPendingException(context);
        return memory_fault();
    }
    Fault fault{.message = report.toStringResult().c_str()};
    fault.line = report.report()->lineno;
    fault.column = report.report()->column + (place.compiling ? 1 : 0);
    if (fault.line == 1) fault.column -= static_cast<std::uint32_t>(place.prefix_bytes);
    return fault;
}

std::optional<std::string> to_utf8(JSContext* context, JS::HandleString text)
{
    const auto bytes = JS_EncodeStringToUTF8(context, text);
    if (bytes == nullptr) return std::nullopt;
    // The text may have a zero in it, so its length is asked for.
    JSLinearString* const linear = JS_EnsureLinearString(context, text);
    if (linear == nullptr) return std::nullopt;
    return std::string{bytes.get(), JS::GetDeflatedUTF8StringLength(linear)};
}

JSString* to_text(JSContext* context, std::string_view utf8)
{
    std::size_t size = 0;
    const JS::UTF8Chars bytes{utf8.data(), utf8.size()};
    const JS::TwoByteCharsZ chars = JS::LossyUTF8CharsToNewTwoByteCharsZ(context, bytes, &size,
                                                                         js::MallocArena);
    if (!chars) return nullptr;
    return JS_NewUCString(context, JS::UniqueTwoByteChars{chars.get()}, size);
}

}  // namespace katydid::transform::worker
