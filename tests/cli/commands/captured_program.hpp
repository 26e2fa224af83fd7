// The katydid program, run inside the test with its output kept.
#pragma once

#include <string>
#include <vector>

namespace katydid::test {

struct Captured {
    int exit_code = 0;
    std::string out;
    std::string error;
};

/// Runs `katydid ARGUMENTS…`. Standard input is `in`.
Captured run_katydid(std::vector<std::string> arguments, const std::string& in = {});

}  // namespace katydid::test
