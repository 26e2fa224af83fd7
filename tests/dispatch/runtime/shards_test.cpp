// A dispatcher on a store of shards: one that is away holds up its own tenants only.
#include "tests/dispatch/runtime/dispatcher_bench.hpp"
#include "tests/store/shards/shard_lab.hpp"

using namespace katydid;
using namespace katydid::test;

namespace {

/// Tenant 1 lives in the first shard, tenant 2 in the second.
struct ShardBench {
    ShardBench()
        : store{store::open_sharded(shards.options({"a", "b"}))},
          handler{loop.get_executor()},
          dispatcher{{loop.get_executor(), clock, *store,
                      [this](const Subscription&) -> handlers::Handler* { return &handler; },
                      nullptr},
                     {}}
    {
        run(store->put_record(place_of(id_of<TenantId>(2), "b")));
        run(store->records("tenant"));
        for (const auto& each : {here, there}) dispatcher.put_subscription(each);
        turn();
    }
    ~ShardBench()
    {
        handler.let_go();
        shards.stores["b"]->failing.reset();
        dispatcher.on_health(store::Health::ok, 1);
        asio::co_spawn(loop, dispatcher.drain(Deadline::after(0ms, clock)),
                       [](const std::exception_ptr&) {});
        turn();
        store->close();
    }

    template <class T>
    void run(awaitable<result<T>> call)
    {
        asio::co_spawn(loop, std::move(call), [](const std::exception_ptr&, const result<T>& done) {
            BOOST_TEST(done.has_value());
        });
        turn();
    }
    void turn()
    {
        loop.restart();
        while (loop.poll() > 0) {}
    }
    void arrive(const Subscription& subscription, const std::string& shard)
    {
        auto event = maker.event();
        auto delivery = maker.delivery(subscription, *event);
        std::vector<store::Work> works;
        works.push_back(
            shards.stores[shard]->memory.insert(std::move(delivery), std::move(event), true));
        dispatcher.on_work(std::move(works));
        turn();
    }
    std::size_t delivered(const std::string& shard)
    {
        return shards.stores[shard]->memory.count(DeliveryState::delivered);
    }

    ManualClock clock;
    asio::io_context loop{1};
    WorkMaker maker{clock};
    MemoryShards shards;
    std::unique_ptr<store::Store> store;
    HeldHandler handler;
    Dispatcher dispatcher;
    std::shared_ptr<Subscription> here = make_subscription(1, 1);
    std::shared_ptr<Subscription> there = make_subscription(2, 2);
};

}  // namespace

BOOST_AUTO_TEST_SUITE(dispatch_shards)

// Goal: what was in flight for a shard that goes away is kept and written when it is back, nothing
// more of it is sent meanwhile, and the other shard's work goes on.
BOOST_AUTO_TEST_CASE(a_shard_goes_away_and_comes_back)
{
    for (const bool is_told : {true, false}) {
        ShardBench bench;
        bench.arrive(*bench.there, "b");
        BOOST_TEST(bench.handler.entered == 1U);
        bench.shards.stores["b"]->failing = errc::store_unavailable;
        if (is_told) bench.dispatcher.on_health(store::Health::unavailable, 1);
        bench.handler.let_go();
        bench.turn();
        BOOST_TEST(bench.delivered("b") == 0U);
        bench.arrive(*bench.there, "b");
        BOOST_TEST(bench.handler.entered == 1U);
        for (std::size_t i = 1; i <= 5; ++i) {
            bench.arrive(*bench.here, "a");
            BOOST_TEST(bench.handler.entered == 1U + i);
            bench.handler.let_go();
            bench.turn();
            BOOST_TEST(bench.delivered("a") == i);
        }
        bench.shards.stores["b"]->failing.reset();
        if (is_told) bench.dispatcher.on_health(store::Health::ok, 1);
        bench.clock.advance(1s);
        bench.dispatcher.time_passed();
        bench.turn();
        BOOST_TEST(bench.delivered("b") == 1U);
        BOOST_TEST(bench.handler.entered == 7U);
        bench.handler.let_go();
        bench.turn();
        BOOST_TEST(bench.delivered("b") == 2U);
    }
}

BOOST_AUTO_TEST_SUITE_END()
