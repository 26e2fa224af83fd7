// katydid listen: webhooks of a hub at a local URL, without a public address.
#include "hub/cli/client/session.hpp"
#include "hub/cli/listen/listener.hpp"
#include "hub/core/codec/percent.hpp"
#include "hub/core/text/reserved.hpp"

#include <unistd.h>

#include <array>

namespace katydid::cli {
namespace {

constexpr std::size_t listen_count_max = 1'000'000'000;

/// As it is written on the command line.
struct ListenWords {
    std::vector<std::string> forwards;
    std::string name;
    std::string secret_env;
    std::string secret_file;
    ListenOptions options;
};

std::string default_name()
{
    std::array<char, 65> host{};
    ::gethostname(host.data(), host.size() - 1);
    return host.data();
}

/// Nothing would ever come from a source that is not there. A key that may not read sources learns
/// nothing here.
void check_sources(Session& session, const std::vector<std::string>& sources)
{
    for (const auto& name : sources) {
        const auto answer = session.ask({"GET", "/v1/sources/" + percent_encode(name), {}, {}});
        if (answer.status == 404 && !is_reserved_name(name))
            throw CommandEnd{answer_is_no, "there is no source \"" + printable(name)
                                               + "\": `katydid sources list` lists them"};
    }
}

void run(Session& session, const ListenWords& words)
{
    auto options = words.options;
    check_sources(session, options.stream.sources);
    for (const auto& text : words.forwards) options.forwards.push_back(to_forward(text));
    options.secret = read_secret(words.secret_env, words.secret_file);
    options.json = session.is_json();
    options.stream.name = "listen-" + (words.name.empty() ? default_name() : words.name);
    listen(session.address(), options, session.terminal());
}

}  // namespace

void add_listen_command(CLI::App& app, int& exit_code)
{
    auto* command = app.add_subcommand(
        "listen", "Webhooks as they come, handed to a local server, until q or Ctrl-C");
    const auto words = std::make_shared<ListenWords>();
    auto& stream = words->options.stream;
    auto& server = words->options.server;
    command
        ->add_option("--forward", words->forwards,
                     "Local URL that webhooks are POSTed to, or a port (3000/hooks); TYPE=URL for "
                     "some types only. Repeat for several: the first that fits is used")
        ->type_name("[TYPE=]URL")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    command->add_option("--source", stream.sources, "Only from these sources")->delimiter(',');
    command->add_option("--types", stream.types, "Only these types: order.made,invoice.*")
        ->delimiter(',');
    auto* subscription = command->add_option("--subscription", stream.subscription,
                                             "Consume this stream instead of one of its own");
    command->add_option("--dialect", stream.dialect, "How webhooks are written; raw: as they came")
        ->excludes(subscription);
    command->add_option("--name", words->name, "Name of the stream (listen-NAME), else this host's")
        ->excludes(subscription);
    command->add_option("--secret-env", words->secret_env,
                        "The variable with the secret that signs what you edit");
    command->add_option("--secret-file", words->secret_file, "The file with it")->type_name("FILE");
    command->add_flag("--insecure", server.insecure,
                      "Accept any certificate of a local server on this machine");
    command
        ->add_option("--local-ca-file", server.ca_file,
                     "PEM certificates to trust for local servers instead of the system's")
        ->type_name("FILE");
    command->add_option("--count", words->options.count, "End after so many webhooks")
        ->check(CLI::Range(std::size_t{1}, listen_count_max));
    command->add_flag("--lines", words->options.lines,
                      "A line for each webhook instead of the full screen");
    run_with_hub(*command, add_hub_options(*command), exit_code,
                 [words](Session& session) { run(session, *words); });
}

}  // namespace katydid::cli
