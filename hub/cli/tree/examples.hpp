// A line to copy for each command: `--help`, the manual and docs/cli.md show it.
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <string_view>

namespace katydid::cli {

/// \param path  "events list". Empty where there is none.
[[nodiscard]] std::string_view example_of(std::string_view path) noexcept;

/// Puts the examples below the help of the program's commands.
void add_examples(CLI::App& program);

}  // namespace katydid::cli
