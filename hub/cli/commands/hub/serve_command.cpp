// katydid serve: runs the hub until SIGTERM or SIGINT.
#include "hub/checks/settings_checks.hpp"
#include "hub/cli/checks/start_checks.hpp"
#include "hub/cli/checks/print_faults.hpp"
#include "hub/cli/commands/hub/serve_options.hpp"
#include "hub/cli/tree/command.hpp"

#include "hub/config/keys.hpp"
#include "hub/observe/log.hpp"

#include <katydid/hub.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <iostream>
#include <memory>

namespace katydid::cli {
namespace {

/// A signal asks the hub to drain; a second one is not needed: the drain has a deadline. SIGHUP
/// only lets it read its certificates again.
awaitable<> stop_on_signal(boost::asio::signal_set& signals, Hub& hub)
{
    int number = SIGHUP;
    while (number == SIGHUP) {
        const auto [error, received] = co_await signals.async_wait(use_tuple);
        if (error) co_return;
        number = received;
        if (number == SIGHUP) hub.reload();
    }
    log::info("hub.stopping", "finishing what is under way",
              {{"signal", number == SIGTERM ? "SIGTERM" : "SIGINT"}});
    hub.stop();
}

void log_end(std::exception_ptr exception)
{
    if (exception) log::error("hub.signals", describe(exception));
}

int serve(const config::Inputs& inputs)
{
    auto loaded = checks::check_settings(inputs);
    if (!loaded.settings) {
        print_faults(loaded.findings, "serve");
        return wrong_usage;
    }
    const auto faults = check_start({*loaded.settings, false, inherited_sockets()});
    if (!faults.empty()) {
        print_faults(faults, "serve");
        return not_reached;
    }
    // A write to a closed socket, or past a file size limit, is an error to handle, not an end.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);

    boost::asio::io_context loop{1};
    Hub hub{std::move(*loaded.settings)};
    boost::asio::signal_set signals{loop, SIGTERM, SIGINT, SIGHUP};
    boost::asio::co_spawn(loop, stop_on_signal(signals, hub), log_end);
    std::exception_ptr failure;
    boost::asio::co_spawn(loop, hub.run(), [&](std::exception_ptr exception) {
        failure = exception;
        signals.cancel();
    });
    loop.run();
    if (!failure) return done;
    std::cerr << "katydid serve: " << describe(failure) << '\n';
    return not_reached;
}

}  // namespace

std::shared_ptr<config::Inputs> add_serve_options(CLI::App& command)
{
    auto inputs = std::make_shared<config::Inputs>();
    command.add_option("--config", inputs->file, "Settings file; ./katydid.toml where it exists")
        ->type_name("FILE");
    for (const auto& spec : config::keys()) {
        if (spec.flag.empty()) continue;
        const std::string flag{spec.flag};
        command.add_option_function<std::string>(
            flag,
            [inputs, flag](const std::string& value) { inputs->flags.emplace_back(flag, value); },
            std::string{spec.help} + " [" + std::string{spec.variable} + "]");
    }
    return inputs;
}

void add_serve_command(CLI::App& app, int& exit_code)
{
    auto* command = app.add_subcommand("serve", "Run the hub");
    const auto inputs = add_serve_options(*command);
    command->callback([inputs, &exit_code] {
        inputs->environment = config::process_environment();
        exit_code = serve(*inputs);
    });
}

}  // namespace katydid::cli
