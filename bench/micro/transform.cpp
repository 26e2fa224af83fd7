// What a transform costs: cold start and memory of a worker, one run inside of it and as the hub
// sees it, runs a second, and what an endless loop does to its neighbours. Prints a table.
#include "hub/transform/pool.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>

#include <sched.h>
#include <unistd.h>

namespace katydid::transform {
namespace {

using namespace std::chrono_literals;
using std::chrono::microseconds;
using std::chrono::steady_clock;

const Program javascript{.source = R"js(function transform({payload, event}) {
  const {customer, items = [], ...rest} = payload;
  const lines = items.map(({name, qty, price}) => `${qty} × ${name}: ${(price / 100).toFixed(2)}`);
  const kinds = new Map(items.map((item) => [item.sku, item]));
  return {payload: {text: `Order from ${customer?.name ?? 'somebody'}`, rest, kinds: kinds.size,
    blocks: [{type: 'section', text: {type: 'mrkdwn', text: lines.join('\n')}}]}};
})js"};

const Program jq{.language = Language::jq,
                 .source = R"jq({payload: {text: "Order from \(.payload.customer.name)",
  lines: [.payload.items[] | "\(.qty) × \(.name): \(.price / 100)"] | join("\n")}})jq"};

Input one_kib()
{
    std::string body = R"({"id":"ord_1","customer":{"name":"Ada Lovelace","tags":["x"]},"items":[)";
    for (int i = 0; i < 13; ++i)
        body += (i == 0 ? "" : ",") + std::string{R"({"name":"Thing )"} + std::to_string(i)
                + R"(","qty":2,"price":1999,"sku":"SKU-0001-23"})";
    body += R"(],"total":51974.00,"note":")";
    body += std::string(1022 - body.size(), '.') + "\"}";
    return {.payload = body, .event = R"({"id":"evt_1","type":"order.paid"})"};
}

struct Times {
    std::vector<microseconds> all;
    [[nodiscard]] long at(double part)
    {
        std::ranges::sort(all);
        const auto last = static_cast<double>(all.size() - 1);
        return static_cast<long>(all.at(static_cast<std::size_t>(part * last)).count());
    }
};

struct Bench {
    explicit Bench(std::size_t workers)
        : pool{loop.get_executor(), {.program = KATYDID_TRANSFORM, .workers = workers}, observer()}
    {
        pool.start();
    }
    ~Bench()
    {
        run([this]() -> awaitable<> { co_await pool.stop(); });
    }
    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;

    Pool::Observer observer()
    {
        Pool::Observer made;
        made.run = [this](const Pool::Run& one) { inside.all.push_back(one.cpu_time); };
        return made;
    }
    void run(const std::function<awaitable<>()>& body)
    {
        loop.restart();
        bool ended = false;
        asio::co_spawn(loop, body, [&](const std::exception_ptr& exception) {
            if (exception) std::rethrow_exception(exception);
            ended = true;
        });
        while (!ended) loop.run_one();
    }
    awaitable<> call(const Program& program, const Input& input, const std::string& key)
    {
        const auto begin = steady_clock::now();
        const auto deadline = Deadline::after(60s);
        const auto outcome = co_await pool.run(program, input, key, deadline);
        if (!outcome) throw Failure{outcome.error()};
        seen.all.push_back(std::chrono::duration_cast<microseconds>(steady_clock::now() - begin));
    }

    asio::io_context loop{1};
    Times inside;
    Times seen;
    Pool pool;
};

/// Of the processes that this one started, the memory of the largest.
long worker_kib()
{
    std::ifstream children{"/proc/self/task/" + std::to_string(::getpid()) + "/children"};
    long most = 0;
    for (std::string pid; children >> pid;) {
        std::ifstream status{"/proc/" + pid + "/status"};
        for (std::string word; status >> word;) {
            if (word != "VmRSS:") continue;
            long kib = 0;
            status >> kib;
            most = std::max(most, kib);
        }
    }
    return most;
}

/// Keeps this process, and those that it starts, on one core.
class OneCore {
public:
    explicit OneCore(bool wanted)
    {
        ::sched_getaffinity(0, sizeof(all_), &all_);
        cpu_set_t one;
        CPU_ZERO(&one);
        for (std::size_t core = 0; core < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++core)
            if (CPU_ISSET(core, &all_)) CPU_SET(core, &one);
        if (wanted) ::sched_setaffinity(0, sizeof(one), &one);
    }
    ~OneCore() { ::sched_setaffinity(0, sizeof(all_), &all_); }
    OneCore(const OneCore&) = delete;
    OneCore& operator=(const OneCore&) = delete;

private:
    cpu_set_t all_{};
};

