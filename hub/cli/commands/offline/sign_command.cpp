#include "hub/cli/tree/command.hpp"

#include "hub/cli/offline_input.hpp"
#include "signing/sign.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <iostream>

namespace katydid::cli {
namespace {

struct SignOptions : OfflineOptions {
    std::string id;
    std::string event_type;
    std::string content_type = "application/json";
};

int run_sign(const SignOptions& options)
{
    const auto input = read_offline_input(options);
    if (!input) return refuse_usage(input.error());
    const signing::SignInput request{options.method,     options.url,          options.id,
                                     options.event_type, options.content_type, input->body};
    const auto headers = signing::sign(*input->scheme, request, input->keys, input->at);
    if (!headers) return refuse_usage(headers.error());
    boost::json::object object;
    for (const auto& header : *headers) {
        if (options.json) object[header.name] = header.value;
        else std::cout << header.name << ": " << header.value << '\n';
    }
    if (options.json) std::cout << boost::json::serialize(object) << '\n';
    return done;
}

}  // namespace

void add_sign_command(CLI::App& app, int& exit_code)
{
    const auto options = std::make_shared<SignOptions>();
    CLI::App* const command = app.add_subcommand("sign",
                                                 "Print the headers that sign a request, offline");
    add_offline_options(*command, *options);
    command->add_option("--id", options->id, "The event's id, the same over retries");
    command->add_option("--event-type", options->event_type,
                        "The event's type, for schemes with a header for it");
    command->add_option("--content-type", options->content_type,
                        "The body's type (application/json)");
    command->callback([options, &exit_code] { exit_code = run_sign(*options); });
}

}  // namespace katydid::cli
