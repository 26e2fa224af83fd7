// The management API's numbers, on a hub in this process: bench_api [seconds]
#include "hub/api/access/access.hpp"
#include "tests/hub/running_hub.hpp"

#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <thread>

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
        registry::ApiKey key;
        key.id = ids.make<KeyId>();
        key.sha256 = api::hash_api_key(text);
        key.scopes = {"subscriptions:read", "events:write"};
        tables.put_api_key(std::make_shared<const registry::ApiKey>(std::move(key)));
    }
    api::LoginThrottle door;
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

/// Publishes from a thread of its own, so that the measuring code waits for the hub alone.
class Publisher {
public:
    struct Options {
        std::size_t connections = 1;
        std::string body;
        std::chrono::nanoseconds pause{0};  ///< between two calls of one connection; 0: none
    };

    Publisher(const ApiClient& person, Options options)
        : options_{std::move(options)},
          url_{person.url() + "/v1/events"},
          authorisation_{person.authorisation()}
    {
        http::EgressPolicy policy;
        policy.allowed.push_back(*http::parse_network("127.0.0.0/8"));
        client_ = std::make_unique<http::Client>(loop_.get_executor(), policy,
                                                 http::ClientOptions{});
        running_ = options_.connections;
        for (std::size_t i = 0; i < options_.connections; ++i)
            asio::co_spawn(loop_, publish(i), [this](std::exception_ptr failure) {
                if (failure) ++failures_;
                if (--running_ == 0) client_->close();
            });
        thread_ = std::thread{[this] { loop_.run(); }};
    }
    ~Publisher() { end(); }
    Publisher(const Publisher&) = delete;
    Publisher& operator=(const Publisher&) = delete;

    void end()
    {
        stop_ = true;
        if (thread_.joinable()) thread_.join();
    }
    [[nodiscard]] std::size_t calls() const { return calls_; }
    [[nodiscard]] std::size_t failures() const { return failures_; }

private:
    awaitable<> publish(std::size_t index)
    {
        // Spread evenly: all at the same moment would be a burst and not a flow.
        asio::steady_timer timer{loop_};
        const auto body = std::make_shared<const std::string>(options_.body);
        const auto share = options_.pause / static_cast<std::int64_t>(options_.connections);
        auto next = SteadyClock::now() + share * static_cast<std::int64_t>(index);
        while (!stop_) {
            if (options_.pause.count() > 0) {
                timer.expires_at(next);
                co_await timer.async_wait(use_tuple);
                next += options_.pause;
            }
            http::ClientRequest request;
            request.method = "POST";
            request.url = url_;
            request.headers = {authorisation_};
            request.body = body;
            const auto deadline = Deadline::after(20s);
            const auto reply = co_await client_->send(std::move(request), deadline);
            ++(reply && reply->status == 202 ? calls_ : failures_);
        }
    }

    Options options_;
    std::string url_;
    Header authorisation_;
    asio::io_context loop_{1};
    std::unique_ptr<http::Client> client_;
    std::atomic<bool> stop_{false};
    std::atomic<std::size_t> calls_{0};
    std::atomic<std::size_t> failures_{0};
    std::size_t running_ = 0;  ///< on its own thread
    std::thread thread_;
};

awaitable<> rest(std::chrono::nanoseconds time)
{
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer{executor};
    timer.expires_after(time);
    co_await timer.async_wait(use_tuple);
}

awaitable<> measure_batches(ApiClient person, std::chrono::seconds length, std::size_t data_bytes)
{
    Publisher publisher{person, {8, batch_of(100, data_bytes), {}}};
    co_await rest(1s);
    const auto before = publisher.calls();
    const auto begun = SteadyClock::now();
    co_await rest(length);
    const std::chrono::duration<double> took = SteadyClock::now() - begun;
    const auto events = static_cast<double>(publisher.calls() - before) * 100;
    publisher.end();
    std::printf("POST /v1/events, 100 a batch, %zu B of data each: %.0f events/s (%zu refused)\n",
                data_bytes, events / took.count(), publisher.failures());
}

/// Times in milliseconds by path; under "" all of them that ask the management API.
using Times = std::map<std::string, std::vector<double>>;

double at(std::vector<double>& times, double part)
{
    std::sort(times.begin(), times.end());
    return times.at(static_cast<std::size_t>(part * static_cast<double>(times.size() - 1)));
}

/// One after the other until the time is over, with a pause of 5 ms between.
awaitable<> read_for(ApiClient person, std::chrono::seconds length, Times& times)
{
    // "/" asks nobody but the listener: what the machine and the loop alone cost.
    const std::vector<std::string> paths{"/",
                                         "/v1/subscriptions",
                                         "/v1/events?limit=50",
                                         "/v1/deliveries?limit=50",
                                         "/v1/stats",
                                         "/v1/keys",
                                         "/v1/events?type=order.created&limit=50"};
    const auto begun = SteadyClock::now();
    for (std::size_t i = 0; SteadyClock::now() < begun + length; ++i) {
        const auto& path = paths[i % paths.size()];
        const auto asked = SteadyClock::now();
        const auto reply = co_await person.manage("GET", path);
        const std::chrono::duration<double, std::milli> took = SteadyClock::now() - asked;
        if (reply.status != 200) throw std::runtime_error{path + ": " + reply.body};
        times[path].push_back(took.count());
        if (path != "/") times[""].push_back(took.count());
        co_await rest(5ms);
    }
}

void print(const std::string& what, Times& times)
{
    for (auto& [path, own] : times)
        std::printf("%s %s: p50 %.2f ms, p99 %.2f ms, max %.2f ms (%zu)\n", what.c_str(),
                    path.empty() ? "management reads" : path.c_str(), at(own, 0.5), at(own, 0.99),
                    at(own, 1), own.size());
}

awaitable<> measure_reads(ApiClient person, std::chrono::seconds length)
{
    Times quiet;
    const std::chrono::seconds short_while{3};
    co_await read_for(person, short_while, quiet);
    print("nothing flows,", quiet);
    // 5,000 events a second: one by one, a hundred times a second on each of 50 connections.
    const auto body = R"({"type":"order.created","data":{"text":")" + std::string(1'000, 'x')
                      + "\"}}";
    Publisher publisher{person, {50, body, 10ms}};
    co_await rest(1s);
    Times busy;
    const auto before = publisher.calls();
    const auto begun = SteadyClock::now();
    co_await read_for(person, length, busy);
    const std::chrono::duration<double> took = SteadyClock::now() - begun;
    const auto rate = static_cast<double>(publisher.calls() - before) / took.count();
    publisher.end();
    char what[64];
    std::snprintf(what, sizeof what, "%.0f events/s flow,", rate);
    print(what, busy);
}

}  // namespace

int main(int argc, char** argv)
{
    const std::chrono::seconds length{argc > 1 ? std::atoi(argv[1]) : 8};
    measure_authentication();
    const Folder folder;
    run_with_hub(settings_in(folder), [length](ApiClient person) -> awaitable<> {
        co_await measure_reads(person, length);
        co_await measure_batches(person, length, 1'000);
        co_await measure_batches(person, length, 200);
    });
    return 0;
}
