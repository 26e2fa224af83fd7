// The floor: a bare Beast coroutine server that reads a request, answers 202 and does nothing.
//
// What this server reaches is what the machine, the kernel and Beast allow; a hub's result is
// given as a ratio to it. One thread. Usage: floor-beast [PORT]; prints {"listen":"…"}.
#include "bench/floor/serve.hpp"

int main(int argc, char** argv)
{
    using namespace katydid::bench;
    return floor::run(argc, argv,
                      [](std::string) -> boost::asio::awaitable<bool> { co_return true; });
}
