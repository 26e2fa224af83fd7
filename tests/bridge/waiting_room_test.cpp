#include "hub/bridge/waiting_room.hpp"

#include "tests/support/run_coroutine.hpp"

#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid;
using bridge::WaitingRoom;
using namespace std::chrono_literals;

namespace {

SteadyTime much_later() { return system_clock().steady_now() + 1h; }

}  // namespace

BOOST_AUTO_TEST_SUITE(bridge_waiting_room)

// Goal: everybody who waits for a write gets its answer, also when it came before they sat down.
BOOST_AUTO_TEST_CASE(answers)
{
    test::run_coroutine([]() -> awaitable<> {
        WaitingRoom room;
        WaitingRoom::Ticket one{room, "w1", "k"};
        WaitingRoom::Ticket two{room, "w1", "k"};
        const auto executor = co_await asio::this_coro::executor;
        asio::post(executor, [&] { room.answered("w1", "k", http::Response::text(201, "yes")); });
        const auto until = much_later();
        const auto first = co_await one.wait(until);
        const auto second = co_await two.wait(until);
        BOOST_TEST(first.value().body == "yes");
        BOOST_TEST(second.value().status == 201U);
    });
}

// Goal: a failure lets go of everybody behind the same key, and the key is held until a success.
BOOST_AUTO_TEST_CASE(failures)
{
    test::run_coroutine([]() -> awaitable<> {
        WaitingRoom room;
        WaitingRoom::Ticket first{room, "w1", "k"};
        WaitingRoom::Ticket behind{room, "w2", "k"};
        room.failed("k");
        BOOST_TEST(room.is_held("k"));
        BOOST_TEST(!room.is_held("other"));
        const auto until = much_later();
        const auto one = co_await first.wait(until);
        const auto two = co_await behind.wait(until);
        BOOST_TEST(!one);
        BOOST_TEST(!two);
        room.answered("w1", "k", http::Response::text(200, ""));
        BOOST_TEST(!room.is_held("k"));
    });
}

// Goal: an open breaker sends everybody home; a wait ends by itself; a guest who left is forgotten;
// a repeat of what was just answered is answered too.
BOOST_AUTO_TEST_CASE(going_home)
{
    test::run_coroutine([]() -> awaitable<> {
        WaitingRoom room;
        {
            WaitingRoom::Ticket gone{room, "w1", "a"};
        }
        room.answered("w1", "a", http::Response::text(200, ""));
        const WaitingRoom::Ticket repeat{room, "w1", "a"};
        BOOST_TEST(repeat.known().value().status == 200U);
        WaitingRoom::Ticket one{room, "w2", "a"};
        const auto at_once = system_clock().steady_now();
        const auto nothing = co_await one.wait(at_once);
        BOOST_TEST(!nothing);
        room.send_home();
        const auto until = much_later();
        const auto home = co_await one.wait(until);
        BOOST_TEST(!home);
    });
}

BOOST_AUTO_TEST_SUITE_END()
