#include "tests/transform/running_pool.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdio>
#include <memory>

namespace katydid::transform::test {
namespace {

std::vector<std::string> forbidden_calls()
{
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> list{::popen(KATYDID_PROBE " list", "r"),
                                                               ::pclose};
    std::vector<std::string> names;
    std::array<char, 100> line{};
    while (std::fgets(line.data(), line.size(), list.get()) != nullptr) {
        names.emplace_back(line.data());
        names.back().pop_back();
    }
    return names;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(transform_sandbox)

// Goal: a worker that makes any system call it does not need is dead before the call does
// anything, and the pool goes on with another one.
BOOST_AUTO_TEST_CASE(forbidden_system_calls_kill)
{
    const auto names = forbidden_calls();
    BOOST_TEST(names.size() > 80);
    RunningPool pool{probes(1)};
    for (const auto& name : names) {
        const auto fault = pool.fault({.source = "call " + name});
        BOOST_TEST_CONTEXT(name)
        {
            BOOST_TEST((fault.kind == Fault::Kind::crashed));
            BOOST_TEST(fault.message == "it called the operating system, which a transform cannot");
        }
    }
    BOOST_TEST(pool.output({.source = "answer"}, payload("still here")).payload.value_or("")
               == "still here");
    BOOST_TEST(pool->state().started == names.size() + 1);
    BOOST_TEST(pool.losses.size() == names.size());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace katydid::transform::test
