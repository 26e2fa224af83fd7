#include "hub/core/async/mutex.hpp"

#include "tests/core/async/fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <array>

using namespace katydid;

namespace {

struct MutexFixture : test::AsyncFixture {
    using Caller = Call<AsyncMutex::Lock>;

    void start_lock(Caller& caller, SteadyTime until = SteadyTime::max())
    {
        start<AsyncMutex::Lock>(caller,
                                [mutex = mutex, until]() mutable { return mutex.lock(until); });
    }
    static bool holds(const Caller& caller) { return caller.got.has_value() && *caller.got; }

    AsyncMutex mutex;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(core_async_mutex, MutexFixture)

// Goal: one at a time, in the order of arrival.
BOOST_AUTO_TEST_CASE(in_turn)
{
    std::array<Caller, 3> callers;
    for (auto& each : callers) start_lock(each);
    for (std::size_t i = 0; i < callers.size(); ++i) {
        for (std::size_t other = i; other < callers.size(); ++other)
            BOOST_TEST(holds(callers[other]) == (other == i));
        callers[i].got.reset();
        turn();
    }
    Caller next;
    start_lock(next);
    BOOST_TEST(holds(next));
}

// Goal: the n-th caller of a queue is cancelled, or its time ends, for every n: it holds nothing,
// its place is given up, and the others come in their order.
BOOST_AUTO_TEST_CASE(nth_gives_up)
{
    constexpr std::size_t count = 4;
    for (const bool by_time : {false, true}) {
        for (std::size_t n = 1; n < count; ++n) {
            std::array<Caller, count> callers;
            const auto soon = SteadyTime::clock::now() + milliseconds{1};
            for (std::size_t i = 0; i < count; ++i)
                start_lock(callers[i], by_time && i == n ? soon : SteadyTime::max());
            if (!by_time) cancel(callers[n]);
            loop.restart();
            while (!callers[n].has_ended) loop.run_one();
            BOOST_TEST(!holds(callers[n]));
            BOOST_TEST((callers[n].failure != nullptr) == !by_time);
            for (std::size_t i = 0; i < count; ++i) {
                if (i == n) continue;
                BOOST_TEST(holds(callers[i]));
                callers[i].got.reset();
                turn();
            }
        }
    }
}

// Goal: handed over and cancelled in the same turn, in both orders: the caller has the lock, its
// next step throws, and the lock goes on to the next.
BOOST_AUTO_TEST_CASE(cancelled_as_it_is_handed_over)
{
    test::in_both_orders([this](bool handed_over_first) {
        Caller owner;
        Caller cancelled;
        Caller next;
        start_lock(owner);
        start_lock(cancelled);
        start_lock(next);
        if (!handed_over_first) cancel(cancelled);
        asio::post(loop, [&owner] { owner.got.reset(); });
        if (handed_over_first) cancel(cancelled);
        turn();
        BOOST_TEST(holds(cancelled));
        BOOST_TEST(!cancelled.went_on);
        BOOST_TEST(cancelled.has_ended);
        BOOST_TEST(!holds(next));
        cancelled.got.reset();
        turn();
        BOOST_TEST(holds(next));
    });
}

// Goal: a lock may outlive its mutex, and who waits still gets its turn.
BOOST_AUTO_TEST_CASE(mutex_goes_first)
{
    Caller owner;
    Caller waiting;
    start_lock(owner);
    start_lock(waiting);
    mutex = AsyncMutex{};
    owner.got.reset();
    turn();
    BOOST_TEST(holds(waiting));
}

BOOST_AUTO_TEST_SUITE_END()
