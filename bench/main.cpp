// katydid-bench: the load generator, the receiver and the scenarios.
#include "bench/cli/commands.hpp"

#include <CLI/CLI.hpp>

#include <exception>
#include <iostream>

int main(int argc, char** argv)
{
    using namespace katydid::bench;
    CLI::App app{"Honest numbers for webhook servers"};
    app.require_subcommand(1);
    app.option_defaults()->always_capture_default();
    int status = 0;
    add_run_command(app, status);
    add_load_command(app, status);
    add_sink_command(app, status);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    } catch (const std::exception& error) {
        std::cerr << "katydid-bench: " << error.what() << '\n';
        return 3;
    }
    return status;
}
