#include "hub/cli/commands/schemes_command.hpp"

#include "hub/cli/offline_input.hpp"
#include "signing/schemes/scheme.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <iostream>

namespace katydid::cli {
namespace {

struct SchemesOptions {
    std::string name;
    bool json = false;
};

int print_one(const SchemesOptions& options)
{
    const auto scheme = signing::find_scheme(options.name);
    if (!scheme) {
        std::cerr << "katydid: there is no scheme \"" << options.name
                  << "\"; `katydid schemes` lists them\n";
        return answer_is_no;
    }
    if (options.json)
        std::cout << boost::json::serialize(
            boost::json::object{{"name", signing::scheme_name(*scheme)},
                                {"title", signing::scheme_title(*scheme)},
                                {"toml", signing::scheme_toml(*scheme)}})
                  << '\n';
    else std::cout << signing::scheme_toml(*scheme);
    return done;
}

int print_all(const SchemesOptions& options)
{
    const auto names = signing::scheme_names();
    std::size_t width = 0;
    for (const auto& name : names) width = std::max(width, name.size());
    boost::json::array list;
    for (const auto& name : names) {
        const auto& title = signing::scheme_title(*signing::find_scheme(name));
        if (options.json) list.push_back(boost::json::object{{"name", name}, {"title", title}});
        else std::cout << name << std::string(width + 2 - name.size(), ' ') << title << '\n';
    }
    if (options.json) std::cout << boost::json::serialize(list) << '\n';
    return done;
}

}  // namespace

void add_schemes_command(CLI::App& app, int& exit_code)
{
    const auto options = std::make_shared<SchemesOptions>();
    CLI::App* const command = app.add_subcommand(
        "schemes", "List the signature schemes, or print one as TOML");
    command->add_option("name", options->name, "Print this scheme's description");
    command->add_flag("--json", options->json, "Print JSON");
    command->callback([options, &exit_code] {
        exit_code = options->name.empty() ? print_all(*options) : print_one(*options);
    });
}

}  // namespace katydid::cli
