#include "tests/cli/commands/captured_program.hpp"

#include "hub/cli/program.hpp"

#include <iostream>
#include <sstream>

namespace katydid::test {
namespace {

/// Puts another buffer instead of a stream's own for a while.
class Redirected {
public:
    Redirected(std::ios& stream, std::streambuf* buffer)
        : stream_{stream},
          own_{stream.rdbuf(buffer)}
    {}
    ~Redirected() { stream_.rdbuf(own_); }
    Redirected(const Redirected&) = delete;
    Redirected& operator=(const Redirected&) = delete;

private:
    std::ios& stream_;
    std::streambuf* own_;
};

}  // namespace

Captured run_katydid(std::vector<std::string> arguments, const std::string& in)
{
    std::ostringstream out;
    std::ostringstream error;
    std::istringstream input{in};
    const Redirected to_out{std::cout, out.rdbuf()};
    const Redirected to_error{std::cerr, error.rdbuf()};
    const Redirected from_in{std::cin, input.rdbuf()};
    std::vector<const char*> argv{"katydid"};
    for (const auto& argument : arguments) argv.push_back(argument.c_str());
    const int code = cli::run_program(static_cast<int>(argv.size()), argv.data());
    return {code, out.str(), error.str()};
}

}  // namespace katydid::test
