// Goal: three hubs share one database; one is killed, one stands still for longer than its lease
// and goes on, the database restarts. Nothing acknowledged is lost, order holds, and two hubs send
// for one subscription at the same time only with what was in flight when one stood still.
//
// The parent starts PostgreSQL and the hubs (processes of this program). Each hub writes what it
// does into a pipe: the ledger outside, which the parent judges at the end.
#include "hub/store/postgres/postgres_store.hpp"
#include "tests/store/mini_hub.hpp"
#include "tests/store/postgres_server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <array>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <set>
#include <tuple>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace katydid;
using namespace katydid::store;

namespace {

constexpr int ledger_descriptor = 3;
constexpr std::uint32_t subscription_count = 24;
constexpr milliseconds append_pause{60};
constexpr milliseconds send_time{3};

/// One line of the ledger.
struct Entry {
    char kind;  ///< 'A' acknowledged, 'B' a send begins, 'E' it ended, 'G' a hub is ready
    std::uint8_t hub;
    std::uint16_t subscription;
    std::uint32_t appender;
    std::uint64_t number;
    std::int64_t at;  ///< microseconds of the machine's steady clock
};

std::int64_t micros()
{
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

SubscriptionId subscription_id(std::uint32_t index)
{
    IdBytes bytes{};
    bytes[14] = 1;
    bytes[15] = static_cast<std::uint8_t>(index);
    bytes[3] = static_cast<std::uint8_t>(index * 37U);
    return SubscriptionId{bytes};
}

PostgresOptions make_options(std::string url)
{
    PostgresOptions options;
    options.url = std::move(url);
    return options;
}

// ---- a hub -----------------------------------------------------------------------------------

std::uint8_t own_number = 0;

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
    write_entry('B', static_cast<std::uint32_t>(subscription),
                static_cast<std::uint32_t>(appender), number);
    asio::steady_timer timer{loop, send_time};
    co_await timer.async_wait(use_tuple);
    write_entry('E', static_cast<std::uint32_t>(subscription),
                static_cast<std::uint32_t>(appender), number);
}

awaitable<void> append_until_stopped(asio::io_context& loop, Store& store,
                                     const std::atomic<bool>& stopped, std::uint32_t subscription)
{
    IdSource ids{system_clock(), random_seed()};
    asio::steady_timer timer{loop};
    for (std::uint64_t number = 0; !stopped;) {
        auto event = std::make_shared<Event>();
        event->id = ids.make<EventId>();
        event->source = "ledger";
        event->type = "entry.made";
        event->external_id = std::to_string(own_number) + "." + std::to_string(subscription) + "."
                             + std::to_string(number);
        event->received_at = event->occurred_at = system_clock().now();
        event->payload = std::make_shared<const std::string>(300, 'x');
        Append append{std::move(event), {{subscription_id(subscription), ""}}};
        const auto answer = co_await store.append(std::move(append));
        if (answer) {
            write_entry('A', subscription, own_number, number);
            ++number;
        }
        timer.expires_after(append_pause);
        co_await timer.async_wait(use_tuple);
    }
}

int run_hub(const std::string& url, int number)
{
    own_number = static_cast<std::uint8_t>(number);
    asio::io_context loop{1};
    test::MiniHub hub{loop, [&loop](const Work& work) { return send(loop, work); }};
    auto options = make_options(url);
    options.warn = [](const std::string& sentence) {
        std::fprintf(stderr, "hub %d: %s\n", own_number, sentence.c_str());
    };
    const auto store = open_postgres(std::move(options));
    hub.set_store(*store);
    asio::co_spawn(loop, hub.start(), end_on_failure);
    std::atomic<bool> stopped = false;
    for (std::uint32_t i = 0; i < subscription_count; ++i)
        asio::co_spawn(loop, append_until_stopped(loop, *store, stopped, i), end_on_failure);
    // Standard input says: one byte, append no more; its end, close.
    asio::posix::stream_descriptor orders{loop, ::dup(STDIN_FILENO)};
    char order = 0;
    std::function<void()> listen = [&] {
        orders.async_read_some(asio::buffer(&order, 1),
                               [&](boost::system::error_code error, std::size_t) {
                                   stopped = true;
                                   if (error) loop.stop();
                                   else listen();
                               });
    };
    listen();
    write_entry('G', 0, own_number, 0);
    loop.run();
    store->close();
    return 0;
}

// ---- the parent ------------------------------------------------------------------------------

[[noreturn]] void fail(const std::string& sentence)
{
    std::fprintf(stderr, "cluster_store: %s\n", sentence.c_str());
    std::exit(1);
}

class Hub {
public:
    Hub(const std::string& url, int number) : number_{number}
    {
        std::array<int, 2> out{};
        std::array<int, 2> in{};
        if (::pipe2(out.data(), O_CLOEXEC) != 0 || ::pipe2(in.data(), O_CLOEXEC) != 0)
            fail("no pipe");
        process_ = ::fork();
        if (process_ < 0) fail("no fork");
        if (process_ == 0) {
            ::dup2(in[0], STDIN_FILENO);
            if (out[1] == ledger_descriptor) ::fcntl(out[1], F_SETFD, 0);
            else ::dup2(out[1], ledger_descriptor);
            const auto text = std::to_string(number);
            ::execl("/proc/self/exe", "cluster_store", "hub", url.c_str(), text.c_str(), nullptr);
            ::_exit(2);
        }
        ::close(out[1]);
        ::close(in[0]);
        ledger_ = out[0];
        orders_ = in[1];
    }

