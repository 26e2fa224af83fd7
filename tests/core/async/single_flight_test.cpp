#include "hub/core/async/single_flight.hpp"

#include "tests/core/async/fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>

using namespace katydid;

namespace {

struct FlightFixture : test::AsyncFixture {
    using Value = std::shared_ptr<const int>;
    using Caller = Call<Value>;

    /// The work counts its starts and ends when `end` is set.
    void start_run(Caller& caller, const std::string& key, SteadyTime until = SteadyTime::max())
    {
        auto work = [this]() -> awaitable<int> {
            const int number = ++started;
            const bool has_ended = co_await end.wait();
            if (!has_ended || fails) throw std::runtime_error{"no"};
            co_return number;
        };
        start<Value>(caller, [this, key, work, until] { return flights.run(key, work, until); });
    }

    SingleFlight<std::string, int> flights;
    AsyncEvent end;
    int started = 0;
    bool fails = false;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(core_async_single_flight, FlightFixture)

// Goal: equal work is done once, other work beside it, and again when it is over.
BOOST_AUTO_TEST_CASE(once_for_all)
{
    std::array<Caller, 3> callers;
    start_run(callers[0], "a");
    start_run(callers[1], "a");
    start_run(callers[2], "b");
    BOOST_TEST(started == 2);
    end.set();
    turn();
    BOOST_TEST(**callers[0].got == 1);
    BOOST_TEST(**callers[1].got == 1);
    BOOST_TEST(**callers[2].got == 2);
    Caller later;
    start_run(later, "a");
    BOOST_TEST(**later.got == 3);
}

// Goal: the n-th caller, also the first, stops waiting (cancelled, or out of time): the work goes
// on for the others.
BOOST_AUTO_TEST_CASE(nth_stops_waiting)
{
    for (const bool by_time : {false, true}) {
        for (std::size_t n = 0; n < 3; ++n) {
            end.reset();
            std::array<Caller, 3> callers;
            const auto soon = SteadyTime::clock::now() + milliseconds{1};
            for (std::size_t i = 0; i < callers.size(); ++i)
                start_run(callers[i], "a", by_time && i == n ? soon : SteadyTime::max());
            if (!by_time) cancel(callers[n]);
            loop.restart();
            while (!callers[n].has_ended) loop.run_one();
            BOOST_TEST(callers[n].got.has_value() == by_time);
            end.set();
            turn();
            for (std::size_t i = 0; i < callers.size(); ++i)
                if (i != n) BOOST_TEST((*callers[i].got != nullptr));
        }
    }
    BOOST_TEST(started == 6);
}

// Goal: what the work throws reaches every caller, and the next one starts anew.
BOOST_AUTO_TEST_CASE(failure)
{
    std::array<Caller, 2> callers;
    for (auto& each : callers) start_run(each, "a");
    fails = true;
    end.set();
    turn();
    for (const auto& each : callers) BOOST_TEST(describe(each.failure) == "no");
    fails = false;
    Caller next;
    start_run(next, "a");
    BOOST_TEST(**next.got == 2);
}

// Goal: forgotten work ends for those who wait; who comes later does not join it, and its end does
// not take away the newer.
BOOST_AUTO_TEST_CASE(forgotten)
{
    Caller before;
    start_run(before, "a");
    auto old_end = end;
    end = AsyncEvent{};
    flights.forget_if([](const std::string& key) { return key == "a"; });
    Caller after;
    start_run(after, "a");
    old_end.set();
    turn();
    BOOST_TEST(**before.got == 1);
    Caller joins;
    start_run(joins, "a");
    end.set();
    turn();
    BOOST_TEST(**after.got == 2);
    BOOST_TEST(**joins.got == 2);
}

BOOST_AUTO_TEST_SUITE_END()
