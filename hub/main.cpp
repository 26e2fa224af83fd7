// The katydid program: one subcommand a file in hub/cli.
#include "hub/cli/command.hpp"
#include "hub/cli/schemes_command.hpp"
#include "hub/cli/sign_command.hpp"
#include "hub/cli/verify_command.hpp"

#include <exception>
#include <iostream>

int main(int argc, char** argv)
{
    using namespace katydid::cli;
    CLI::App app{"Katydid: a webhook hub that receives, stores and delivers signed webhooks"};
    app.require_subcommand(1);
    int exit_code = done;
    add_serve_command(app, exit_code);
    add_init_command(app, exit_code);
    add_sign_command(app, exit_code);
    add_verify_command(app, exit_code);
    add_schemes_command(app, exit_code);
    add_backup_command(app, exit_code);
    add_restore_command(app, exit_code);
    add_certs_command(app, exit_code);
    add_version_command(app, exit_code);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int code = app.exit(error);
        return code == 0 ? done : wrong_usage;
    } catch (const std::exception& error) {
        std::cerr << "katydid: " << error.what() << '\n';
        return not_reached;
    }
    return exit_code;
}