    void signal(int which) const { ::kill(process_, which); }
    void stop_appending() const { std::ignore = ::write(orders_, "s", 1); }
    void close_orders() { ::close(std::exchange(orders_, -1)); }
    void wait() const
    {
        int status = 0;
        ::waitpid(process_, &status, 0);
        if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
            fail("hub " + std::to_string(number_) + " ended by itself with "
                 + std::to_string(WEXITSTATUS(status)));
    }
    [[nodiscard]] int ledger() const { return ledger_; }
    [[nodiscard]] int number() const { return number_; }
    void close_ledger() { ::close(std::exchange(ledger_, -1)); }

    std::string rest;  ///< a part of an entry

private:
    int number_;
    pid_t process_ = -1;
    int ledger_ = -1;
    int orders_ = -1;
};

/// Everything that happened, in the order of the steady clock.
class Ledger {
public:
    std::vector<Entry> entries;
    const std::int64_t start = micros();

    /// Reads what the hubs wrote for that long, or until it is so.
    void watch(std::vector<std::unique_ptr<Hub>>& hubs, milliseconds time,
               const std::function<bool()>& is_so = [] { return false; })
    {
        const auto end = std::chrono::steady_clock::now() + time;
        while (std::chrono::steady_clock::now() < end && !is_so()) {
            std::vector<pollfd> waiting;
            for (const auto& hub : hubs) waiting.push_back({hub->ledger(), POLLIN, 0});
            ::poll(waiting.data(), waiting.size(), 20);
            for (std::size_t i = 0; i < hubs.size(); ++i)
                if (waiting[i].revents != 0) read(*hubs[i]);
        }
    }

    void read(Hub& hub)
    {
        std::array<char, 65'536> buffer{};
        const auto size = ::read(hub.ledger(), buffer.data(), buffer.size());
        if (size == 0) hub.close_ledger();
        if (size <= 0) return;
        hub.rest.append(buffer.data(), static_cast<std::size_t>(size));
        std::size_t at = 0;
        for (; hub.rest.size() - at >= sizeof(Entry); at += sizeof(Entry)) {
            Entry entry{};
            std::memcpy(&entry, hub.rest.data() + at, sizeof entry);
            entries.push_back(entry);
        }
        hub.rest.erase(0, at);
    }

    /// By time; what one hub wrote stays in its order.
    void sort()
    {
        std::multimap<std::int64_t, Entry> sorted;
        for (const auto& entry : entries) sorted.emplace(entry.at, entry);
        entries.clear();
        for (const auto& [at, entry] : sorted) entries.push_back(entry);
    }

    [[nodiscard]] bool has(char kind, int hub) const
    {
        return std::any_of(entries.begin(), entries.end(), [&](const Entry& entry) {
            return entry.kind == kind && entry.hub == hub;
        });
    }

