// katydid keys: who may use the API.
#include "hub/cli/client/resource.hpp"

namespace katydid::cli {
namespace keys_command {
namespace {

constexpr Resource resource{"/v1/keys", "key_", "key"};

struct Wishes {
    std::string name;
    std::vector<std::string> scopes;
    std::string expires_at;
};

void add_create(const Group& group)
{
    const auto wishes = std::make_shared<Wishes>();
    auto& command = group.add(
        "create", "Make one; it is shown this once", [wishes](Session& session) {
            boost::json::array scopes;
            for (const auto& scope : wishes->scopes) scopes.emplace_back(scope);
            boost::json::object body{{"name", wishes->name}, {"scopes", std::move(scopes)}};
            set_if(body, "expires_at", wishes->expires_at);
            session.print(session.post(resource.path, body));
        });
    command.add_option("name", wishes->name, "Whose key it is")->required();
    command.add_option("--scope", wishes->scopes, "What it may do, as listed below; with commas")
        ->delimiter(',')
        ->required();
    command.add_option("--expires-at", wishes->expires_at, "RFC 3339; else it does not expire")
        ->type_name("TIME");
}

}  // namespace
}  // namespace keys_command

void add_keys_command(CLI::App& app, int& exit_code)
{
    using namespace keys_command;
    const auto group = add_group(app, "keys", "Who may use the API", exit_code);
    add_list(group, resource,
             {{"KEY", "id"},
              {"NAME", "name"},
              {"LAST USED", "last_used_at", Show::time, 1},
              {"EXPIRES", "expires_at", Show::time, 2},
              {"REVOKED", "revoked_at", Show::time, 3},
              {"SCOPES", "scopes", Show::reason}});
    add_create(group);
    add_delete(group, resource, "revoke", "Take one away, effective with the next request");
}

}  // namespace katydid::cli
