// katydid init: writes a commented katydid.toml.
#include "hub/cli/tree/command.hpp"

#include "hub/cli/settings_reference.hpp"
#include "hub/config/load.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

namespace katydid::cli {

void add_init_command(CLI::App& app, int& exit_code)
{
    auto* command = app.add_subcommand("init", "Write a commented katydid.toml");
    auto file = std::make_shared<std::string>("katydid.toml");
    auto force = std::make_shared<bool>(false);
    command->add_option("file", *file, "Where to write it; - is standard output")
        ->type_name("FILE")
        ->capture_default_str();
    command->add_flag("--force", *force, "Overwrite a file that is there");
    auto markdown = std::make_shared<bool>(false);
    command->add_flag("--markdown", *markdown, "Print docs/settings.md instead");
    command->callback([file, force, markdown, &exit_code] {
        if (*markdown) {
            std::cout << settings_reference();
            return;
        }
        if (*file == "-") {
            std::cout << config::example_file();
            return;
        }
        if (std::filesystem::exists(*file) && !*force) {
            std::cerr << "katydid init: " << *file
                      << " is there already: give another name, or "
                         "--force to overwrite it\n";
            exit_code = wrong_usage;
            return;
        }
        std::ofstream out{*file};
        out << config::example_file();
        out.flush();
        if (!out) {
            std::cerr << "katydid init: " << *file << " cannot be written\n";
            exit_code = not_reached;
            return;
        }
        std::cout << "Wrote " << *file << ". Start the hub with: katydid serve --config " << *file
                  << '\n';
    });
}

}  // namespace katydid::cli
