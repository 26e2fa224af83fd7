#include "hub/cli/terminal/progress.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>

using namespace katydid::cli;

BOOST_AUTO_TEST_SUITE(cli_progress)

// Goal: the line says how far the work is, with a bar where there is room and a total.
BOOST_AUTO_TEST_CASE(lines)
{
    BOOST_TEST(progress_line("replaying", {5, {}}, 80) == "replaying  5 done");
    BOOST_TEST(progress_line("sending", {1, 4}, 40) == "sending  [###............]  25 %  1 of 4");
    BOOST_TEST(progress_line("sending", {4, 4}, 20) == "sending  100 %  4 o\xE2\x80\xA6");
    BOOST_TEST(progress_line("x", {9, 4}, 30) == "x  [##########]  100 %  9 of 9");
    BOOST_TEST(progress_line("replaying", {5, {}, {}, "delivered"}, 40)
               == "replaying  5 delivered");
    BOOST_TEST(progress_line("replaying", {4, 10, 0.5, "delivered, 1 dead"}, 60)
               == "replaying  [#######.......]  50 %  4 of 10 delivered, 1 dead");
    BOOST_TEST(progress_line("replaying", {5, 9, 7.0}, 30) == "replaying  100 %  5 of 9");
}

// Goal: nothing is drawn where nobody looks, and what was drawn is taken away.
BOOST_AUTO_TEST_CASE(only_on_a_terminal)
{
    std::ostringstream out;
    ProgressBar hidden{"sending", Terminal{}, out};
    hidden.show({1, 2});
    hidden.end();
    BOOST_TEST(out.str().empty());
    ProgressBar shown{"sending", Terminal{false, true, false, 80}, out};
    shown.show({1, 2});
    shown.show({1, 2});
    shown.end();
    BOOST_TEST(out.str().starts_with("\r\x1b[Ksending"));
    BOOST_TEST(out.str().ends_with("\r\x1b[K"));
}

BOOST_AUTO_TEST_SUITE_END()
