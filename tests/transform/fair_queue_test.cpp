#include "hub/transform/fair_queue.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace katydid::transform {
namespace {

using namespace std::chrono_literals;
using Queue = FairQueue<int>;
using Kind = Queue::Kind;

struct Tables {
    Queue queue{{.waiting_max = 8, .waiting_per_key_max = 4, .running_per_key_max = 1}};

    /// Runs the next one for so long; 0: there is none.
    int run(const std::string& key, std::chrono::microseconds time)
    {
        const auto item = queue.pop().value_or(0);
        if (item != 0) queue.ended(key, time);
        return item;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(transform_fair_queue)

// Goal: within a key, first come is first served.
BOOST_FIXTURE_TEST_CASE(one_key_is_a_queue, Tables)
{
    for (const int item : {1, 2, 3}) BOOST_TEST(queue.push("a", item));
    for (const int item : {1, 2, 3, 0}) BOOST_TEST(run("a", 1ms) == item);
}

// Goal: who has used a worker for long comes after those who have not, however much waits there.
BOOST_FIXTURE_TEST_CASE(time_counts_and_not_turns, Tables)
{
    BOOST_TEST(queue.push("loop", 1));
    BOOST_TEST(queue.push("loop", 2));
    BOOST_TEST(run("loop", 50ms) == 1);
    for (const int item : {11, 12, 13}) BOOST_TEST(queue.push("good", item));

    for (const int item : {11, 12, 13}) BOOST_TEST(run("good", 1ms) == item);
    BOOST_TEST(run("loop", 50ms) == 2);
}

// Goal: a key never has more workers at a time than it may.
BOOST_FIXTURE_TEST_CASE(a_key_runs_once_at_a_time, Tables)
{
    BOOST_TEST(queue.push("a", 1));
    BOOST_TEST(queue.push("a", 2));
    BOOST_TEST(queue.pop().value_or(0) == 1);
    BOOST_TEST(!queue.pop());
    BOOST_TEST(queue.push("b", 3));
    BOOST_TEST(queue.pop().value_or(0) == 3);
    queue.ended("a", 1ms);
    BOOST_TEST(queue.pop().value_or(0) == 2);
}

// Goal: a key that did nothing for long has no credit for it.
BOOST_FIXTURE_TEST_CASE(nobody_saves_up, Tables)
{
    BOOST_TEST(queue.push("busy", 1));
    BOOST_TEST(queue.push("busy", 2));
    BOOST_TEST(run("busy", 50ms) == 1);
    BOOST_TEST(run("busy", 50ms) == 2);
    BOOST_TEST(queue.push("busy", 3));
    BOOST_TEST(queue.push("new", 11));
    BOOST_TEST(queue.push("new", 12));

    const std::vector<int> first{*queue.pop(), *queue.pop()};
    const std::vector<int> both{3, 11};
    BOOST_TEST(first == both, boost::test_tools::per_element());
}

// Goal: a group with many keys has the same share as one with a single key; its keys take turns.
BOOST_FIXTURE_TEST_CASE(groups_share_first, Tables)
{
    int item = 0;
    for (const auto* key : {"a 1", "a 2", "a 3"})
        for (int i = 0; i < 2; ++i) BOOST_TEST(queue.push(key, ++item));
    BOOST_TEST(queue.push("b", 11));
    BOOST_TEST(queue.push("b", 12));
    BOOST_TEST(run("a 1", 10ms) == 1);
    BOOST_TEST(run("b", 10ms) == 11);
    BOOST_TEST(run("a 2", 10ms) == 3);
    BOOST_TEST(run("b", 10ms) == 12);
    BOOST_TEST(run("a 3", 10ms) == 5);
    BOOST_TEST(run("a 1", 10ms) == 2);
    queue.remove("a 2", 4);
    BOOST_TEST(run("a 3", 10ms) == 6);
    BOOST_TEST(queue.size() == 0);
    // Who comes again is level with the group served last.
    BOOST_TEST(queue.push("b", 13));
    BOOST_TEST(queue.push("a 1", 7));
    BOOST_TEST(run("a 1", 10ms) == 7);
    BOOST_TEST(run("b", 10ms) == 13);
}

// Goal: a key whose run ended badly waits apart from the others, until enough end well in a row.
BOOST_FIXTURE_TEST_CASE(suspects_wait_apart, Tables)
{
    Queue::Time now{};
    const auto run_suspect = [&](bool well) {
        BOOST_TEST(queue.push("bad", 2));
        BOOST_TEST(!queue.has(Kind::trusted));
        BOOST_TEST(!queue.pop());
        BOOST_TEST(queue.pop(Kind::suspect).value_or(0) == 2);
        queue.ended("bad", 1ms, well, now);
    };
    BOOST_TEST(queue.push("bad", 1));
    BOOST_TEST(!queue.has(Kind::suspect));
    BOOST_TEST(queue.pop().value_or(0) == 1);
    queue.ended("bad", 1ms, false);
    BOOST_TEST(queue.push("good", 3));
    BOOST_TEST(!queue.pop(Kind::suspect));
    BOOST_TEST(queue.pop().value_or(0) == 3);
    run_suspect(true);
    run_suspect(false);
    now += Queue::time_to_trust;
    for (std::uint32_t i = 0; i < Queue::runs_to_trust; ++i) run_suspect(true);

    BOOST_TEST(queue.push("bad", 4));
    BOOST_TEST(queue.pop().value_or(0) == 4);
}

// Regression: sixteen good runs after each bad one, and a key was trusted with every bad one: three
// quarters of the time of the others' worker.
BOOST_FIXTURE_TEST_CASE(good_runs_buy_no_bad_ones, Tables)
{
    Queue::Time now{};
    const auto end = now + 10min;
    std::chrono::microseconds wasted{0};
    for (int number = 0; now < end; ++number) {
        const bool well = number % (Queue::runs_to_trust + 1) != 0;
        const std::chrono::microseconds used = well ? 1ms : 50ms;
        BOOST_TEST_REQUIRE(queue.push("mixed", 1));
        const bool is_trusted = queue.pop().has_value();
        if (!is_trusted) BOOST_TEST_REQUIRE(queue.pop(Kind::suspect).has_value());
        if (is_trusted && !well) wasted += used;
        now += used;
        queue.ended("mixed", used, well, now);
    }
    BOOST_TEST((wasted * 1'000 <= end - Queue::Time{}));
}

// Goal: what waited when its key became a suspect goes with it, and leaves the others their room.
BOOST_FIXTURE_TEST_CASE(suspects_have_their_own_room, Tables)
{
    for (int item = 1; item <= 4; ++item) BOOST_TEST(queue.push("bad", item));
    for (int item = 11; item <= 14; ++item) BOOST_TEST(queue.push("a", item));
    BOOST_TEST(!queue.push("b", 21));
    BOOST_TEST(queue.pop().value_or(0) == 11);
    BOOST_TEST(queue.pop().value_or(0) == 1);
    queue.ended("bad", 50ms, false);
    BOOST_TEST(queue.size() == 6);

    for (int item = 21; item <= 24; ++item) BOOST_TEST(queue.push("b", item));
    BOOST_TEST(queue.push("c", 31));
    BOOST_TEST(!queue.push("c", 32));
    BOOST_TEST(queue.pop(Kind::suspect).value_or(0) == 2);
}

// Goal: the bounds hold, in all and for each key, and what is removed makes room.
BOOST_FIXTURE_TEST_CASE(it_is_bounded, Tables)
{
    for (int item = 1; item <= 4; ++item) BOOST_TEST(queue.push("a", item));
    BOOST_TEST(!queue.push("a", 5));
    for (int item = 1; item <= 4; ++item) BOOST_TEST(queue.push("b", item + 10));
    BOOST_TEST(!queue.push("c", 21));
    queue.remove("b", 12);
    BOOST_TEST(queue.size() == 7);
    BOOST_TEST(queue.push("c", 21));
    queue.remove("unknown", 1);
    BOOST_TEST(queue.size() == 8);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace katydid::transform
