#include "tests/dispatch/simulation.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>

using namespace katydid;
using namespace katydid::test;

namespace {

/// How many worlds; the long run sets KATYDID_SIMULATION_RUNS=10000.
std::uint64_t runs()
{
    const char* text = std::getenv("KATYDID_SIMULATION_RUNS");
    return text == nullptr ? 150 : std::strtoull(text, nullptr, 10);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(dispatch_simulation)

// Goal: in every world no limit is exceeded, the order of keys is kept, and every delivery ends.
BOOST_AUTO_TEST_CASE(promises_hold)
{
    std::size_t deliveries = 0;
    std::size_t attempts = 0;
    std::size_t crashes = 0;
    for (std::uint64_t seed = 1; seed <= runs(); ++seed) {
        const auto report = Simulation{seed}.run();
        for (const auto& each : report.faults) BOOST_ERROR(each);
        if (!report.faults.empty()) break;
        deliveries += report.deliveries;
        attempts += report.attempts;
        crashes += report.crashes;
    }
    BOOST_TEST_MESSAGE(runs() << " worlds, " << deliveries << " deliveries, " << attempts
                              << " attempts, " << crashes << " crashes");
    BOOST_TEST(attempts > deliveries);
    BOOST_TEST(crashes > 0U);
}

// Goal: the same seed gives the same trace, another seed another one.
BOOST_AUTO_TEST_CASE(same_seed_same_trace)
{
    const auto first = Simulation{7}.run();
    const auto second = Simulation{7}.run();
    const auto other = Simulation{8}.run();
    BOOST_TEST(first.trace == second.trace);
    BOOST_TEST(first.trace != other.trace);
}

BOOST_AUTO_TEST_SUITE_END()
