#include "hub/registry/turnstile.hpp"

#include "tests/support/run_coroutine.hpp"

#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <vector>

using namespace katydid;
using namespace katydid::test;
using registry::Turnstile;

BOOST_AUTO_TEST_SUITE(registry_turnstile)

// Goal: one at a time, in the order of arrival, also when the one inside waits for something.
BOOST_AUTO_TEST_CASE(one_after_the_other)
{
    asio::io_context loop{1};
    Turnstile turnstile;
    std::vector<int> order;
    int inside = 0;
    for (int i = 0; i < 5; ++i)
        asio::co_spawn(
            loop,
            [&, i]() -> awaitable<> {
                const auto executor = co_await asio::this_coro::executor;
                const auto pass = co_await turnstile.enter();
                BOOST_TEST(++inside == 1);
                co_await asio::post(executor, asio::use_awaitable);
                order.push_back(i);
                --inside;
            },
            [](std::exception_ptr failure) { BOOST_TEST(!failure); });
    loop.run();
    BOOST_TEST(order == (std::vector{0, 1, 2, 3, 4}), boost::test_tools::per_element());
}

// Goal: whoever ends by an exception lets the next one in.
BOOST_AUTO_TEST_CASE(left_by_an_exception)
{
    asio::io_context loop{1};
    Turnstile turnstile;
    bool reached = false;
    asio::co_spawn(
        loop,
        [&]() -> awaitable<> {
            const auto pass = co_await turnstile.enter();
            throw std::runtime_error{"on purpose"};
        },
        [](std::exception_ptr failure) { BOOST_TEST((failure != nullptr)); });
    asio::co_spawn(
        loop,
        [&]() -> awaitable<> {
            const auto pass = co_await turnstile.enter();
            reached = true;
        },
        [](std::exception_ptr failure) { BOOST_TEST(!failure); });
    loop.run();
    BOOST_TEST(reached);
}

BOOST_AUTO_TEST_SUITE_END()
