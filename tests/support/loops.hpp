// How many event loops the hubs of tests run.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>

namespace katydid::test {

/// KATYDID_TEST_LOOPS, as the tests with the label `loops` set it; else one.
inline std::uint32_t test_loops()
{
    const char* count = std::getenv("KATYDID_TEST_LOOPS");
    return count == nullptr ? 1 : static_cast<std::uint32_t>(std::stoul(count));
}

}  // namespace katydid::test
