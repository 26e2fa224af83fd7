// katydid event-types: the catalog of event types and their schemas.
#include "hub/cli/client/resource.hpp"

#include <boost/json/serialize.hpp>

#include <iostream>

namespace katydid::cli {
namespace event_types_command {
namespace {

constexpr Resource resource{"/v1/event-types", "", "event type", true, "by name"};

struct Wishes {
    std::string from;  ///< a JSON file; the options win over it
    std::string name;
    std::string description;
    std::string schema_file;
};

boost::json::object body_of(const Wishes& wishes)
{
    auto body = read_row(wishes.from, {"schema_mode"});
    body.erase("name");
    set_if(body, "description", wishes.description);
    if (!wishes.schema_file.empty()) body["schema"] = read_json_file(wishes.schema_file);
    return body;
}

void add_common(CLI::App& command, Wishes& wishes)
{
    command.add_option("name", wishes.name, "The event type, as in order.created")->required();
    add_from(command, wishes.from);
    command.add_option("--description", wishes.description, "What it says, for people");
    command
        .add_option("--schema", wishes.schema_file,
                    "A file with a JSON Schema (draft 7) for its payload; - is standard input")
        ->type_name("FILE");
}

/// A schema alone refuses nothing.
void say_mode(const boost::json::value& made)
{
    if (value_at(made, "schema_mode") != boost::json::value("off")) return;
    std::cerr
        << "Payloads are not checked yet: the schema mode of the tenant is off. katydid tenants "
           "update NAME --schema-mode reject changes that.\n";
}

void add_create(const Group& group)
{
    const auto wishes = std::make_shared<Wishes>();
    add_common(group.add("create", "Add one to the catalog",
                         [wishes](Session& session) {
                             auto body = body_of(*wishes);
                             body["name"] = wishes->name;
                             const auto made = session.post(resource.path, body);
                             session.print(made);
                             if (body.contains("schema")) say_mode(made);
                         }),
               *wishes);
}

/// A PUT replaces the whole: what is not named stays as it is.
boost::json::object merged(Session& session, const std::string& path, const Wishes& wishes)
{
    const auto body = body_of(wishes);
    if (body.empty()) throw CommandEnd{wrong_usage, "say what to change"};
    const auto known = session.get(path);
    boost::json::object whole;
    for (const auto* name : {"description", "schema"})
        if (const auto& value = value_at(known, name); !value.is_null()) whole[name] = value;
    for (const auto& member : body) whole[member.key()] = member.value();
    return whole;
}

void add_update(const Group& group)
{
    const auto wishes = std::make_shared<Wishes>();
    auto& command = group.add("update", "Change what is named", [wishes](Session& session) {
        const auto path = path_of(resource, wishes->name);
        const auto text = boost::json::serialize(merged(session, path, *wishes));
        session.print(session.must({"PUT", path, text, {}}).json);
    });
    add_common(command, *wishes);
}

}  // namespace
}  // namespace event_types_command

void add_event_types_command(CLI::App& app, int& exit_code)
{
    using namespace event_types_command;
    const auto group = add_group(app, "event-types", "The catalog of event types", exit_code);
    add_list(group, resource,
             {{"EVENT TYPE", "name"},
              {"UPDATED", "updated_at", Show::time},
              {"DESCRIPTION", "description", Show::reason}});
    add_show(group, resource);
    add_create(group);
    add_update(group);
    add_delete(group, resource, "delete", "Remove one from the catalog");
}

}  // namespace katydid::cli
