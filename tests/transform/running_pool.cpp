#include "tests/transform/running_pool.hpp"

#include "tests/support/run_coroutine.hpp"

#include <boost/test/unit_test.hpp>

namespace katydid::transform::test {
namespace {

Pool::Observer note(std::vector<std::string>& losses)
{
    Pool::Observer observer;
    observer.worker_lost = [&losses](const std::string& why) { losses.push_back(why); };
    return observer;
}

}  // namespace

RunningPool::RunningPool() : RunningPool{real_workers(1)} {}

RunningPool::RunningPool(Pool::Options options)
    : pool_{loop_.get_executor(), std::move(options), note(losses)}
{
    pool_.start();
}

RunningPool::~RunningPool() { stop(); }

void RunningPool::stop()
{
    loop_.restart();
    katydid::test::run_coroutine(loop_, [this] { return pool_.stop(); });
}

std::string RunningPool::new_key() { return "sub_" + std::to_string(++keys_); }

result<Outcome> RunningPool::run(const Program& program, const Input& input)
{
    std::optional<result<Outcome>> outcome;
    katydid::test::run_coroutine(loop_, [&]() -> awaitable<> {
        const auto deadline = Deadline::after(std::chrono::seconds{60});
        outcome = co_await pool_.run(program, input, new_key(), deadline);
    });
    return *outcome;
}

Output RunningPool::output(const Program& program, const Input& input)
{
    const auto outcome = run(program, input);
    if (!outcome) BOOST_FAIL(outcome.error().message);
    if (const auto* const fault = std::get_if<Fault>(&*outcome)) BOOST_FAIL(describe(*fault));
    return std::get<Output>(*outcome);
}

Fault RunningPool::fault(const Program& program, const Input& input)
{
    const auto outcome = run(program, input);
    if (!outcome) BOOST_FAIL(outcome.error().message);
    if (const auto* const output = std::get_if<Output>(&*outcome))
        BOOST_FAIL("no fault: " + output->payload.value_or("nothing"));
    return std::get<Fault>(*outcome);
}

result<std::optional<Fault>> RunningPool::check(const Program& program)
{
    std::optional<result<std::optional<Fault>>> found;
    katydid::test::run_coroutine(loop_, [&]() -> awaitable<> {
        const auto deadline = Deadline::after(std::chrono::seconds{60});
        found = co_await pool_.check(program, new_key(), deadline);
    });
    return *found;
}

void RunningPool::run_until(const std::function<bool()>& done)
{
    loop_.restart();
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (!done() && std::chrono::steady_clock::now() < give_up)
        loop_.run_one_for(milliseconds{100});
    BOOST_REQUIRE(done());
}

Program javascript(std::string_view body)
{
    return {.source = "function transform({payload, headers, event}) {\n" + std::string{body}
                      + "\n}"};
}

Program jq(std::string source) { return {.language = Language::jq, .source = std::move(source)}; }

Input payload(std::string json) { return {.payload = std::move(json)}; }

Pool::Options real_workers(std::size_t count)
{
    return {.program = KATYDID_TRANSFORM,
            .workers = count,
            .suspects_priority = Process::Priority::normal,
            .suspects_rest = 0};
}

Pool::Options probes(std::size_t count)
{
    auto options = real_workers(count);
    options.program = KATYDID_PROBE;
    return options;
}

}  // namespace katydid::transform::test
