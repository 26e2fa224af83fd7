// Goal: three hubs share one database; one is killed, one stands still for longer than its lease
// and goes on, the database restarts. Nothing acknowledged is lost, order holds, and two hubs send
// for one subscription at the same time only with what was in flight when one stood still.
//
// The parent starts PostgreSQL and the hubs (processes of this program). Each hub writes what it
// does into a pipe: the ledger outside, which the parent judges at the end.
#include "hub/store/postgres/postgres_store.hpp"
#include "tests/store/postgres/cluster_ledger.hpp"
#include "tests/store/postgres/mini_hub.hpp"
#include "tests/store/postgres/postgres_server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <array>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include <unistd.h>

using namespace katydid;
using namespace katydid::store;
using namespace katydid::store::test;

namespace {

constexpr std::uint32_t subscription_count = 24;
constexpr milliseconds append_pause{60};
constexpr milliseconds send_time{12};

// ---- a hub -----------------------------------------------------------------------------------

std::uint8_t own_number = 0;

SubscriptionId subscription_id(std::uint32_t index)
{
    IdBytes bytes{};
    bytes[3] = static_cast<std::uint8_t>(index * 37U);
    bytes[14] = 1;
    bytes[15] = static_cast<std::uint8_t>(index);
    return SubscriptionId{bytes};
}

void write_entry(char kind, std::uint32_t subscription, std::uint32_t appender,
                 std::uint64_t number)
{
    const Entry entry{kind,     own_number, static_cast<std::uint16_t>(subscription),
                      appender, number,     micros()};
    if (::write(ledger_descriptor, &entry, sizeof entry) != sizeof entry) std::_Exit(3);
}

void end_on_failure(std::exception_ptr failure)
{
    if (!failure) return;
    std::fprintf(stderr, "hub %d: %s\n", own_number, describe(failure).c_str());
    std::_Exit(4);
}

/// "appender.subscription.number", as the external ids are.
std::array<std::uint64_t, 3> read_name(std::string_view name)
{
    std::array<std::uint64_t, 3> parts{};
    const char* at = name.data();
    for (auto& part : parts) {
        at = std::from_chars(at, name.data() + name.size(), part).ptr;
        ++at;
    }
    return parts;
}

awaitable<void> send(asio::io_context& loop, const Work& work)
{
    const auto [appender, subscription, number] = read_name(work.event->external_id);
    const auto from = static_cast<std::uint32_t>(appender);
    const auto to = static_cast<std::uint32_t>(subscription);
    write_entry('B', to, from, number);
    asio::steady_timer timer{loop, send_time};
    co_await timer.async_wait(use_tuple);
    write_entry('E', to, from, number);
}

Append make_append(IdSource& ids, std::uint32_t subscription, std::uint64_t number)
{
    auto event = std::make_shared<Event>();
    event->id = ids.make<EventId>();
    event->source = "ledger";
    event->type = "entry.made";
    event->external_id = std::to_string(own_number) + "." + std::to_string(subscription) + "."
                         + std::to_string(number);
    event->received_at = event->occurred_at = system_clock().now();
    event->payload = std::make_shared<const std::string>(300, 'x');
    return {std::move(event), {{subscription_id(subscription), ""}}};
}

/// Repeats what was not acknowledged, as senders do.
awaitable<void> append_until_stopped(asio::io_context& loop, Store& store,
                                     const std::atomic<bool>& stopped, std::uint32_t subscription)
{
    IdSource ids{system_clock(), random_seed()};
    asio::steady_timer timer{loop};
    for (std::uint64_t number = 0; !stopped;) {
        auto append = make_append(ids, subscription, number);
        const auto answer = co_await store.append(std::move(append));
        if (answer) {
            write_entry('A', subscription, own_number, number);
            ++number;
        }
        timer.expires_after(append_pause);
        co_await timer.async_wait(use_tuple);
    }
}

/// Standard input says: a byte, append no more; its end, there will be no more bytes.
awaitable<void> take_orders(asio::io_context& loop, std::atomic<bool>& stopped)
{
    asio::posix::stream_descriptor orders{loop, ::dup(STDIN_FILENO)};
    std::array<char, 1> order{};
    while (true) {
        const auto [error, size] = co_await orders.async_read_some(asio::buffer(order), use_tuple);
        stopped = true;
        if (error) co_return;
    }
}

int run_hub(std::string url, int number)
{
    own_number = static_cast<std::uint8_t>(number);
    asio::io_context loop{1};
    MiniHub hub{loop, [&loop](const Work& work) { return send(loop, work); }};
    PostgresOptions options;
    options.url = std::move(url);
    options.warn = [](const std::string& sentence) {
        std::fprintf(stderr, "hub %d: %s\n", own_number, sentence.c_str());
    };
    const auto store = open_postgres(std::move(options));
    hub.set_store(*store);
    asio::co_spawn(loop, hub.start(), end_on_failure);
    std::atomic<bool> stopped = false;
    for (std::uint32_t i = 0; i < subscription_count; ++i)
        asio::co_spawn(loop, append_until_stopped(loop, *store, stopped, i), end_on_failure);
    asio::co_spawn(loop, take_orders(loop, stopped), end_on_failure);
    write_entry('G', 0, own_number, 0);
    loop.run();
    store->close();
    return 0;
}

// ---- the parent ------------------------------------------------------------------------------

class Play {
public:
    Play() : url_{server_.url(server_.make_schema())} {}

