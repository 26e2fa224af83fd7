// Shell completion, written from the tree of commands.
#pragma once

#include "hub/cli/tree/command_tree.hpp"

namespace katydid::cli {

/// Scripts that complete subcommands, options, the words and the files they take. Pure.
[[nodiscard]] std::string bash_completion(const CommandNode& root);
[[nodiscard]] std::string zsh_completion(const CommandNode& root);
[[nodiscard]] std::string fish_completion(const CommandNode& root);

}  // namespace katydid::cli
