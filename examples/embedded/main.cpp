// A webhook hub inside a program of one's own, with a coroutine as a handler.
//
//   ATLVS_WEBHOOK_SECRET=secret ./embedded-example --listen 127.0.0.1:8080
//
// Deliveries to the handler are durable: those that were accepted while this program was down are
// handed over at its next start.
#include <katydid/hub.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <iostream>

namespace {

katydid::awaitable<katydid::Outcome> print_stock(const katydid::Event& event)
{
    std::cout << event.type << ' ' << event.id.to_string() << ' ' << *event.payload << std::endl;
    co_return katydid::Outcome::delivered();
}

katydid::config::Inputs read_command_line(int argc, char** argv)
{
    katydid::config::Inputs inputs;
    inputs.environment = katydid::config::process_environment();
    for (int i = 1; i + 1 < argc; i += 2) inputs.flags.emplace_back(argv[i], argv[i + 1]);
    return inputs;
}

}  // namespace

int main(int argc, char** argv)
{
    auto settings = katydid::config::load(read_command_line(argc, argv));
    if (!settings) {
        std::cerr << settings.error().message << '\n';
        return 2;
    }
    boost::asio::io_context loop{1};
    katydid::Hub hub{std::move(*settings)};
    hub.on({.name = "stock", .sources = {"atlvs"}, .event_types = {"resource.*"}}, print_stock);
    hub.on_ready([](const katydid::Addresses& addresses) {
        std::cout << "listening on " << addresses.listen << std::endl;
    });

    boost::asio::signal_set signals{loop, SIGTERM, SIGINT};
    signals.async_wait([&](boost::system::error_code error, int) {
        if (!error) hub.stop();
    });
    int exit_code = 0;
    boost::asio::co_spawn(loop, hub.run(), [&](std::exception_ptr failure) {
        if (failure) {
            std::cerr << katydid::describe(failure) << '\n';
            exit_code = 3;
        }
        signals.cancel();
    });
    loop.run();
    return exit_code;
}
