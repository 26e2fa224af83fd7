// Goal: whatever moment the process is killed at, nothing that was acknowledged is lost.
//
// The parent starts a child that appends and settles under load and writes each acknowledgement
// into a pipe, kills it (SIGKILL) after a random time, and then holds the file against the ledger.
#include "hub/store/sqlite/sqlite_store.hpp"
#include "tests/store/stores.hpp"

#include <sqlite3.h>

#include <boost/asio/io_context.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <set>

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace katydid;
using namespace katydid::store;

namespace {

constexpr int ledger_descriptor = 3;
constexpr int calls_at_once = 64;

/// What the payload of an event must be, told from its external id.
std::string payload_of(const std::string& external_id)
{
    std::string payload;
    while (payload.size() < 900) payload += external_id;
    return payload;
}

SqliteOptions make_options(const std::string& path)
{
    SqliteOptions options;
    options.path = path;
    options.checkpoint_pages = 64;  // often, so that kills hit every kind of checkpoint
    options.log_pages_max = 512;
    return options;
}

// ---- the child -------------------------------------------------------------------------------

struct Entry {
    char kind;  ///< 'A' appended, 'S' settled
    IdBytes id;
};

void write_entry(char kind, const IdBytes& id)
{
    const Entry entry{kind, id};
    if (::write(ledger_descriptor, &entry, sizeof entry) != sizeof entry) std::_Exit(3);
}

void end_on_failure(std::exception_ptr failure)
{
    if (failure) std::_Exit(4);
}

class Settler final : public Listener {
public:
    Settler(asio::io_context& loop, IdSource& ids) : loop_{loop}, ids_{ids} {}
    void set_store(Store& store) { store_ = &store; }

    void on_work(std::vector<Work> works) override
    {
        asio::post(loop_, [this, works = std::move(works)]() mutable {
            asio::co_spawn(loop_, settle(std::move(works)), end_on_failure);
        });
    }
    void on_backlog(TenantId, SubscriptionId, Lane, Timestamp) override {}
    void on_health(Health, const std::string&) override { std::_Exit(5); }

private:
    awaitable<> settle(std::vector<Work> works)
    {
        std::vector<Settlement> settlements;
        for (std::size_t i = 0; i < works.size(); i += 2) {  // every other one stays in flight
            auto& settlement = settlements.emplace_back();
            settlement.delivery = works[i].delivery.id;
            settlement.settled_at = system_clock().now();
            settlement.attempt.emplace().id = ids_.make<AttemptId>();
        }
        const auto copy = settlements;
        const auto answer = co_await store_->settle(std::move(settlements));
        if (!answer) std::_Exit(6);
        for (const auto& settlement : copy) write_entry('S', settlement.delivery.bytes());
    }

    asio::io_context& loop_;
    IdSource& ids_;
    Store* store_ = nullptr;
};

awaitable<> append_for_ever(Store& store, IdSource& ids, SubscriptionId subscription)
{
    while (true) {
        auto event = std::make_shared<Event>();
        event->id = ids.make<EventId>();
        event->source = "atlvs";
        event->type = "resource.updated";
        event->external_id = event->id.to_string();
        event->received_at = event->occurred_at = system_clock().now();
        event->payload = std::make_shared<const std::string>(payload_of(event->external_id));
        const auto id = event->id;
        Append append{std::move(event), {{subscription, ""}}};
        const auto answer = co_await store.append(std::move(append));
        if (!answer || answer->duplicate) std::_Exit(7);
        write_entry('A', id.bytes());
    }
}

int run_child(const std::string& path)
{
    asio::io_context loop{1};
    IdSource ids{system_clock(), random_seed()};
    Settler settler{loop, ids};
    auto options = make_options(path);
    options.window_per_subscription = 100'000;
    const auto store = open_sqlite(options);
    settler.set_store(*store);
    store->set_listener(&settler);
    for (int i = 0; i < calls_at_once; ++i)
        asio::co_spawn(loop, append_for_ever(*store, ids, ids.make<SubscriptionId>()),
                       end_on_failure);
    loop.run();
    return 0;
}

// ---- the parent ------------------------------------------------------------------------------

[[noreturn]] void fail(const std::string& sentence)
{
    std::fprintf(stderr, "crash_store: %s\n", sentence.c_str());
    std::exit(1);
}

struct Child {
    pid_t process;
    int ledger;
};

Child start_child(const std::string& path)
{
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) fail("no pipe");
    const pid_t process = ::fork();
    if (process < 0) fail("no fork");
    if (process == 0) {
        ::dup2(ends[1], ledger_descriptor);
        if (ends[0] != ledger_descriptor) ::close(ends[0]);
        ::execl("/proc/self/exe", "crash_store", "child", path.c_str(), nullptr);
        std::_Exit(2);
    }
    ::close(ends[1]);
    return {process, ends[0]};
}

