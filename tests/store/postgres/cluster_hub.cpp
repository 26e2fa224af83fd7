#include "tests/store/postgres/cluster_hub.hpp"

#include "hub/store/postgres/postgres_store.hpp"
#include "hub/store/shards/sharded_store.hpp"
#include "hub/store/shards/wait_for.hpp"
#include "tests/store/postgres/cluster_ledger.hpp"
#include "tests/store/postgres/mini_hub.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <sstream>

#include <unistd.h>

namespace katydid::store::test {
namespace {

milliseconds wished(const char* name, int otherwise)
{
    const char* wish = std::getenv(name);
    return milliseconds{wish == nullptr ? otherwise : std::atoi(wish)};
}

/// Between two appends for one subscription.
milliseconds append_pause() { return wished("KATYDID_TEST_APPEND_PAUSE_MS", 60); }

std::uint8_t own_number = 0;
std::uint32_t shard_count = 1;

}  // namespace

TenantId tenant_id(std::uint32_t shard)
{
    if (shard == 0) return default_tenant();
    IdBytes bytes{};
    bytes[0] = 2;
    bytes[15] = static_cast<std::uint8_t>(shard);
    return TenantId{bytes};
}

namespace {

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
    asio::steady_timer timer{loop, wished("KATYDID_TEST_SEND_MS", 12)};
    co_await timer.async_wait(use_tuple);
    write_entry('E', to, from, number);
}

Append make_append(IdSource& ids, std::uint32_t subscription, std::uint64_t number)
{
    auto event = std::make_shared<Event>();
    event->id = ids.make<EventId>();
    event->tenant = tenant_id(subscription % shard_count);
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
    const auto pause = append_pause();
    for (std::uint64_t number = 0; !stopped;) {
        auto append = make_append(ids, subscription, number);
        write_entry('Q', subscription, own_number, number);
        const auto answer = co_await store.append(std::move(append));
        if (answer) {
            write_entry('A', subscription, own_number, number);
            ++number;
        }
        timer.expires_after(pause);
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

void warn(const std::string& sentence)
{
    std::fprintf(stderr, "hub %d: %s\n", own_number, sentence.c_str());
}

std::unique_ptr<Store> open_one(std::string url)
{
    PostgresOptions options;
    options.url = std::move(url);
    options.warn = warn;
    return open_postgres(std::move(options));
}

/// Each shard after the first has a tenant, which the first hub puts there.
std::unique_ptr<Store> open_all(const std::vector<std::string>& urls)
{
    if (urls.size() == 1) return open_one(urls.front());
    ShardedOptions options;
    options.warn = warn;
    for (const auto& url : urls)
        options.shards.push_back(
            {"s" + std::to_string(options.shards.size()), [url] { return open_one(url); }});
    auto store = open_sharded(std::move(options));
    for (std::uint32_t i = 1; i < urls.size(); ++i) {
        Record place;
        place.tenant = tenant_id(i);
        place.kind = "tenant_shard";
        place.id = "place";
        place.json = "s" + std::to_string(i);
        // Where it is known already, it may have been moved since.
        const auto placed = shards::wait_for(store->put_record(std::move(place)));
        if (!placed && placed.error() != errc::conflict) throw Failure{placed.error()};
    }
    shards::wait_for(store->records("tenant")).value();
    return store;
}

std::vector<std::string> split(const std::string& urls)
{
    std::istringstream in{urls};
    return {std::istream_iterator<std::string>{in}, {}};
}

}  // namespace

int run_cluster_hub(const std::string& urls, int number)
{
    own_number = static_cast<std::uint8_t>(number);
    const auto all = split(urls);
    shard_count = static_cast<std::uint32_t>(all.size());
    asio::io_context loop{1};
    MiniHub hub{loop, [&loop](const Work& work) { return send(loop, work); }};
    const auto store = open_all(all);
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

}  // namespace katydid::store::test
