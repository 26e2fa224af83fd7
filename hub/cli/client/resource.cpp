#include "hub/cli/client/resource.hpp"

#include "hub/core/codec/percent.hpp"

#include <boost/json/serialize.hpp>

namespace katydid::cli {

CLI::App& Group::add(const char* name, const char* help, std::function<void(Session&)> action) const
{
    auto& command = add_hub_command(app, name, help);
    run_with_hub(command, options, exit_code, std::move(action));
    return command;
}

Group add_group(CLI::App& app, const char* name, const char* help, int& exit_code)
{
    auto* command = app.add_subcommand(name, help);
    command->require_subcommand(1);
    return {*command, add_hub_options(*command), exit_code};
}

std::string path_of(const Resource& resource, const std::string& id_or_name)
{
    return resource.path + ("/" + percent_encode(id_or_name));
}

std::shared_ptr<std::string> add_id(CLI::App& command, const Resource& resource)
{
    auto id = std::make_shared<std::string>();
    const std::string by_id = "Its id (" + std::string{resource.prefix} + "…)";
    const bool is_by_name = resource.prefix == std::string_view{};
    command
        .add_option(is_by_name ? "name" : "id", *id,
                    is_by_name          ? std::string{"Its name"}
                    : resource.has_name ? by_id + ", or its name"
                                        : by_id)
        ->required();
    // The option keeps a reference: the command keeps the text alive.
    command.preparse_callback([id](std::size_t) {});
    return id;
}

void add_list(const Group& group, const Resource& resource, std::vector<Column> columns,
              const std::function<std::function<Query()>(CLI::App&)>& add_filters, Named named)
{
    const auto limit = std::make_shared<std::size_t>(50);
    const auto query = std::make_shared<std::function<Query()>>();
    const auto help = std::string{"List them, "} + resource.order;
    auto& command = group.add(
        "list", help.c_str(),
        [limit, query, resource, named, columns = std::move(columns)](Session& session) {
            auto rows = session.list(resource.path, *query ? (*query)() : Query{}, *limit);
            if (named.member != nullptr) session.name_ids(rows, named.member, named.path);
            session.print(rows, columns);
        });
    command.add_option("--limit", *limit, "How many at most")
        ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}))
        ->capture_default_str();
    if (add_filters) *query = add_filters(command);
}

void add_show(const Group& group, const Resource& resource)
{
    const auto id = std::make_shared<std::shared_ptr<std::string>>();
    auto& command = group.add("show", "Show one", [id, resource](Session& session) {
        session.print(session.get(path_of(resource, **id)));
    });
    *id = add_id(command, resource);
}

void add_delete(const Group& group, const Resource& resource, const char* word, const char* help)
{
    const auto id = std::make_shared<std::shared_ptr<std::string>>();
    auto& command = group.add(word, help, [id, resource](Session& session) {
        const auto path = path_of(resource, **id);
        session.must({"DELETE", path, {}, {}});
        session.print(boost::json::object{{"deleted", **id}},
                      "The " + std::string{resource.noun} + " " + **id + " is gone.");
    });
    *id = add_id(command, resource);
}

CLI::App& add_update(const Group& group, const Resource& resource, const UpdateWords& words,
                     std::function<boost::json::object()> body_of)
{
    const auto id = std::make_shared<std::string>();
    auto& command = group.add(
        "update", words.help, [id, resource, body_of = std::move(body_of)](Session& session) {
            const auto body = body_of();
            if (body.empty()) throw CommandEnd{wrong_usage, "say what to change"};
            const auto path = path_of(resource, *id);
            session.print(session.must({"PATCH", path, boost::json::serialize(body), {}}).json);
        });
    command.add_option("id", *id, words.id_help)->required();
    return command;
}

void add_rotate(const Group& group, const Resource& resource)
{
    struct Rotation {
        std::string id, overlap = "24h", secret_env, secret_file;
    };
    const auto wish = std::make_shared<Rotation>();
    auto& command = group.add("rotate-secret", "A new secret; the old one is good for a while yet",
                              [wish, resource](Session& session) {
                                  boost::json::object body{{"overlap", wish->overlap}};
                                  set_if(body, "secret",
                                         read_secret(wish->secret_env, wish->secret_file));
                                  const auto path = path_of(resource, wish->id);
                                  session.print(session.post(path + "/rotate-secret", body));
                              });
    command.add_option("id", wish->id, "Its id, or its name")->required();
    command.add_option("--overlap", wish->overlap, "How long both are good")
        ->type_name("DURATION")
        ->capture_default_str();
    command.add_option("--secret-env", wish->secret_env,
                       "The variable with the new one; else the hub makes it");
    command.add_option("--secret-file", wish->secret_file, "The file with the new one")
        ->type_name("FILE");
}

void add_from(CLI::App& command, std::string& file)
{
    command
        .add_option("--from", file,
                    "A JSON file with any of its fields, as `show --json` writes it; - is standard "
                    "input")
        ->type_name("FILE");
}

boost::json::object read_row(const std::string& file, std::initializer_list<const char*> decided)
{
    if (file.empty()) return {};
    auto read = read_json_file(file);
    if (!read.is_object()) throw CommandEnd{wrong_usage, file + " is not a JSON object"};
    auto& row = read.get_object();
    for (const auto* name : {"id", "read_only", "created_at", "updated_at"}) row.erase(name);
    for (const auto* name : decided) row.erase(name);
    return std::move(row);
}

void set_if(boost::json::object& object, const char* name, const std::string& text)
{
    if (!text.empty()) object[name] = text;
}

}  // namespace katydid::cli
