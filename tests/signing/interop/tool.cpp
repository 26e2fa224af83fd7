// `katydid sign`, `verify` and `trigger` on their own, for interop.mjs.
#include "hub/cli/tree/command.hpp"

int main(int count, char** arguments)
{
    CLI::App app{"signs and verifies"};
    app.require_subcommand(1);
    int exit_code = 0;
    katydid::cli::add_sign_command(app, exit_code);
    katydid::cli::add_trigger_command(app, exit_code);
    katydid::cli::add_verify_command(app, exit_code);
    CLI11_PARSE(app, count, arguments);
    return exit_code;
}
