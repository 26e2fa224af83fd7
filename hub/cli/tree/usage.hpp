// What is wrong with a command line, in one line.
#pragma once

#include <CLI/CLI.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace katydid::cli {

/// The subcommand of that name; null where there is none.
[[nodiscard]] const CLI::App* find_command(const CLI::App& group, std::string_view name);

/// "; did you mean X?" for the one of `known` that is closest to a word, where one is close; else
/// empty. Pure.
[[nodiscard]] std::string did_you_mean(std::string_view word,
                                       const std::vector<std::string>& known);

/// The mistake in `arguments`, which `error` was thrown for: the command, what is wrong, and what
/// may have been meant. Empty: a command is missing, `at` is the group that has them.
[[nodiscard]] std::string usage_fault(const CLI::App& program,
                                      std::span<const char* const> arguments,
                                      const CLI::ParseError& error, const CLI::App*& at);

}  // namespace katydid::cli
