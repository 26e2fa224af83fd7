// Starts a hub with a handler in this process, and stops it again.
#include <katydid/hub.hpp>

#include <boost/asio/io_context.hpp>

#include <iostream>

int main(int argc, char** argv)
{
    if (argc != 2) return 2;
    katydid::Settings settings;
    settings.data_dir = argv[1];
    settings.listen.port(0);
    settings.operator_listen.port(0);
    katydid::Hub hub{settings};
    hub.on({.name = "seen", .event_types = {"*"}},
           [](const katydid::Event&) -> katydid::awaitable<katydid::Outcome> {
               co_return katydid::Outcome::delivered();
           });
    hub.on_ready([&](const katydid::Addresses& addresses) {
        std::cout << "listening on port " << addresses.listen.port() << '\n';
        hub.stop();
    });
    boost::asio::io_context loop;
    std::exception_ptr failure;
    boost::asio::co_spawn(loop, hub.run(), [&](std::exception_ptr thrown) { failure = thrown; });
    loop.run();
    if (failure) {
        std::cerr << katydid::describe(failure) << '\n';
        return 1;
    }
    std::cout << "consumer: done\n";
    return 0;
}
