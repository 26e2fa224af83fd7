// The whole program: every command in one tree.
#pragma once

#include <memory>

namespace CLI {
class App;
}

namespace katydid::cli {

/// The tree of all commands. Running one writes `exit_code`, which outlives it.
std::unique_ptr<CLI::App> make_program(int& exit_code);

/// Parses, runs, and says what to exit with. Throws nothing.
int run_program(int argc, const char* const* argv);

}  // namespace katydid::cli