    /// Subscriptions for which this hub began a send after that time.
    [[nodiscard]] std::set<int> active(std::optional<int> hub, std::int64_t after) const
    {
        std::set<int> found;
        for (const auto& entry : entries)
            if (entry.kind == 'B' && entry.at > after && (!hub || entry.hub == *hub))
                found.insert(entry.subscription);
        return found;
    }
};

using Name = std::tuple<std::uint16_t, std::uint32_t, std::uint64_t>;

struct Judgement {
    std::size_t acknowledged = 0, sends = 0, repeated = 0, overlaps = 0, in_flight = 0;
};

Name name_of(const Entry& entry) { return {entry.subscription, entry.appender, entry.number}; }

void check_nothing_is_lost(const Ledger& ledger, Judgement& out)
{
    std::set<Name> ended;
    for (const auto& entry : ledger.entries)
        if (entry.kind == 'E') ended.insert(name_of(entry));
    for (const auto& entry : ledger.entries) {
        if (entry.kind != 'A') continue;
        ++out.acknowledged;
        if (!ended.contains(name_of(entry)))
            fail("an acknowledged event was never delivered: subscription "
                 + std::to_string(entry.subscription) + ", hub " + std::to_string(entry.appender)
                 + ", number " + std::to_string(entry.number));
    }
}

/// Of one appender, an event's first send begins after the one before it was sent.
void check_order(const Ledger& ledger)
{
    std::set<Name> begun, ended;
    for (const auto& entry : ledger.entries) {
        if (entry.kind == 'E') ended.insert(name_of(entry));
        if (entry.kind != 'B' || !begun.insert(name_of(entry)).second || entry.number == 0)
            continue;
        auto before = entry;
        --before.number;
        if (!ended.contains(name_of(before))) {
            for (const auto& e : ledger.entries)
                if (e.subscription == entry.subscription && std::abs(e.at - entry.at) < 300'000)
                    std::printf("  %c hub %d appender %u number %llu at %.6f\n", e.kind, e.hub, e.appender,
                                static_cast<unsigned long long>(e.number),
                                static_cast<double>(e.at - ledger.start) * 1e-6);
            fail("order broken: subscription " + std::to_string(entry.subscription) + ", appender "
                 + std::to_string(entry.appender) + ", number " + std::to_string(entry.number)
                 + " by hub " + std::to_string(entry.hub) + " at "
                 + std::to_string(static_cast<double>(entry.at - ledger.start) * 1e-6) + " s");
        }
    }
}

struct Send {
    std::int64_t begin, end;
    int hub;
};

/// Sends of two hubs for one subscription at the same time. Those that were in flight when a hub
/// stood still or was killed are allowed, and counted; all others are a failure.
void check_overlaps(const Ledger& ledger, const std::map<int, std::int64_t>& paused_at,
                    Judgement& out)
{
    std::map<std::pair<int, Name>, std::int64_t> open;
    std::map<int, std::vector<Send>> sends;
    for (const auto& entry : ledger.entries) {
        if (entry.kind == 'B') open[{entry.hub, name_of(entry)}] = entry.at;
        if (entry.kind != 'E') continue;
        const auto found = open.find({entry.hub, name_of(entry)});
        if (found == open.end()) continue;
        sends[entry.subscription].push_back({found->second, entry.at, entry.hub});
        open.erase(found);
        ++out.sends;
    }
    for (auto& [subscription, of_one] : sends) {
        std::sort(of_one.begin(), of_one.end(),
                  [](const Send& a, const Send& b) { return a.begin < b.begin; });
        for (std::size_t i = 0; i < of_one.size(); ++i)
            for (std::size_t k = i + 1; k < of_one.size() && of_one[k].begin < of_one[i].end; ++k) {
                if (of_one[k].hub == of_one[i].hub)
                    fail("two sends of one hub at one time, though the limit is one");
                const auto paused = paused_at.find(of_one[i].hub);
                const bool was_in_flight = paused != paused_at.end()
                                           && of_one[i].begin <= paused->second
                                           && of_one[i].end >= paused->second;
                if (!was_in_flight)
                    fail("two valid holders at one time: subscription "
                         + std::to_string(subscription) + ", hubs " + std::to_string(of_one[i].hub)
                         + " and " + std::to_string(of_one[k].hub));
                ++out.overlaps;
            }
    }
    // A send that was in flight overlaps with several of its successor's; it counts once.
    for (const auto& [hub, at] : paused_at)
        for (const auto& [subscription, of_one] : sends)
            for (const auto& each : of_one)
                if (each.hub == hub && each.begin <= at && each.end >= at) ++out.in_flight;
}

std::size_t count_repeated(const Ledger& ledger)
{
    std::map<Name, int> times;
    std::size_t repeated = 0;
    for (const auto& entry : ledger.entries)
        if (entry.kind == 'B' && ++times[name_of(entry)] > 1) ++repeated;
    return repeated;
}

class Play {
public:
    Play() : url_{server_.url(server_.make_schema())} {}

    void run()
    {
        start_hubs();
        phase("three hubs at work");
        ledger_.watch(hubs_, milliseconds{5'000});
        kill_one();
        pause_one();
        restart_database();
        replace_one();
        finish();
        judge();
    }

private:
    void phase(const std::string& what)
    {
        std::printf("%6.1f s  %s\n", static_cast<double>(micros() - ledger_.start) * 1e-6, what.c_str());
        std::fflush(stdout);
    }

    void add_hub(int number)
    {
        hubs_.push_back(std::make_unique<Hub>(url_, number));
        ledger_.watch(hubs_, milliseconds{30'000}, [&] { return ledger_.has('G', number); });
        if (!ledger_.has('G', number)) fail("a hub does not start");
    }

    void start_hubs()
    {
        for (int number = 1; number <= 3; ++number) add_hub(number);
    }

    /// All subscriptions are served within ten seconds; says how long it took.
    void expect_all_served(const std::string& after, std::int64_t since)
    {
        ledger_.watch(hubs_, milliseconds{15'000}, [&] {
            return ledger_.active(std::nullopt, since).size() == subscription_count;
        });
        const auto took = static_cast<double>(micros() - since) * 1e-6;
        phase("all subscriptions are served " + std::to_string(took).substr(0, 4) + " s after "
              + after);
        if (took > 10) fail("that is more than ten seconds");
    }

    Hub& hub(int number)
    {
        return **std::find_if(hubs_.begin(), hubs_.end(),
                              [&](const auto& each) { return each->number() == number; });
    }

    void forget(int number)
    {
        std::erase_if(hubs_, [&](const auto& each) { return each->number() == number; });
    }

    void kill_one()
    {
        phase("hub 1 is killed");
        hub(1).signal(SIGKILL);
        hub(1).wait();
        const auto at = micros();
        while (hub(1).ledger() >= 0) ledger_.read(hub(1));
        forget(1);
        expect_all_served("the kill", at);
    }

    void pause_one()
    {
        phase("hub 2 stands still");
        hub(2).signal(SIGSTOP);
        paused_at_[2] = micros();
        expect_all_served("the stop", paused_at_[2]);
        ledger_.watch(hubs_, milliseconds{2'000});
        phase("hub 2 goes on");
        const auto at = micros();
        hub(2).signal(SIGCONT);
        ledger_.watch(hubs_, milliseconds{15'000},
                      [&] { return !ledger_.active(2, at + 1'000'000).empty(); });
        if (ledger_.active(2, at + 1'000'000).empty()) fail("hub 2 does not come back");
    }

    void restart_database()
    {
        phase("the database is cut off and restarted");
        server_.stop_at_once();
        ledger_.watch(hubs_, milliseconds{2'000});
        server_.start();
        expect_all_served("the restart", micros());
    }

    void replace_one()
    {
        phase("hub 4 joins");
        const auto at = micros();
        add_hub(4);
        ledger_.watch(hubs_, milliseconds{15'000}, [&] { return !ledger_.active(4, at).empty(); });
        const auto took = static_cast<double>(micros() - at) * 1e-6;
        if (ledger_.active(4, at).empty() || took > 10) fail("hub 4 gets no part in ten seconds");
        ledger_.watch(hubs_, milliseconds{5'000});
        phase("hub 4 has " + std::to_string(ledger_.active(4, at).size()) + " subscriptions");
    }

    bool is_all_sent() const
    {
        std::set<Name> missing;
        for (const auto& entry : ledger_.entries)
            if (entry.kind == 'A') missing.insert(name_of(entry));
        for (const auto& entry : ledger_.entries)
            if (entry.kind == 'E') missing.erase(name_of(entry));
        return missing.empty();
    }

    void finish()
    {
        for (const auto& each : hubs_) each->stop_appending();
        ledger_.watch(hubs_, milliseconds{1'000});
        ledger_.watch(hubs_, milliseconds{60'000}, [&] { return is_all_sent(); });
        ledger_.watch(hubs_, milliseconds{500});
        phase("the hubs stop");
        for (const auto& each : hubs_) each->close_orders();
        for (const auto& each : hubs_) {
            while (each->ledger() >= 0) ledger_.read(*each);
            each->wait();
        }
    }

    void judge()
    {
        ledger_.sort();
        Judgement judgement;
        check_nothing_is_lost(ledger_, judgement);
        check_order(ledger_);
        check_overlaps(ledger_, paused_at_, judgement);
        std::printf("%zu acknowledged, none lost; %zu sends, %zu of them repeated; order kept; "
                    "%zu in flight when hub 2 stood still, which overlapped %zu sends\n",
                    judgement.acknowledged, judgement.sends, count_repeated(ledger_),
                    judgement.in_flight, judgement.overlaps);
    }

    test::PostgresServer server_{test::PostgresServer::Durability::full};
    std::string url_;
    std::vector<std::unique_ptr<Hub>> hubs_;
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
