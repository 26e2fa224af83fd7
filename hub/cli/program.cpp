#include "hub/cli/program.hpp"

#include "hub/cli/terminal/terminal.hpp"
#include "hub/cli/tree/command.hpp"
#include "hub/cli/tree/examples.hpp"
#include "hub/cli/tree/usage.hpp"

#include <exception>
#include <iostream>

namespace katydid::cli {
namespace {

/// Help whose texts fit a terminal of 80 columns.
class Help : public CLI::Formatter {
    [[nodiscard]] std::string make_option_desc(const CLI::Option* option) const override
    {
        constexpr std::size_t text_columns = 80 - 30;  // CLI11's column of names has 30
        std::string text;
        for (const auto& line : wrapped(option->get_description(), text_columns))
            text += (text.empty() ? "" : "\n") + line;
        return text;
    }
};

/// The help of a group, whose first line says how the whole command begins.
std::string help_of(const CLI::App& group)
{
    std::string before;
    for (const auto* above = group.get_parent(); above != nullptr; above = above->get_parent())
        before = above->get_name() + (before.empty() ? "" : " " + before);
    return group.help(before);
}

/// An empty value is a variable of a script that is not set. It never stands for "not given", which
/// may be wider: every source, every tenant, a key without an end.
void refuse_empty_values(CLI::App& app)
{
    const CLI::Validator is_there{
        [](std::string& text) { return std::string{text.empty() ? "is empty" : ""}; }, ""};
    for (auto* option : app.get_options())
        if (option->get_items_expected_max() > 0) option->check(is_there);
    for (auto* command : app.get_subcommands([](const CLI::App*) { return true; }))
        refuse_empty_values(*command);
}

}  // namespace

std::unique_ptr<CLI::App> make_program(int& exit_code)
{
    auto app = std::make_unique<CLI::App>(
        "Katydid: a webhook hub that receives, stores and delivers signed webhooks", "katydid");
    app->formatter(std::make_shared<Help>());
    app->require_subcommand(1);
    app->set_version_flag("--version", "katydid " KATYDID_VERSION);
    using Add = void (*)(CLI::App&, int&);
    constexpr Add commands[] = {
        // The hub.
        add_serve_command, add_init_command, add_check_command, add_doctor_command,
        // What flows through it.
        add_send_command, add_trigger_command, add_listen_command, add_tail_command,
        add_events_command, add_deliveries_command, add_replay_command, add_rejected_command,
        add_stats_command,
        // What it knows.
        add_apply_command, add_export_command, add_subscriptions_command, add_sources_command,
        add_schemes_command, add_event_types_command, add_subjects_command, add_tenants_command,
        add_move_command, add_keys_command, add_limits_command, add_audit_command,
        add_transform_command,
        // Without a hub.
        add_sign_command, add_verify_command, add_backup_command, add_restore_command,
        add_certs_command, add_completion_command, add_man_command, add_help_command,
        add_version_command};
    for (const auto add : commands) add(*app, exit_code);
    refuse_empty_values(*app);
    add_examples(*app);
    return app;
}

int run_program(int argc, const char* const* argv)
{
    int exit_code = done;
    try {
        const auto app = make_program(exit_code);
        try {
            app->parse(argc, argv);
        } catch (const CLI::ParseError& error) {
            if (error.get_exit_code() == 0) return app->exit(error);
            const CLI::App* at = nullptr;
            const auto fault = usage_fault(*app, std::span{argv, std::size_t(argc)}.subspan(1),
                                           error, at);
            std::cerr << (fault.empty() ? help_of(*at) : fault + "\n");
            return wrong_usage;
        }
    } catch (const std::exception& error) {
        std::cerr << "katydid: " << error.what() << '\n';
        return not_reached;
    }
    std::cout.flush();
    return exit_code;
}

}  // namespace katydid::cli
