#include "hub/dispatch/runtime/breaker_store.hpp"

#include "tests/dispatch/runtime/dispatcher_bench.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::dispatch;
using namespace katydid::test;
using namespace std::chrono_literals;

namespace {

struct Desk {
    void turn()
    {
        loop.restart();
        while (loop.poll() > 0) {}
    }

    BreakerMemory memory(std::uint8_t number, std::uint32_t openings)
    {
        return {id_of<TenantId>(1), id_of<SubscriptionId>(number), openings, clock.now() + 30s};
    }

    std::vector<BreakerMemory> load()
    {
        std::vector<BreakerMemory> all;
        asio::co_spawn(
            loop, book.load(),
            [&](const std::exception_ptr&, const result<std::vector<BreakerMemory>>& loaded) {
                BOOST_REQUIRE(loaded.has_value());
                all = *loaded;
            });
        turn();
        return all;
    }

    ManualClock clock;
    asio::io_context loop{1};
    MemoryStore store;
    BreakerStore book{loop.get_executor(), store, [] {}};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(dispatch_breaker_store)

// Goal: what was noted is read again; a recovery takes it away.
BOOST_AUTO_TEST_CASE(round_trip)
{
    Desk desk;
    desk.book.note(desk.memory(1, 3));
    desk.book.note(desk.memory(2, 1));
    desk.book.flush();
    desk.turn();
    auto all = desk.load();
    BOOST_REQUIRE(all.size() == 2U);
    BOOST_TEST(all[0].openings == 3U);
    BOOST_TEST((all[0].subscription == id_of<SubscriptionId>(1)));
    BOOST_TEST((all[0].open_until == desk.clock.now() + 30s));
    desk.book.note(desk.memory(1, 0));
    desk.book.flush();
    desk.turn();
    all = desk.load();
    BOOST_REQUIRE(all.size() == 1U);
    BOOST_TEST((all[0].subscription == id_of<SubscriptionId>(2)));
}

// Goal: what changes while a write is under way is written once, in its newest state.
BOOST_AUTO_TEST_CASE(coalesced)
{
    Desk desk;
    desk.book.note(desk.memory(1, 1));
    desk.book.flush();
    for (std::uint32_t openings = 2; openings <= 20; ++openings) {
        desk.book.note(desk.memory(2, openings));
        desk.book.flush();
    }
    desk.turn();
    BOOST_TEST(desk.store.put_record_calls == 2U);
    BOOST_TEST(desk.load().back().openings == 20U);
}

// Goal: a refused write is kept and written with the next one; what cannot be read is left out.
BOOST_AUTO_TEST_CASE(refused_and_unreadable)
{
    Desk desk;
    desk.store.failing = errc::store_full;
    desk.book.note(desk.memory(1, 1));
    desk.book.flush();
    desk.turn();
    BOOST_TEST(!desk.book.is_writing());
    desk.store.failing.reset();
    desk.book.note(desk.memory(2, 1));
    desk.book.flush();
    desk.turn();
    BOOST_TEST(desk.load().size() == 2U);
    for (const auto* text : {"", "[]", "{}", R"({"openings":0,"open_until":"x"})",
                             R"({"openings":-1,"open_until":"2026-01-01T00:00:00Z"})"}) {
        store::Record record;
        record.kind = "breaker";
        record.id = id_of<SubscriptionId>(3).to_string();
        record.json = text;
        record.version = 0;
        BOOST_TEST(desk.store.memory.records.put(record).has_value());
        BOOST_TEST(desk.load().size() == 2U, text);
    }
}

// Goal: a breaker that was open when the process died is open in the next one, before any attempt.
BOOST_AUTO_TEST_CASE(over_a_restart)
{
    Bench bench;
    const auto subscription = make_subscription(1);
    store::Record record;
    record.tenant = subscription->tenant;
    record.kind = "breaker";
    record.id = subscription->id.to_string();
    record.json = R"({"openings":2,"open_until":")" + to_rfc3339(bench.clock.now() + 20s) + "\"}";
    BOOST_TEST(bench.store.memory.records.put(record).has_value());
    for (int i = 0; i < 5; ++i) bench.arrive(*subscription, {}, false);
    bench.dispatcher.put_subscription(subscription);
    bench.start();
    bench.turn();
    BOOST_TEST(bench.handler.entered == 0U);
    BOOST_TEST(bench.dispatcher.state_of(subscription->id).breaker == "open");
    bench.clock.advance(20s);
    bench.dispatcher.time_passed();
    bench.turn();
    BOOST_TEST(bench.handler.entered == 1U);
}

// Goal: an opening is on disk soon after it happened.
BOOST_AUTO_TEST_CASE(written_when_it_opens)
{
    Bench bench;
    const auto subscription = make_subscription(1);
    subscription->retry.delays.assign(5, milliseconds{1h});
    bench.dispatcher.put_subscription(subscription);
    bench.handler.answer = Outcome::failed("down");
    for (int i = 0; i < 16; ++i) bench.arrive(*subscription);
    bench.turn();
    BOOST_TEST(bench.store.memory.records.list("breaker").empty());
    bench.handler.let_go();
    bench.turn();
    BOOST_TEST(bench.store.memory.records.list("breaker").size() == 1U);
    bench.dispatcher.remove_subscription(subscription->id);
    bench.turn();
    BOOST_TEST(bench.store.memory.records.list("breaker").empty());
}

BOOST_AUTO_TEST_SUITE_END()
