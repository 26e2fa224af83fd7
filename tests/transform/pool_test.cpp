#include "hub/transform/pool.hpp"

#include "tests/support/run_coroutine.hpp"
#include "tests/transform/running_pool.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <set>

#include <sched.h>
#include <unistd.h>

namespace katydid::transform::test {
namespace {

using namespace std::chrono_literals;

/// Calls that run at the same time; each notes what it came to.
class Calls {
public:
    explicit Calls(RunningPool& pool) : pool_{pool} {}
    ~Calls() { pool_.stop(); }
    Calls(const Calls&) = delete;
    Calls& operator=(const Calls&) = delete;

    void start(const Program& program, const Input& input, const std::string& key,
               std::chrono::milliseconds time = 60s)
    {
        ++open_;
        asio::co_spawn(pool_.loop(), one(program, input, key, Deadline::after(time)),
                       [this](const std::exception_ptr& exception) {
                           failed = failed || exception;
                           --open_;
                       });
    }
    void finish()
    {
        pool_.run_until([this] { return open_ == 0; });
    }

    std::vector<std::string> ended;  ///< in their order: key and what it came to
    bool failed = false;

private:
    awaitable<> one(Program program, Input input, std::string key, Deadline deadline)
    {
        const auto outcome = co_await pool_->run(program, input, key, deadline);
        ended.push_back(key + ": " + text_of(outcome));
    }
    static std::string text_of(const result<Outcome>& outcome)
    {
        if (!outcome) return outcome.error().code.message();
        if (const auto* fault = std::get_if<Fault>(&*outcome)) return fault->message;
        return std::get<Output>(*outcome).payload.value_or("");
    }

