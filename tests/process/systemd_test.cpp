#include "hub/process/systemd.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;

namespace {

InheritedSockets choose(const config::Environment& environment)
{
    return choose_sockets(environment, 42);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(process_systemd)

// Goal: sockets are taken by their names, whatever their order; others are left alone.
BOOST_AUTO_TEST_CASE(by_name)
{
    const auto both = choose({{"LISTEN_PID", "42"},
                              {"LISTEN_FDS", "3"},
                              {"LISTEN_FDNAMES", "other:operator_listen:listen"}});
    BOOST_TEST(both.listen == 5);
    BOOST_TEST(both.operator_listen == 4);
}

// Goal: without names of ours the first is the public one, the second the operators'.
BOOST_AUTO_TEST_CASE(by_order)
{
    const auto one = choose(
        {{"LISTEN_PID", "42"}, {"LISTEN_FDS", "1"}, {"LISTEN_FDNAMES", "katydid.socket"}});
    BOOST_TEST(one.listen == 3);
    BOOST_TEST(one.operator_listen == -1);
    const auto two = choose({{"LISTEN_PID", "42"}, {"LISTEN_FDS", "2"}});
    BOOST_TEST(two.operator_listen == 4);
}

// Goal: what is meant for another process, or makes no sense, hands over nothing.
BOOST_AUTO_TEST_CASE(not_for_us)
{
    for (const config::Environment& environment :
         {config::Environment{}, config::Environment{{"LISTEN_FDS", "1"}},
          config::Environment{{"LISTEN_PID", "41"}, {"LISTEN_FDS", "1"}},
          config::Environment{{"LISTEN_PID", "42"}, {"LISTEN_FDS", "0"}},
          config::Environment{{"LISTEN_PID", "42"}, {"LISTEN_FDS", "-1"}},
          config::Environment{{"LISTEN_PID", "42x"}, {"LISTEN_FDS", "1"}}}) {
        const auto none = choose(environment);
        BOOST_TEST(none.listen == -1);
        BOOST_TEST(none.operator_listen == -1);
    }
}

BOOST_AUTO_TEST_SUITE_END()