/// One after the other, so on several cores each run waits for two cores to wake up.
void measure_runs(const char* name, const Program& program, bool on_one_core)
{
    const OneCore core{on_one_core};
    constexpr int runs = 20'000;
    Bench bench{1};
    const auto input = one_kib();
    bench.run([&]() -> awaitable<> {
        for (int i = 0; i < 100; ++i) co_await bench.call(program, input, "a");
    });
    bench.inside.all.clear();
    bench.seen.all.clear();
    const auto begin = steady_clock::now();
    bench.run([&]() -> awaitable<> {
        for (int i = 0; i < runs; ++i) co_await bench.call(program, input, "a");
    });
    const std::chrono::duration<double> took = steady_clock::now() - begin;
    std::printf(
        "%-10s on %s: inside (CPU): p50 %ld, p99 %ld us; the hub sees: p50 %ld, p99 %ld us; "
        "%.0f/s; worker %ld KiB\n",
        name, on_one_core ? "one core" : "all cores", bench.inside.at(0.5), bench.inside.at(0.99),
        bench.seen.at(0.5), bench.seen.at(0.99), runs / took.count(), worker_kib());
}

void measure_start()
{
    Times starts;
    asio::io_context loop{1};
    for (int i = 0; i < 20; ++i) {
        loop.restart();
        const auto begin = steady_clock::now();
        bool ended = false;
        const auto start = [&]() -> awaitable<> {
            const auto process = Process::start(loop.get_executor(), KATYDID_TRANSFORM);
            const auto said = co_await process.value()->read_frame(greeting.size());
            if (said != greeting) throw std::runtime_error{"it does not start"};
            starts.all.push_back(
                std::chrono::duration_cast<microseconds>(steady_clock::now() - begin));
        };
        asio::co_spawn(loop, start, [&](const std::exception_ptr& exception) {
            if (exception) std::rethrow_exception(exception);
            ended = true;
        });
        while (!ended) loop.run_one();
    }
    std::printf("cold start: p50 %ld, max %ld us\n", starts.at(0.5), starts.at(1));
}

/// 99 subscriptions with ten calls a second each, two workers, and perhaps an endless loop.
long neighbours_p99(bool with_loop)
{
    Bench bench{2};
    const auto input = one_kib();
    int open = 0;
    const auto done = [&open](const std::exception_ptr& exception) {
        if (exception) std::rethrow_exception(exception);
        --open;
    };
    const auto until = steady_clock::now() + 8s;
    const auto good = [&](int number) -> awaitable<> {
        const auto key = "sub_" + std::to_string(number);
        auto next = steady_clock::now() + number * 1ms;
        asio::steady_timer timer{bench.loop};
        for (; next < until; next += 100ms) {
            timer.expires_at(next);
            co_await timer.async_wait(asio::use_awaitable);
            co_await bench.call(javascript, input, key);
        }
    };
    const auto bad = [&]() -> awaitable<> {
        const Program program{.source = "function transform() { while (true) {} }"};
        while (steady_clock::now() < until) {
            const auto deadline = Deadline::after(60s);
            const auto outcome = co_await bench.pool.run(program, input, "bad", deadline);
            static_cast<void>(outcome);
        }
    };
    bench.loop.restart();
    while (bench.pool.state().workers_ready < 2) bench.loop.run_one();
    bench.run([&]() -> awaitable<> {
        for (int i = 0; i < 200; ++i) co_await bench.call(javascript, input, "first");
    });
    bench.seen.all.clear();
    for (int i = 0; i < 99; ++i, ++open) asio::co_spawn(bench.loop, good(i), done);
    if (with_loop) {
        ++open;
        asio::co_spawn(bench.loop, bad(), done);
    }
    bench.loop.restart();
    while (open > 0) bench.loop.run_one();
    return bench.seen.at(0.99);
}

}  // namespace
}  // namespace katydid::transform

int main()
{
    using namespace katydid::transform;
    measure_start();
    for (const bool on_one_core : {false, true}) {
        measure_runs("javascript", javascript, on_one_core);
        measure_runs("jq", jq, on_one_core);
    }
    const auto alone = neighbours_p99(false);
    const auto beside = neighbours_p99(true);
    std::printf("99 subscriptions, 990/s: p99 %ld us; beside an endless loop: %ld us\n", alone,
                beside);
    return 0;
}
