// How many event loops the hubs of tests run.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>

namespace katydid::test {

/// TEST_HUB_LOOPS, as the tests with the label `loops` set it; else one. Without the prefix of the
/// settings: a hub refuses those it does not know.
inline std::uint32_t test_loops()
{
    const char* count = std::getenv("TEST_HUB_LOOPS");
    return count == nullptr ? 1 : static_cast<std::uint32_t>(std::stoul(count));
}

}  // namespace katydid::test
