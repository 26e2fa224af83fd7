// A language that transforms are written in. Two exist: JavaScript and jq.
#pragma once

#include "hub/transform/program.hpp"

#include <memory>

namespace katydid::transform::worker {

class Engine {
public:
    virtual ~Engine() = default;

    /// nullopt: the program compiles.
    virtual std::optional<Fault> check(const Program& program) = 0;
    /// Runs it, compiled before or now. What it leaves behind, the next run does not see.
    virtual Outcome run(const Program& program, const Input& input) = 0;
};

std::unique_ptr<Engine> make_javascript();
std::unique_ptr<Engine> make_jq();

/// Compiled programs are kept, this many of each language.
constexpr std::size_t programs_max = 32;

}  // namespace katydid::transform::worker
