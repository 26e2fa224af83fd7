// katydid sources: who may post webhooks to the hub.
#include "hub/cli/client/provider_secrets.hpp"
#include "hub/cli/client/resource.hpp"
#include "hub/cli/terminal/prompt.hpp"
#include "hub/core/codec/percent.hpp"
#include "signing/keys/secrets.hpp"
#include "signing/schemes/scheme_traits.hpp"

#include <iostream>
#include <optional>

#include <unistd.h>

namespace katydid::cli {
namespace sources_command {
namespace {

namespace json = boost::json;

constexpr Resource resource{"/v1/sources", "src_", "source"};

struct Wishes {
    std::string from;  ///< a JSON file; the options win over it
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
    bool make_secret = false;
};

bool is_local(std::string_view url)
{
    return url.find("://127.") != std::string_view::npos
           || url.find("://localhost") != std::string_view::npos;
}

json::object body_of(const Wishes& wishes)
{
    auto body = read_row(wishes.from, {"path", "keys", "has_verify_token"});
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
    add_from(command, wishes.from);
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

/// Reads a secret from the terminal, unseen.
std::string ask_secret(const std::string& scheme, const std::string& url)
{
    const auto line = ask_hidden("Give " + scheme + " this URL: " + url
                                 + "\nand paste the secret that it shows (it is not displayed): ");
    return std::string{signing::read_secret(line).text()};
}

/// The provider's secret where only the provider can make one.
void settle_secret(const Wishes& wishes, const std::string& url, json::object& body)
{
    const auto* schemes = value_at(body, "schemes").if_array();
    const bool has_one = schemes != nullptr && schemes->size() == 1 && schemes->front().is_string();
    if (body.contains("secret") || !has_one) return;
    const std::string scheme{schemes->front().get_string()};
    if (!is_provider_made(scheme)) return;
    if (wishes.make_secret) {
        const auto made = signing::make_secret(*signing::find_scheme(scheme),
                                               signing::KeyUse::verify);
        if (!made) throw CommandEnd{wrong_usage, made.error().message};
        body["secret"] = made->secret.text();
        return;
    }
    auto secret = ::isatty(STDIN_FILENO) == 1 ? ask_secret(scheme, url) : std::string{};
    if (secret.empty())
        throw CommandEnd{wrong_usage,
                         scheme + " shows you the secret it signs with, after you gave it the URL "
                             + url
                             + ": name it with --secret-env or --secret-file (- is standard "
                               "input). --make-secret makes one all the same"};
    body["secret"] = std::move(secret);
}

void create(Session& session, const Wishes& wishes)
{
    auto body = body_of(wishes);
    const auto base = session.address().url;
    if (!body.contains("name")) throw CommandEnd{wrong_usage, "name the source"};
    const auto name = cell_text(body.at("name"));
    settle_secret(wishes, base + "/api/webhooks/" + percent_encode(name), body);
    auto made = session.post(resource.path, body);
    // One that was made here is as new as one that the hub makes.
    if (wishes.make_secret && body.contains("secret")) made.as_object()["secret"] = body["secret"];
    session.print(made);
    if (session.is_json()) return;
    const auto url = wishes.public_url.empty() ? base + cell_text(value_at(made, "path"))
                                               : wishes.public_url;
    std::cerr << "Paste this URL at the provider: " << url
              << (is_local(url) ? " (with the name that the internet knows this hub by)\n" : "\n");
}

void add_create(const Group& group)
{
    const auto wishes = std::make_shared<Wishes>();
    auto& command = group.add("create", "Make one; a secret that is made for it is shown this once",
                              [wishes](Session& session) { create(session, *wishes); });
    command.add_option("name", wishes->name, "Its name, the last part of /api/webhooks/NAME");
    add_common(command, *wishes);
    command.add_option("--secret-env", wishes->secret_env,
                       "The variable with the provider's secret; else the hub makes one, or asks "
                       "for it where only the provider can");
    command.add_option("--secret-file", wishes->secret_file, "The file with it")->type_name("FILE");
    command.add_flag("--make-secret", wishes->make_secret,
                     "Make the secret, whatever the provider");
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
}  // namespace sources_command

void add_sources_command(CLI::App& app, int& exit_code)
{
    using namespace sources_command;
    const auto group = add_group(app, "sources", "Who may post webhooks to the hub", exit_code);
    add_list(group, resource,
             {{"SOURCE", "id", Show::text, 2},
              {"NAME", "name"},
              {"PATH", "path"},
              {"SCHEMES", "schemes"},
              {"READ ONLY", "read_only", Show::text, 1},
              {"CREATED", "created_at", Show::time, 3}});
    add_show(group, resource);
    add_create(group);
    add_update(group);
    add_delete(group, resource, "delete", "Remove one: its webhooks get 404");
    add_rotate(group, resource);
}

}  // namespace katydid::cli
