// The commands of katydid-bench, one file each.
#pragma once

namespace CLI {
class App;
}

namespace katydid::bench {

/// Each adds its subcommand, which runs while the command line is parsed and sets `status`:
/// 0 done and correct, 1 something was not correct, 2 wrong usage, 3 could not run.
void add_run_command(CLI::App& app, int& status);
void add_load_command(CLI::App& app, int& status);
void add_sink_command(CLI::App& app, int& status);

}  // namespace katydid::bench