    RunningPool& pool_;
    std::size_t open_ = 0;
};

/// How the processes that this one started are scheduled.
std::multiset<int> policies_of_children()
{
    std::multiset<int> policies;
    std::ifstream children{"/proc/self/task/" + std::to_string(::getpid()) + "/children"};
    for (pid_t child = 0; children >> child;) policies.insert(::sched_getscheduler(child));
    return policies;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(transform_pool)

// Goal: one call after the other by one worker.
BOOST_AUTO_TEST_CASE(answers)
{
    RunningPool pool{probes(1)};
    for (const auto* text : {"one", "two", ""})
        BOOST_TEST(pool.output({.source = "answer"}, payload(text)).payload.value_or("-") == text);
    BOOST_TEST(pool->state().started == 1);
    BOOST_TEST(pool->state().workers_busy == 0);
}

// Goal: whatever a worker does instead of answering, the caller hears of it and the pool goes on.
BOOST_AUTO_TEST_CASE(bad_workers_are_replaced)
{
    RunningPool pool{probes(1)};
    const std::vector<std::pair<std::string, std::string>> faults{
        {"die", "it brought its worker down (signal 11, Segmentation fault)"},
        {"nonsense", "it made its worker answer nonsense"},
    };
    for (const auto& [order, message] : faults)
        BOOST_TEST(pool.fault({.source = order}).message == message);
    for (const auto* order : {"exit", "endless frame", "much"}) {
        const auto outcome = pool.run({.source = order});
        BOOST_TEST_CONTEXT(order) BOOST_REQUIRE(!outcome);
        BOOST_TEST((outcome.error() == errc::internal));
    }
    BOOST_TEST(pool.output({.source = "answer"}, payload("x")).payload.value_or("") == "x");
}

// Goal: a worker that is silent, or does not read what it is sent, is killed at the deadline.
BOOST_AUTO_TEST_CASE(silent_workers_are_killed)
{
    RunningPool pool{probes(1)};
    Calls calls{pool};
    calls.start({.source = "hang"}, {}, "a", 200ms);
    calls.finish();
    calls.start({.source = "answer"}, payload(std::string(4'000'000, 'x')), "b", 200ms);
    calls.finish();
    calls.start({.source = "answer"}, payload("fine"), "c");
    calls.finish();
    const std::vector<std::string> expected{"a: timed out", "b: timed out", "c: fine"};
    BOOST_TEST(calls.ended == expected, boost::test_tools::per_element());
    BOOST_TEST(pool->state().killed == 2);
    BOOST_TEST(pool.losses.empty());
}

// Goal: a worker that hangs although its caller has time is killed for its program's timeout.
BOOST_AUTO_TEST_CASE(hanging_is_a_fault)
{
    RunningPool pool{probes(1)};
    const auto fault = pool.fault({.source = "hang", .timeout = 10ms});
    BOOST_TEST((fault.kind == Fault::Kind::time));
    BOOST_TEST(fault.message == "it ran for more than 10 ms");
}

// Goal: one key never has all workers, so what hangs in it stops nobody else.
BOOST_AUTO_TEST_CASE(a_bad_key_stops_nobody)
{
    RunningPool pool{probes(2)};
    Calls calls{pool};
    for (int i = 0; i < 3; ++i) calls.start({.source = "hang"}, {}, "bad", 5s);
    for (int i = 0; i < 50; ++i) calls.start({.source = "answer"}, payload("fine"), "good");
    pool.run_until([&] { return calls.ended.size() == 50; });
    for (const auto& end : calls.ended) BOOST_TEST(end == "good: fine");
    BOOST_TEST(pool->state().waiting == 2);
}

// Goal: a key that costs a worker each time does not get the last one while the other one starts.
BOOST_AUTO_TEST_CASE(a_deadly_key_leaves_one_worker)
{
    RunningPool pool{probes(2)};
    pool.run_until([&] { return pool->state().workers_ready == 2; });
    Calls calls{pool};
    for (int i = 0; i < 10; ++i) calls.start({.source = "die"}, {}, "bad");
    std::size_t least = 2;
    pool.run_until([&] {
        const auto state = pool->state();
        // With the first that dies the key is a suspect; from then on one worker is always there.
        if (state.started > 2) least = std::min(least, state.workers_ready);
        return calls.ended.size() == 10;
    });
    BOOST_TEST(least >= 1);
}

// Goal: a key that cost a worker runs apart from then on, although there is one worker only.
BOOST_AUTO_TEST_CASE(suspects_run_apart)
{
    RunningPool pool{probes(1)};
    Calls calls{pool};
    calls.start({.source = "die"}, {}, "bad");
    calls.finish();
    calls.start({.source = "hang"}, {}, "good", 1h);
    pool.run_until([&] { return pool->state().workers_busy == 1; });
    calls.start({.source = "answer"}, payload("apart"), "bad");
    pool.run_until([&] { return calls.ended.size() == 2; });
    BOOST_TEST(calls.ended.back() == "bad: apart");
}

// Goal: suspects get the CPU time that nobody else wants.
BOOST_AUTO_TEST_CASE(suspects_are_idle)
{
    auto options = probes(1);
    options.suspects_priority = Pool::Options{}.suspects_priority;
    RunningPool pool{options};
    Calls calls{pool};
    calls.start({.source = "die"}, {}, "bad");
    calls.finish();
    calls.start({.source = "answer"}, {}, "bad");
    const std::multiset<int> expected{SCHED_OTHER, SCHED_IDLE};
    pool.run_until([&] { return policies_of_children() == expected; });
}

// Goal: suspects have a small part of one core, whatever their priority means; others wait for
// nothing.
BOOST_AUTO_TEST_CASE(suspects_rest)
{
    for (const bool is_long : {true, false}) {
        auto options = probes(1);
        options.suspects_rest = is_long ? 10'000 : 1;
        RunningPool pool{options};
        Calls calls{pool};
        for (int i = 0; i < 2; ++i) {
            calls.start({.source = "die"}, {}, "bad");
            calls.finish();
        }
        calls.start({.source = "answer"}, payload("late"), "bad", is_long ? 200ms : 60s);
        calls.start({.source = "answer"}, payload("fine"), "good");
        calls.finish();
        const auto* last = is_long ? "bad: timed out" : "bad: late";
        const std::vector<std::string> expected{calls.ended[0], calls.ended[1], "good: fine", last};
        BOOST_TEST(calls.ended == expected, boost::test_tools::per_element());
    }
}

// Goal: the worker of the suspects ends when there are none, and comes back with the next one.
BOOST_AUTO_TEST_CASE(suspects_worker_ends_when_idle)
{
    auto options = probes(1);
    options.suspects_idle_max = 1ms;
    RunningPool pool{options};
    Calls calls{pool};
    calls.start({.source = "die"}, {}, "bad");
    calls.finish();
    for (int i = 1; i <= 2; ++i) {
        calls.start({.source = "answer"}, payload("fine"), "bad");
        calls.finish();
        BOOST_TEST(calls.ended.back() == "bad: fine");
        pool.run_until([&] { return policies_of_children().size() == 1; });
    }
    BOOST_TEST(pool.losses.size() == 1);  // by "die"
}

// Goal: a program that may use more time than others do has to use what nobody else wants.
BOOST_AUTO_TEST_CASE(long_runs_are_suspect)
{
    RunningPool pool{real_workers(1)};
    Calls calls{pool};
    auto slow = javascript(
        "let a = 0; for (let i = 0; i < 1e7; ++i) a += i; return {payload: ''};");
    slow.timeout = 1s;
    calls.start(slow, {}, "slow");
    calls.finish();
    BOOST_TEST(pool->state().started == 1);
    calls.start(javascript("return {payload: 'x'};"), {}, "slow");
    calls.finish();
    BOOST_TEST(calls.ended.back() == "slow: x");
    BOOST_TEST(pool->state().started == 2);
}

// Goal: what waits is bounded and is told so; what waits too long is told that.
BOOST_AUTO_TEST_CASE(waiting_is_bounded)
{
    auto options = probes(1);
    options.waiting_per_key_max = 1;
    RunningPool pool{options};
    Calls calls{pool};
    calls.start({.source = "answer"}, {}, "a", 0ms);
    calls.start({.source = "answer"}, {}, "a");
    pool.run_until([&] { return calls.ended.size() == 2; });
    const std::vector<std::string> expected{"a: over a limit", "a: timed out"};
    BOOST_TEST(calls.ended == expected, boost::test_tools::per_element());
}

// Goal: too large is a fault before a worker sees it.
BOOST_AUTO_TEST_CASE(large_requests_are_refused)
{
    RunningPool pool{probes(1)};
    BOOST_TEST(pool.fault({.source = std::string(source_bytes_max + 1, ' ')}).message
               == "the program is over 64 KiB");
    BOOST_TEST(
        pool.fault({.source = "answer"}, payload(std::string(input_bytes_max + 1, ' '))).message
        == "the event is over 8 MiB");
    BOOST_TEST(pool.fault({.source = "answer", .timeout = 1min}).message
               == "its timeout is over a second");
}

// Goal: a worker is replaced after so many calls, which no caller notices.
BOOST_AUTO_TEST_CASE(workers_are_recycled)
{
    auto options = probes(1);
    options.calls_max = 3;
    RunningPool pool{options};
    for (int i = 0; i < 7; ++i)
        BOOST_TEST(pool.output({.source = "answer"}, payload("x")).payload.value_or("") == "x");
    BOOST_TEST(pool->state().recycled == 2);
    BOOST_TEST(pool.losses.empty());
}

// Goal: a call that is cancelled while it runs costs its worker and nothing else.
BOOST_AUTO_TEST_CASE(cancellation)
{
    RunningPool pool{probes(1)};
    BOOST_TEST(pool.output({.source = "answer"}, payload("x")).payload.value_or("") == "x");
    asio::cancellation_signal cancel;
    bool ended = false;
    asio::co_spawn(pool.loop(), pool->run({.source = "hang"}, {}, "a", Deadline::after(1h)),
                   asio::bind_cancellation_slot(
                       cancel.slot(), [&](const std::exception_ptr& exception, const auto&) {
                           BOOST_TEST(!!exception);
                           ended = true;
                       }));
    pool.run_until([&] { return pool->state().workers_busy == 1; });
    cancel.emit(asio::cancellation_type::terminal);
    pool.run_until([&] { return ended; });
    BOOST_TEST(pool.output({.source = "answer"}, payload("y")).payload.value_or("") == "y");
    BOOST_TEST(pool->state().started == 2);
}

// Goal: stop() lets go of everybody: who runs, who waits, who comes later.
BOOST_AUTO_TEST_CASE(stops)
{
    RunningPool pool{probes(1)};
    Calls calls{pool};
    calls.start({.source = "hang"}, {}, "a");
    pool.run_until([&] { return pool->state().workers_busy == 1; });
    calls.start({.source = "answer"}, {}, "b");
    pool.run_until([&] { return pool->state().waiting == 1; });
    pool.stop();
    calls.start({.source = "answer"}, {}, "c");
    calls.finish();
    BOOST_TEST(calls.ended.size() == 3);
    for (const auto& end : calls.ended) BOOST_TEST(end.ends_with(": shutting down"));
    pool.stop();
    BOOST_TEST(pool.losses.empty());
}

// Goal: a pool that was never started stops.
BOOST_AUTO_TEST_CASE(stops_before_it_starts)
{
    asio::io_context loop{1};
    Pool pool{loop.get_executor(), probes(1)};
    katydid::test::run_coroutine(loop, [&] { return pool.stop(); });
    BOOST_TEST(pool.state().started == 0);
}

// Goal: a program that is no worker is said so, and callers wait no longer than they want to.
BOOST_AUTO_TEST_CASE(no_worker_to_start)
{
    for (const auto* program : {"/nonexistent/katydid-transform", "/bin/true", "/bin/cat"}) {
        auto options = probes(1);
        options.program = program;
        options.start_timeout = 200ms;
        RunningPool pool{options};
        Calls calls{pool};
        calls.start({.source = "answer"}, {}, "a", 500ms);
        calls.finish();
        const auto* expected = ::access(program, X_OK) == 0 ? "a: timed out" : "a: not found";
        BOOST_TEST(calls.ended.front() == expected);
        BOOST_TEST_CONTEXT(program) BOOST_TEST(!pool.losses.empty());
    }
}

// Regression: a worker of another version was said to be one that is not free.
BOOST_AUTO_TEST_CASE(a_worker_of_another_version)
{
    const auto path = std::filesystem::temp_directory_path()
                      / ("katydid-worker-" + std::to_string(::getpid()));
    // What a worker says first: a frame of 19 bytes.
    std::ofstream{path}
        << "#!/bin/sh\nprintf '\\023\\0\\0\\0katydid-transform 0' >&0\nexec sleep 60\n";
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    auto options = probes(1);
    options.program = path;
    RunningPool pool{options};
    Calls calls{pool};
    std::string why;
    const auto ask = [&]() -> awaitable<> {
        const auto program = jq("{}");
        const Input input;
        const std::string key = "a";
        const auto outcome = co_await pool->run(program, input, key, Deadline::after(2s));
        if (!outcome) why = outcome.error().message;
    };
    asio::co_spawn(pool.loop(), ask, [](const std::exception_ptr&) {});
    pool.run_until([&] { return !why.empty(); });
    BOOST_TEST(why.find("is not of this hub's version") != std::string::npos, why);
    std::filesystem::remove(path);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace katydid::transform::test
