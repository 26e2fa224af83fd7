// katydid tenants: the units of isolation.
#include "hub/cli/client/resource.hpp"

#include <optional>

namespace katydid::cli {
namespace tenants_command {
namespace {

namespace json = boost::json;

// The API takes a tenant's id or name in the path.
constexpr Resource resource{"/v1/tenants", "", "tenant"};

struct Wishes {
    std::string from;  ///< a JSON file; the options win over it
    std::string name;
    std::optional<std::uint32_t> in_flight;
    std::vector<std::string> retention;
    std::string schema_mode;
};

json::object body_of(const Wishes& wishes)
{
    auto body = read_row(wishes.from, {"owner"});
    set_if(body, "name", wishes.name);
    set_if(body, "schema_mode", wishes.schema_mode);
    if (wishes.in_flight) body["in_flight"] = *wishes.in_flight;
    json::object retention;
    for (const auto& rule : wishes.retention) {
        const auto equals = rule.find('=');
        if (equals == std::string::npos)
            throw CommandEnd{wrong_usage, "--retention takes delivered=7d, dead=30d, dedupe=7d or "
                                          "rejected=7d"};
        retention[rule.substr(0, equals)] = rule.substr(equals + 1);
    }
    if (!retention.empty()) body["retention"] = std::move(retention);
    return body;
}

void add_common(CLI::App& command, Wishes& wishes)
{
    add_from(command, wishes.from);
    command.add_option("--in-flight", wishes.in_flight,
                       "Delivery attempts at the same time; 0: the hub's setting");
    command
        .add_option("--retention", wishes.retention,
                    "How long rows are kept: delivered=7d,dead=30d")
        ->delimiter(',');
    command
        .add_option("--schema-mode", wishes.schema_mode,
                    "What happens to payloads that do not fit their event type's schema")
        ->check(CLI::IsMember(std::vector<std::string>{"off", "warn", "reject", "strict"}));
}

void add_create(const Group& group)
{
    const auto wishes = std::make_shared<Wishes>();
    auto& command = group.add("create", "Make one", [wishes](Session& session) {
        session.print(session.post(resource.path, body_of(*wishes)));
    });
    command.add_option("name", wishes->name, "Its name")->required();
    add_common(command, *wishes);
}

void add_update(const Group& group)
{
    const auto wishes = std::make_shared<Wishes>();
    auto& command = cli::add_update(group, resource,
                                    {"Change what is named", "Its id (ten_…), or its name"},
                                    [wishes] { return body_of(*wishes); });
    command.add_option("--name", wishes->name, "A new name");
    add_common(command, *wishes);
}

}  // namespace
}  // namespace tenants_command

void add_tenants_command(CLI::App& app, int& exit_code)
{
    using namespace tenants_command;
    const auto group = add_group(app, "tenants", "The units of isolation", exit_code);
    add_list(group, resource,
             {{"TENANT", "id"},
              {"NAME", "name"},
              {"IN FLIGHT", "in_flight"},
              {"SCHEMA MODE", "schema_mode", Show::text, 2},
              {"CREATED", "created_at", Show::time, 1}});
    add_show(group, resource);
    add_create(group);
    add_update(group);
    add_delete(group, resource, "delete", "Delete one with everything in it");
}

}  // namespace katydid::cli
