// katydid serve: runs the hub until SIGTERM or SIGINT.
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
    auto loaded = config::load_all(inputs);
    if (!loaded.mistakes.empty()) {
        for (const auto& mistake : loaded.mistakes)
            std::cerr << "katydid serve: " << mistake << '\n';
        return wrong_usage;
    }
    // A write to a closed socket, or past a file size limit, is an error to handle, not an end.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);

    boost::asio::io_context loop{1};
    Hub hub{std::move(loaded.settings)};
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

void add_serve_command(CLI::App& app, int& exit_code)
{
    auto* command = app.add_subcommand("serve", "Run the hub");
    auto inputs = std::make_shared<config::Inputs>();
    command->add_option("--config", inputs->file, "Settings file; ./katydid.toml where it exists")
        ->type_name("FILE");
    for (const auto& spec : config::keys()) {
        if (spec.flag.empty()) continue;
        const std::string flag{spec.flag};
        command->add_option_function<std::string>(
            flag,
            [inputs, flag](const std::string& value) { inputs->flags.emplace_back(flag, value); },
            std::string{spec.help} + " [" + std::string{spec.variable} + "]");
    }
    command->callback([inputs, &exit_code] {
        inputs->environment = config::process_environment();
        exit_code = serve(*inputs);
    });
}

}  // namespace katydid::cli
