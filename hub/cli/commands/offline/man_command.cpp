// katydid man and help: what the program says of itself.
#include "hub/cli/tree/command.hpp"

#include "hub/cli/terminal/terminal.hpp"
#include "hub/cli/tree/manual.hpp"
#include "hub/cli/tree/usage.hpp"

#include <iostream>
#include <memory>
#include <vector>

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

void add_help_command(CLI::App& app, int& exit_code)
{
    auto* command = app.add_subcommand("help", "Show the help of a command");
    const auto words = std::make_shared<std::vector<std::string>>();
    command->add_option("command", *words, "Which: events list");
    command->callback([&app, words, &exit_code] {
        const CLI::App* at = &app;
        std::string path;
        for (const auto& word : *words) {
            path += (path.empty() ? "" : " ") + at->get_name();
            const auto* next = find_command(*at, word);
            if (next == nullptr) {
                std::vector<std::string> names;
                for (const auto* each : at->get_subcommands([](const CLI::App*) { return true; }))
                    names.push_back(each->get_name());
                std::cerr << path << ": there is no command \"" << printable(word) << "\""
                          << did_you_mean(word, names) << '\n';
                exit_code = wrong_usage;
                return;
            }
            at = next;
        }
        std::cout << at->help(path);
    });
}

}  // namespace katydid::cli