    void run()
    {
        for (int number = 1; number <= 3; ++number) add_hub(number);
        say("three hubs at work");
        ledger_.watch(hubs_, 5'000);
        kill_one();
        pause_one();
        restart_database();
        add_one();
        finish();
        judge_all();
    }

private:
    void say(const std::string& what) const
    {
        std::printf("%6.1f s  %s\n", seconds_since(ledger_.start), what.c_str());
        std::fflush(stdout);
    }
    static double seconds_since(std::int64_t start)
    {
        return static_cast<double>(micros() - start) * 1e-6;
    }

    void add_hub(int number)
    {
        hubs_.push_back(std::make_unique<HubProcess>(url_, number));
        ledger_.watch(hubs_, 30'000, [&] { return ledger_.has('G', number); });
        if (!ledger_.has('G', number)) fail("a hub does not start");
    }

    HubProcess& hub(int number)
    {
        return **std::find_if(hubs_.begin(), hubs_.end(),
                              [&](const auto& each) { return each->number() == number; });
    }

    /// All subscriptions are served within ten seconds; says how long it took.
    void expect_all_served(const std::string& after, std::int64_t since)
    {
        ledger_.watch(hubs_, 15'000, [&] {
            return ledger_.active(std::nullopt, since).size() == subscription_count;
        });
        const auto took = seconds_since(since);
        say("all subscriptions are served " + std::to_string(took).substr(0, 4) + " s after "
            + after);
        if (took > 10) fail("that is more than ten seconds");
    }

    void kill_one()
    {
        say("hub 1 is killed");
        hub(1).signal(SIGKILL);
        hub(1).wait();
        const auto at = micros();
        while (hub(1).ledger() >= 0) ledger_.read(hub(1));
        std::erase_if(hubs_, [](const auto& each) { return each->number() == 1; });
        expect_all_served("the kill", at);
    }

    void pause_one()
    {
        say("hub 2 stands still");
        hub(2).signal(SIGSTOP);
        paused_at_[2] = micros();
        expect_all_served("the stop", paused_at_[2]);
        ledger_.watch(hubs_, 2'000);
        say("hub 2 goes on");
        const auto at = micros();
        hub(2).signal(SIGCONT);
        const auto is_back = [&] { return !ledger_.active(2, at + 1'000'000).empty(); };
        ledger_.watch(hubs_, 15'000, is_back);
        if (!is_back()) fail("hub 2 does not come back");
    }

    void restart_database()
    {
        say("the database is cut off and restarted");
        server_.stop_at_once();
        ledger_.watch(hubs_, 2'000);
        server_.start();
        expect_all_served("the restart", micros());
    }

    void add_one()
    {
        say("hub 4 joins");
        const auto at = micros();
        add_hub(4);
        ledger_.watch(hubs_, 15'000, [&] { return !ledger_.active(4, at).empty(); });
        if (ledger_.active(4, at).empty() || seconds_since(at) > 10)
            fail("hub 4 gets no part in ten seconds");
        ledger_.watch(hubs_, 5'000);
        say("hub 4 has " + std::to_string(ledger_.active(4, at).size()) + " subscriptions");
    }

    void finish()
    {
        for (const auto& each : hubs_) each->stop_appending();
        ledger_.watch(hubs_, 1'000);
        ledger_.watch(hubs_, 60'000, [&] { return ledger_.is_all_sent(); });
        ledger_.watch(hubs_, 500);
        say("the hubs stop");
        for (const auto& each : hubs_) each->close_orders();
        for (const auto& each : hubs_) {
            while (each->ledger() >= 0) ledger_.read(*each);
            each->wait();
        }
    }

    void judge_all()
    {
        ledger_.sort();
        const auto verdict = judge(ledger_, paused_at_);
        std::printf("%zu acknowledged, none lost; %zu sends, %zu of them repeated; order kept; "
                    "%zu in flight when hub 2 stood still, which overlapped %zu sends\n",
                    verdict.acknowledged, verdict.sends, verdict.repeated, verdict.in_flight,
                    verdict.overlaps);
    }

    PostgresServer server_{PostgresServer::Durability::full};
    std::string url_;
    HubProcesses hubs_;
    Ledger ledger_;
    std::map<int, std::int64_t> paused_at_;
};

}  // namespace

int main(int count, char** arguments)
{
    std::signal(SIGPIPE, SIG_IGN);
    if (count == 4 && std::string_view{arguments[1]} == "hub")
        return run_hub(arguments[2], std::atoi(arguments[3]));
    Play play;
    play.run();
}
