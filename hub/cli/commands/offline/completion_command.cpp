// katydid completion: a script for a shell.
#include "hub/cli/tree/command.hpp"

#include "hub/cli/tree/completion.hpp"

#include <iostream>
#include <memory>

namespace katydid::cli {

void add_completion_command(CLI::App& app, int&)
{
    auto* command = app.add_subcommand("completion",
                                       "Print the completion script of a shell, to be sourced");
    const auto shell = std::make_shared<std::string>();
    command->add_option("shell", *shell, "Whose")
        ->required()
        ->check(CLI::IsMember(std::vector<std::string>{"bash", "zsh", "fish"}));
    command->callback([&app, shell] {
        const auto tree = read_tree(app);
        std::cout << (*shell == "bash"  ? bash_completion(tree)
                      : *shell == "zsh" ? zsh_completion(tree)
                                        : fish_completion(tree));
    });
}

}  // namespace katydid::cli
