// The manual page and the reference page, written from the tree of commands.
#pragma once

#include "hub/cli/tree/command_tree.hpp"

namespace katydid::cli {

/// katydid(1) in the man macros of roff. Pure.
[[nodiscard]] std::string man_page(const CommandNode& root, const std::string& version);

/// docs/cli.md. Pure.
[[nodiscard]] std::string markdown_page(const CommandNode& root);

/// "katydid send [OPTIONS] [TYPE]". Pure.
[[nodiscard]] std::string synopsis(const CommandNode& node, const std::string& path);

}  // namespace katydid::cli
