// Which store a command works on: --store, else the hub's settings.
#pragma once

#include "hub/cli/tree/command.hpp"
#include "hub/config/load.hpp"
#include "hub/store/store.hpp"

namespace katydid::cli {

/// The options as given. CLI11 writes into it; it outlives the parsing.
struct StoreChoice {
    std::string store;
    config::Inputs inputs;
};

void add_store_options(CLI::App& command, StoreChoice& choice);

/// The path of the SQLite file. Errors: invalid_argument with the fix; for PostgreSQL it names
/// `tool`, PostgreSQL's own for the purpose.
result<std::string> sqlite_path(StoreChoice& choice, const std::string& tool);

/// Percent done on standard error, where that is a terminal; else null.
store::BackupProgress make_copy_progress();

}  // namespace katydid::cli
