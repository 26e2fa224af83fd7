// What the end of a worker says about the program that it ran.
#pragma once

#include "hub/core/error.hpp"
#include "hub/transform/process.hpp"
#include "hub/transform/program.hpp"

#include <string>

namespace katydid::transform {

/// A Fault where the program did it; an Error where somebody else may have.
[[nodiscard]] result<Outcome> explain(const Process::Ending& ending, const Program& program);
[[nodiscard]] Fault time_fault(const Program& program);
[[nodiscard]] Fault nonsense_fault();

/// Whether it is for the log: neither a limit that programs meet, nor the pool's doing.
[[nodiscard]] bool is_unexpected(const Process::Ending& ending) noexcept;
[[nodiscard]] std::string describe(const Process::Ending& ending);

}  // namespace katydid::transform
