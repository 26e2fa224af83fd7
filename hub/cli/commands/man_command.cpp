// katydid man: the manual page.
#include "hub/cli/tree/command.hpp"

#include "hub/cli/tree/manual.hpp"

#include <iostream>
#include <memory>

namespace katydid::cli {

void add_man_command(CLI::App& app, int&)
{
    auto* command = app.add_subcommand("man", "Print the manual page: katydid man | man -l -");
    const auto markdown = std::make_shared<bool>(false);
    command->add_flag("--markdown", *markdown, "As docs/cli.md");
    command->callback([&app, markdown] {
        const auto tree = read_tree(app);
        std::cout << (*markdown ? markdown_page(tree) : man_page(tree, KATYDID_VERSION));
    });
}

}  // namespace katydid::cli
