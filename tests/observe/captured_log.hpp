// What is written to standard error meanwhile.
#pragma once

#include "tests/support/temporary_folder.hpp"

#include <cstdio>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace katydid::test {

inline std::string captured_log(const std::function<void()>& write)
{
    const TemporaryFolder folder;
    const auto path = (folder.path() / "log").string();
    std::fflush(stderr);
    const int own = ::dup(STDERR_FILENO);
    const int file = ::open(path.c_str(), O_CREAT | O_WRONLY, 0600);
    ::dup2(file, STDERR_FILENO);
    write();
    std::fflush(stderr);
    ::dup2(own, STDERR_FILENO);
    ::close(own);
    ::close(file);
    std::ifstream in{path};
    return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace katydid::test
