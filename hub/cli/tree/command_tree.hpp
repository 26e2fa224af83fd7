// The commands and options of a program as plain data, read from CLI11.
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace katydid::cli {

struct CommandOption {
    std::vector<std::string> names;  ///< "--json", "-h"; empty: an argument by its position
    std::string argument;            ///< what stands for its value: "URL"; empty: a switch
    std::string help;
    std::string standard;              ///< its default, empty where there is none
    std::string variable;              ///< of the environment, empty where there is none
    std::vector<std::string> choices;  ///< the only values it takes; empty: any
    bool is_required = false;
    bool is_repeated = false;
    bool is_file = false;  ///< its value is the path of a file or folder
};

struct CommandNode {
    std::string name;
    std::string help;
    std::vector<CommandOption> options;      ///< --help last
    std::vector<CommandOption> inherited;    ///< of the group above, taken here too
    std::vector<CommandOption> positionals;  ///< in order
    std::vector<CommandNode> children;
};

/// Completion, manual and reference are written from this, so that none of them can drift.
[[nodiscard]] CommandNode read_tree(const CLI::App& app);

}  // namespace katydid::cli
