// katydid schemes: how providers sign: the catalog, which needs no hub, and a tenant's own.
#include "hub/cli/client/resource.hpp"
#include "hub/cli/offline_input.hpp"
#include "hub/cli/tree/usage.hpp"
#include "hub/core/codec/percent.hpp"
#include "signing/schemes/scheme.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <iostream>

namespace katydid::cli {
namespace schemes_command {
namespace {

namespace json = boost::json;

constexpr Resource resource{"/v1/schemes", "", "scheme", true, "by name"};

void print_toml(const json::object& scheme, bool as_json)
{
    if (as_json) std::cout << json::serialize(scheme) << '\n';
    else std::cout << scheme.at("toml").as_string().c_str();
}

/// One of the catalog; else one that the hub knows.
int print_one(const CLI::App& command, const HubOptions& options, const std::string& name)
{
    if (const auto scheme = signing::find_scheme(name)) {
        print_toml({{"name", signing::scheme_name(*scheme)},
                    {"title", signing::scheme_title(*scheme)},
                    {"toml", signing::scheme_toml(*scheme)}},
                   options.json);
        return done;
    }
    return with_session(command, options, [&](Session& session) {
        const auto answer = session.ask({"GET", "/v1/schemes/" + percent_encode(name), {}, {}});
        const auto unknown = "there is no scheme \"" + printable(name) + "\" in the catalog";
        if (answer.status == 404)
            throw CommandEnd{answer_is_no, unknown + ", nor has this hub one of that name"
                                               + did_you_mean(name, signing::scheme_names())};
        if (answer.status != 200)
            throw CommandEnd{exit_code_of(answer.status),
                             unknown + ", and the hub says: " + sentence_of(answer)};
        print_toml(answer.json.as_object(), options.json);
    });
}

void print_catalog(bool as_json)
{
    const auto names = signing::scheme_names();
    std::size_t width = 0;
    for (const auto& name : names) width = std::max(width, name.size());
    json::array list;
    for (const auto& name : names) {
        const auto& title = signing::scheme_title(*signing::find_scheme(name));
        if (as_json) list.push_back(json::object{{"name", name}, {"title", title}});
        else std::cout << name << std::string(width + 2 - name.size(), ' ') << title << '\n';
    }
    if (as_json) std::cout << json::serialize(list) << '\n';
}

struct Wishes {
    std::string name;
    std::string file;
};

std::string toml_of(const Wishes& wishes)
{
    auto text = read_file(wishes.file);
    if (!text) throw CommandEnd{wrong_usage, text.error().message};
    return std::move(*text);
}

void add_file(CLI::App& command, Wishes& wishes)
{
    command.add_option("scheme", wishes.name, "Its name, as in my-provider")->required();
    command.add_option("file", wishes.file, "Its description in TOML; - is standard input")
        ->required()
        ->type_name("FILE");
}

void add_changes(const Group& group)
{
    const auto made = std::make_shared<Wishes>();
    add_file(group.add("create", "Give the hub a scheme of your own",
                       [made](Session& session) {
                           const json::object body{{"name", made->name}, {"toml", toml_of(*made)}};
                           session.print(session.post(resource.path, body));
                       }),
             *made);
    const auto changed = std::make_shared<Wishes>();
    add_file(group.add("update", "Replace its description; counts from the next webhook on",
                       [changed](Session& session) {
                           const json::object body{{"toml", toml_of(*changed)}};
                           const auto path = path_of(resource, changed->name);
                           const auto text = json::serialize(body);
                           session.print(session.must({"PUT", path, text, {}}).json);
                       }),
             *changed);
}

}  // namespace
}  // namespace schemes_command

void add_schemes_command(CLI::App& app, int& exit_code)
{
    using namespace schemes_command;
    auto* command = app.add_subcommand(
        "schemes", "List the signature schemes of the catalog, or print one as TOML");
    const auto name = std::make_shared<std::string>();
    command->add_option("name", *name, "Print this one, of the catalog or of the hub");
    const Group group{*command, add_hub_options(*command), exit_code};
    add_list(group, resource,
             {{"SCHEME", "name"},
              {"ORIGIN", "origin"},
              {"SIGNS", "signs"},
              {"TITLE", "title", Show::reason}});
    add_changes(group);
    add_delete(group, resource, "delete", "Remove one of your own");
    command->callback([command, name, options = group.options, &exit_code] {
        if (!command->get_subcommands().empty()) return;
        if (name->empty()) print_catalog(options->json);
        else exit_code = print_one(*command, *options, *name);
    });
}

}  // namespace katydid::cli
