// Measures the API's numbers on a hub in this process. To be run by hand, in a release build:
//   measure_api [seconds]
#include "hub/api/access.hpp"
#include "tests/hub/running_hub.hpp"

#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>

#include <ctime>

using namespace katydid;
using namespace katydid::test;
using namespace std::chrono_literals;

namespace {

namespace json = boost::json;
using SteadyClock = std::chrono::steady_clock;

std::string batch_of(std::size_t count, std::size_t data_bytes)
{
    std::string body = "[";
    for (std::size_t i = 0; i < count; ++i)
        body += (i == 0 ? "" : ",") + std::string{R"({"type":"order.created","data":{"text":")"}
                + std::string(data_bytes, 'x') + "\"}}";
    return body + "]";
}

double cpu_seconds()
{
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

void measure_authentication()
{
    registry::Tables tables;
    IdSource ids{system_clock(), 1};
    std::string text;
    for (int i = 0; i < 1'000; ++i) {
        text = api::generate_api_key();
        store::ApiKey key;
        key.id = ids.make<KeyId>();
        key.sha256 = api::hash_api_key(text);
        key.scopes = {"subscriptions:read", "events:write"};
        tables.put_api_key(std::make_shared<const store::ApiKey>(std::move(key)));
    }
    api::Door door;
    http::Request request;
    request.headers = {{"Host", "127.0.0.1"}, {"Authorization", "Bearer " + text}};
    constexpr int count = 200'000;
    for (const bool is_wrong : {false, true}) {
        if (is_wrong) request.headers[1].value += "x";
        std::size_t admitted = 0;
        const auto start = cpu_seconds();
        for (int i = 0; i < count; ++i) {
            const auto access = door.admit(request, tables, system_clock(), "events:write");
            admitted += access.index() == 0 ? 1U : 0U;
        }
        const auto took = (cpu_seconds() - start) / count * 1e6;
        std::printf("authentication, %s key: %.2f µs of CPU (%zu admitted)\n",
                    is_wrong ? "wrong" : "right", took, admitted);
    }
}

struct Load {
    bool stop = false;
    std::size_t calls = 0;
    std::size_t failures = 0;
    std::size_t running = 0;
};

awaitable<> publish_on(Person person, std::string body, Load& load, std::chrono::nanoseconds pause)
{
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer{executor};
    auto next = SteadyClock::now();
    while (!load.stop) {
        const auto reply = co_await person.manage("POST", "/v1/events", body);
        ++(reply.status == 202 ? load.calls : load.failures);
        if (pause.count() == 0) continue;
        next += pause;
        timer.expires_at(next);
        co_await timer.async_wait(use_tuple);
    }
    --load.running;
}

awaitable<> wait_until_over(const Load& load)
{
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer{executor};
    while (load.running > 0) {
        timer.expires_after(5ms);
        co_await timer.async_wait(use_tuple);
    }
}

void start(const asio::any_io_executor& executor, std::size_t count, Load& load, Person person,
           const std::string& body, std::chrono::nanoseconds pause)
{
    load.running = count;
    for (std::size_t i = 0; i < count; ++i)
        asio::co_spawn(executor, publish_on(person, body, load, pause),
                       [](std::exception_ptr failure) {
                           if (failure) std::rethrow_exception(failure);
                       });
}

awaitable<> measure_batches(Person person, std::chrono::seconds length, std::size_t data_bytes)
{
    const auto executor = co_await asio::this_coro::executor;
    Load load;
    start(executor, 8, load, person, batch_of(100, data_bytes), {});
    asio::steady_timer timer{executor};
    timer.expires_after(1s);
    co_await timer.async_wait(use_tuple);
    const auto before = load.calls;
    const auto begun = SteadyClock::now();
    timer.expires_after(length);
    co_await timer.async_wait(use_tuple);
    const std::chrono::duration<double> took = SteadyClock::now() - begun;
    const auto events = static_cast<double>(load.calls - before) * 100;
    load.stop = true;
    co_await wait_until_over(load);
    std::printf("POST /v1/events, 100 a batch, %zu B of data each: %.0f events/s (%zu refused)\n",
                data_bytes, events / took.count(), load.failures);
}

double at(std::vector<double>& times, double part)
{
    std::sort(times.begin(), times.end());
    return times.at(static_cast<std::size_t>(part * static_cast<double>(times.size() - 1)));
}

awaitable<> measure_reads(Person person, std::chrono::seconds length)
{
    const auto executor = co_await asio::this_coro::executor;
    Load load;
    // 5,000 events a second: one by one, on as many connections as it takes.
    start(executor, 50, load, person,
          R"({"type":"order.created","data":{"text":")" + std::string(1'000, 'x') + "\"}}", 10ms);
    const std::vector<std::string> paths{"/v1/subscriptions",
                                         "/v1/events?limit=50",
                                         "/v1/deliveries?limit=50",
                                         "/v1/stats",
                                         "/v1/keys",
                                         "/v1/events?type=order.created&limit=50"};
    std::vector<double> times;
    std::map<std::string, std::vector<double>> by_path;
    asio::steady_timer timer{executor};
    timer.expires_after(1s);
    co_await timer.async_wait(use_tuple);
    const auto before = load.calls;
    const auto begun = SteadyClock::now();
    for (std::size_t i = 0; SteadyClock::now() < begun + length; ++i) {
        const auto asked = SteadyClock::now();
        const auto reply = co_await person.manage("GET", paths[i % paths.size()]);
        const std::chrono::duration<double, std::milli> took = SteadyClock::now() - asked;
        if (reply.status != 200) continue;
        times.push_back(took.count());
        by_path[paths[i % paths.size()]].push_back(took.count());
        timer.expires_after(5ms);
        co_await timer.async_wait(use_tuple);
    }
    const std::chrono::duration<double> took = SteadyClock::now() - begun;
    const auto rate = static_cast<double>(load.calls - before) / took.count();
    load.stop = true;
    co_await wait_until_over(load);
    for (auto& [path, own] : by_path)
        std::printf("  GET %s: p50 %.2f ms, p99 %.2f ms\n", path.c_str(), at(own, 0.5),
                    at(own, 0.99));
    std::printf("management reads while %.0f events/s flow: p50 %.2f ms, p99 %.2f ms, max %.2f ms"
                " (%zu reads)\n",
                rate, at(times, 0.5), at(times, 0.99), at(times, 1), times.size());
}

}  // namespace

int main(int argc, char** argv)
{
    const std::chrono::seconds length{argc > 1 ? std::atoi(argv[1]) : 8};
    measure_authentication();
    const Folder folder;
    run_with_hub(settings_in(folder), [length](Person person) -> awaitable<> {
        co_await measure_reads(person, length);
        co_await measure_batches(person, length, 1'000);
        co_await measure_batches(person, length, 200);
    });
    return 0;
}
