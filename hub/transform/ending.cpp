#include "hub/transform/ending.hpp"

#include "hub/transform/wire.hpp"

#include <csignal>
#include <cstring>

namespace katydid::transform {

result<Outcome> explain(const Process::Ending& ending, const Program& program)
{
    const auto fault = [](Fault::Kind kind, std::string message) -> Outcome {
        return Fault{.kind = kind, .message = std::move(message)};
    };
    if (!ending.by_signal && ending.code == exit_time) return Outcome{time_fault(program)};
    if (!ending.by_signal && ending.code == exit_memory)
        return fault(Fault::Kind::memory, "it needs more memory than a transform may have");
    if (ending.by_signal) {
        switch (ending.code) {
        case SIGPROF:
        case SIGXCPU: return Outcome{time_fault(program)};
        case SIGSYS:
            return fault(Fault::Kind::crashed,
                         "it called the operating system, which a transform cannot");
        case SIGSEGV:
        case SIGBUS:
        case SIGILL:
        case SIGFPE:
        case SIGTRAP:
        case SIGABRT:
            return fault(Fault::Kind::crashed,
                         "it brought its worker down (" + describe(ending) + ")");
        default: break;
        }
    }
    return Error{errc::internal, "the worker of the transform ended: " + describe(ending)};
}

Fault time_fault(const Program& program)
{
    return {.kind = Fault::Kind::time,
            .message = "it ran for more than " + std::to_string(program.timeout.count()) + " ms"};
}

Fault nonsense_fault()
{
    return {.kind = Fault::Kind::crashed, .message = "it made its worker answer nonsense"};
}

bool is_unexpected(const Process::Ending& ending) noexcept
{
    if (ending.by_signal) return !ending.by_hub;
    return ending.code != exit_time && ending.code != exit_memory;
}

std::string describe(const Process::Ending& ending)
{
    if (!ending.by_signal) return "exit code " + std::to_string(ending.code);
    return "signal " + std::to_string(ending.code) + ", " + ::strsignal(ending.code);
}

}  // namespace katydid::transform
