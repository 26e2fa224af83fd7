#include "hub/http/watchdog.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>

using namespace katydid;
using namespace katydid::http;
using namespace std::chrono_literals;

namespace {

SteadyTime in(milliseconds time) { return std::chrono::steady_clock::now() + time; }

struct Fixture {
    boost::asio::io_context loop{1};
    Watchdog dog{loop.get_executor()};
    std::string heard;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(http_watchdog, Fixture)

// Goal: whatever the order in which they were set, deadlines pass in the order of their times, each
// once, and the loop ends when none is left.
BOOST_AUTO_TEST_CASE(earliest_first)
{
    Watch late{dog, [this] { heard += "c"; }};
    Watch soon{dog, [this] { heard += "a"; }};
    Watch between{dog, [this] { heard += "b"; }};
    late.set(in(120ms));
    soon.set(in(1ms));
    between.set(in(60ms));
    loop.run();
    BOOST_TEST(heard == "abc");
    BOOST_TEST((late.expired() && soon.expired() && between.expired()));
}

// Goal: a deadline that was moved or cleared does not pass at its old time.
BOOST_AUTO_TEST_CASE(moved_and_cleared)
{
    Watch moved{dog, [this] { heard += "moved "; }};
    Watch cleared{dog, [this] { heard += "cleared "; }};
    Watch between{dog, [&, this] { heard += moved.expired() ? "too late " : "between "; }};
    moved.set(in(1ms));
    cleared.set(in(2ms));
    between.set(in(40ms));
    moved.set(in(120ms));
    cleared.clear();
    loop.run();
    BOOST_TEST(heard == "between moved ");
    BOOST_TEST(!cleared.expired());
}

// Goal: a call may set its own deadline anew, set another's to an earlier time, and destroy
// watches, its own and those that are looked at next.
BOOST_AUTO_TEST_CASE(calls_may_change_watches)
{
    std::optional<Watch> last;
    std::optional<Watch> again;
    std::optional<Watch> doomed;
    last.emplace(dog, [&, this] {
        heard += "last ";
        last.reset();
    });
    last->set(in(10min));
    again.emplace(dog, [&, this] {
        heard += "again ";
        doomed.reset();
        const bool is_first = heard == "again ";
        if (is_first) again->set(in(1ms));
        else last->set(in(1ms));
    });
    doomed.emplace(dog, [this] { heard += "doomed "; });
    again->set(in(0ms));
    doomed->set(in(5min));
    loop.run();
    BOOST_TEST(heard == "again again last ");
}

// Goal: a timer that no watch needs any more does not keep the loop alive; one that is needed does.
BOOST_AUTO_TEST_CASE(trim)
{
    Watch watch{dog, [this] { heard += "passed"; }};
    watch.set(in(10min));
    watch.clear();
    dog.trim();
    loop.run();
    BOOST_TEST(heard.empty());
    watch.set(in(1ms));
    dog.trim();
    loop.restart();
    loop.run();
    BOOST_TEST(heard == "passed");
}

// Goal: a dog may go while its timer waits, and then nobody is called.
BOOST_AUTO_TEST_CASE(dog_goes_first)
{
    {
        Watchdog short_lived{loop.get_executor()};
        Watch watch{short_lived, [this] { heard += "passed"; }};
        watch.set(in(1ms));
    }
    loop.run();
    BOOST_TEST(heard.empty());
}

BOOST_AUTO_TEST_SUITE_END()
