#include "hub/cli/program.hpp"

#include "hub/cli/commands/schemes_command.hpp"
#include "hub/cli/commands/sign_command.hpp"
#include "hub/cli/terminal/terminal.hpp"
#include "hub/cli/commands/verify_command.hpp"

#include <exception>
#include <iostream>

namespace katydid::cli {
namespace {

const CLI::App* find_command(const CLI::App& group, std::string_view name)
{
    for (const auto* child : group.get_subcommands([](const CLI::App*) { return true; }))
        if (child->get_name() == name) return child;
    return nullptr;
}

bool takes_value(const CLI::App& group, const std::string& option)
{
    const auto* found = group.get_option_no_throw(option);
    return found != nullptr && found->get_items_expected_max() > 0;
}

/// Says which word is no command, or which commands there are. False when neither is the mistake.
bool explain_commands(const CLI::App& program, int argc, const char* const* argv)
{
    const auto* at = &program;
    std::string path = program.get_name();
    const auto has_commands = [](const CLI::App& group) {
        return !group.get_subcommands([](const CLI::App*) { return true; }).empty();
    };
    for (int i = 1; i < argc && has_commands(*at); ++i) {
        const std::string word{argv[i]};
        if (word.starts_with('-')) {
            if (takes_value(*at, word)) ++i;
            continue;
        }
        const auto* next = find_command(*at, word);
        if (next == nullptr) {
            std::cerr << path << ": there is no command \"" << printable(word) << "\"; `" << path
                      << " --help` lists them\n";
            return true;
        }
        at = next;
        path += " " + word;
    }
    if (!has_commands(*at)) return false;
    std::cerr << at->help();
    return true;
}

}  // namespace

std::unique_ptr<CLI::App> make_program(int& exit_code)
{
    auto app = std::make_unique<CLI::App>(
        "Katydid: a webhook hub that receives, stores and delivers signed webhooks", "katydid");
    app->require_subcommand(1);
    app->set_version_flag("--version", "katydid " KATYDID_VERSION);
    using Add = void (*)(CLI::App&, int&);
    constexpr Add commands[] = {// The hub.
                                add_serve_command, add_init_command, add_doctor_command,
                                // What flows through it.
                                add_send_command, add_tail_command, add_events_command,
                                add_deliveries_command, add_replay_command,
                                // What it knows.
                                add_subscriptions_command, add_sources_command,
                                add_event_types_command, add_tenants_command, add_keys_command,
                                add_audit_command,
                                // Without a hub.
                                add_sign_command, add_verify_command, add_schemes_command,
                                add_backup_command, add_restore_command, add_certs_command,
                                add_completion_command, add_man_command, add_version_command};
    for (const auto add : commands) add(*app, exit_code);
    return app;
}

int run_program(int argc, const char* const* argv)
{
    int exit_code = done;
    try {
        const auto app = make_program(exit_code);
        try {
            app->parse(argc, argv);
        } catch (const CLI::RequiredError& error) {
            if (!explain_commands(*app, argc, argv)) app->exit(error);
            return wrong_usage;
        } catch (const CLI::ParseError& error) {
            return app->exit(error) == 0 ? done : wrong_usage;
        }
    } catch (const std::exception& error) {
        std::cerr << "katydid: " << error.what() << '\n';
        return not_reached;
    }
    std::cout.flush();
    return exit_code;
}

}  // namespace katydid::cli