/// Reads the ledger for that long, kills, and reads what was still in the pipe.
std::vector<Entry> watch_and_kill(const Child& child, std::chrono::milliseconds life)
{
    std::string bytes;
    std::array<char, 65'536> buffer{};
    auto end = std::chrono::steady_clock::now() + std::chrono::hours{1};
    bool killed = false;
    while (true) {
        const auto now = std::chrono::steady_clock::now();
        if (!killed && now >= end) {
            ::kill(child.process, SIGKILL);
            killed = true;
        }
        pollfd waiting{child.ledger, POLLIN, 0};
        ::poll(&waiting, 1, 1);
        if (waiting.revents == 0) continue;
        const auto size = ::read(child.ledger, buffer.data(), buffer.size());
        if (size <= 0) break;
        if (bytes.empty()) end = now + life;  // its life counts from the first acknowledgement
        bytes.append(buffer.data(), static_cast<std::size_t>(size));
    }
    ::close(child.ledger);
    int status = 0;
    ::waitpid(child.process, &status, 0);
    if (!WIFSIGNALED(status))
        fail("the child ended by itself with " + std::to_string(WEXITSTATUS(status)));
    std::vector<Entry> entries(bytes.size() / sizeof(Entry));
    if (!entries.empty()) std::memcpy(entries.data(), bytes.data(), entries.size() * sizeof(Entry));
    return entries;
}

void check_integrity(const std::string& path)
{
    sqlite3* connection = nullptr;
    sqlite3_stmt* check = nullptr;
    sqlite3_open(path.c_str(), &connection);
    sqlite3_prepare_v2(connection, "PRAGMA integrity_check", -1, &check, nullptr);
    const bool has_row = sqlite3_step(check) == SQLITE_ROW;
    const std::string found = has_row ? reinterpret_cast<const char*>(sqlite3_column_text(check, 0))
                                      : "no answer";
    sqlite3_finalize(check);
    sqlite3_close(connection);
    if (found != "ok") fail("integrity_check says: " + found);
}

awaitable<> check_entry(Store& store, Entry entry)
{
    if (entry.kind == 'A') {
        const EventId id{entry.id};
        const auto event = co_await store.event(default_tenant(), id);
        if (!event) fail("an acknowledged event is lost: " + id.to_string());
        if (*(*event)->payload != payload_of(id.to_string())) fail("a payload changed");
    } else {
        const DeliveryId id{entry.id};
        const auto delivery = co_await store.delivery(default_tenant(), id);
        if (!delivery) fail("a settled delivery is lost: " + id.to_string());
        if (delivery->state != DeliveryState::delivered)
            fail("an outcome is lost: " + id.to_string());
    }
}

awaitable<> check_ledger(Store& store, std::vector<Entry> entries)
{
    for (const auto& entry : entries) co_await check_entry(store, entry);
    const auto stats = co_await store.stats(std::nullopt);
    const auto& states = stats.value().deliveries_by_state;
    if (stats->events != states[0] + states[1] + states[2]) fail("an event has lost its delivery");
}

std::size_t run_round(const std::string& path, std::chrono::milliseconds life)
{
    auto entries = watch_and_kill(start_child(path), life);
    const auto count = entries.size();
    // The store recovers the file first, as a restart would; then the whole file is checked.
    const auto store = open_sqlite(make_options(path));
    asio::io_context loop{1};
    asio::co_spawn(loop, check_ledger(*store, std::move(entries)), [](std::exception_ptr failure) {
        if (failure) fail(describe(failure));
    });
    loop.run();
    store->close();
    check_integrity(path);
    return count;
}

}  // namespace

int main(int count, char** arguments)
{
    if (count == 3 && std::string_view{arguments[1]} == "child") return run_child(arguments[2]);
    const int rounds = count > 1 ? std::atoi(arguments[1]) : 20;
    const auto seed = count > 2 ? std::strtoull(arguments[2], nullptr, 10) : random_seed();
    std::mt19937_64 random{seed};
    const test::TemporaryDirectory directory;
    std::size_t acknowledged = 0;
    for (int round = 0; round < rounds; ++round)
        acknowledged += run_round(directory.file("katydid.db"),
                                  std::chrono::milliseconds{random() % 300});
    std::printf("%d kills, %zu acknowledgements, none lost (seed %llu)\n", rounds, acknowledged,
                static_cast<unsigned long long>(seed));
}
