// katydid sources: who may post webhooks to the hub.
#include "hub/cli/client/resource.hpp"

#include <optional>

namespace katydid::cli {
namespace {

namespace json = boost::json;

constexpr Resource resource{"/v1/sources", "src_", "source"};

struct Wishes {
    std::string name;
    std::vector<std::string> schemes;
    std::string public_url;
    std::string client_subject;
    std::optional<bool> gzip;
    std::optional<bool> split;
    std::string tolerance;
    std::string repeats;
    std::string unsigned_types;
    std::string principal;
    std::string verify_token_env;
    std::string verify_token_file;
    std::string secret_env;
    std::string secret_file;
};

json::object body_of(const Wishes& wishes)
{
    json::object body;
    set_if(body, "name", wishes.name);
    if (!wishes.schemes.empty()) {
        json::array schemes;
        for (const auto& scheme : wishes.schemes) schemes.emplace_back(scheme);
        body["schemes"] = std::move(schemes);
    }
    set_if(body, "public_url", wishes.public_url);
    set_if(body, "client_subject", wishes.client_subject);
    if (wishes.gzip) body["gzip"] = *wishes.gzip;
    if (wishes.split) body["split"] = *wishes.split;
    set_if(body, "tolerance", wishes.tolerance);
    set_if(body, "repeats", wishes.repeats);
    set_if(body, "unsigned_types", wishes.unsigned_types);
    set_if(body, "principal", wishes.principal);
    set_if(body, "verify_token", read_secret(wishes.verify_token_env, wishes.verify_token_file));
    set_if(body, "secret", read_secret(wishes.secret_env, wishes.secret_file));
    return body;
}

void add_common(CLI::App& command, Wishes& wishes)
{
    command
        .add_option("--scheme", wishes.schemes,
                    "How it signs (katydid schemes); several are tried in this order")
        ->delimiter(',');
    command
        .add_option("--public-url", wishes.public_url,
                    "Its URL as the provider knows it, for schemes that sign the URL")
        ->type_name("URL");
    command.add_option("--client-subject", wishes.client_subject,
                       "The subject of the TLS client certificate it must show (RFC 2253)");
    command.add_flag_function(
        "--gzip,!--no-gzip", [&wishes](std::int64_t given) { wishes.gzip = given > 0; },
        "Whether its bodies may come compressed; they are verified as they come");
    command.add_flag_function(
        "--split,!--no-split", [&wishes](std::int64_t given) { wishes.split = given > 0; },
        "Whether a batch becomes one event for each of its items");
    command
        .add_option("--tolerance", wishes.tolerance,
                    "How old a signature may be, where that is more than the scheme allows")
        ->type_name("DURATION");
    const CLI::IsMember choices{std::vector<std::string>{"accept", "refuse"}};
    command
        .add_option("--repeats", wishes.repeats,
                    "A signature that came before, under another id that is not signed")
        ->check(choices);
    command
        .add_option("--unsigned-types", wishes.unsigned_types,
                    "An event type from a header that no signature covers")
        ->check(choices);
    command.add_option("--principal", wishes.principal,
                       "Who must have signed, where the key is not the source's own");
    command.add_option("--verify-token-env", wishes.verify_token_env,
                       "The variable with what Meta shows to check the path; not the secret");
    command.add_option("--verify-token-file", wishes.verify_token_file, "The file with it")
        ->type_name("FILE");
}

void add_create(const Group& group)
{
    const auto wishes = std::make_shared<Wishes>();
    auto& command = group.add("create", "Make one; a secret that is made for it is shown this once",
                              [wishes](Session& session) {
                                  session.print(session.post(resource.path, body_of(*wishes)));
                              });
    command.add_option("name", wishes->name, "Its name, the last part of /api/webhooks/NAME")
        ->required();
    add_common(command, *wishes);
    command.add_option("--secret-env", wishes->secret_env,
                       "The variable with the provider's secret; else the hub makes one");
    command.add_option("--secret-file", wishes->secret_file, "The file with it")->type_name("FILE");
}

void add_update(const Group& group)
{
    const auto wishes = std::make_shared<Wishes>();
    auto& command = cli::add_update(group, resource,
                                    {"Change what is named", "Its id (src_…), or its name"},
                                    [wishes] { return body_of(*wishes); });
    add_common(command, *wishes);
}

}  // namespace

void add_sources_command(CLI::App& app, int& exit_code)
{
    const auto group = add_group(app, "sources", "Who may post webhooks to the hub", exit_code);
    add_list(group, resource,
             {{"SOURCE", "id"},
              {"NAME", "name"},
              {"SCHEMES", "schemes"},
              {"READ ONLY", "read_only"},
              {"CREATED", "created_at"}});
    add_show(group, resource);
    add_create(group);
    add_update(group);
    add_delete(group, resource, "delete", "Remove one: its webhooks get 404");
    add_rotate(group, resource);
}

}  // namespace katydid::cli
